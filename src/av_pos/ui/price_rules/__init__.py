"""The shop's price rules: written, tried out on what was sold, switched on."""
