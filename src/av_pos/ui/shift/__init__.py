"""The shift: open with a float, cash in and out, X, a blind count, Z."""
