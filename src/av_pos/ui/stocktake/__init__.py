"""Stocktake: begin a count, count while the shop sells, settle what differs, post it, look back."""
