"""Who stands at the till: signing in, and the same again after a lock."""
