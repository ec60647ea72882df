"""The reorder screen: what to order now, why, what this way would have done, and what the market does."""
