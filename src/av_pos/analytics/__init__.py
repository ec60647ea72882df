"""Numbers in, numbers out: what customers also bought. numpy only: no database, no clock."""
