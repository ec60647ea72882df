"""Selling: the basket, what it comes to, and paying for it."""
