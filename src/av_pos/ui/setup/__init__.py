"""The first start: a demo shop to look at, or a shop of one's own."""
