"""What the shop means: rules as plain Python, standard library only."""
