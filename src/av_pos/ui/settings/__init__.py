"""Settings: this machine, this shop, who works here, backups, the log."""
