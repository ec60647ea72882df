"""Receipts on the screen: one as it would print, and the list to print again from."""
