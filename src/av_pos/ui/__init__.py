"""What the shop shows: everything that imports Qt."""
