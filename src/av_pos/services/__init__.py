"""What people do in the shop: plain functions that take a Session. They never commit, print, wait or open a window."""
