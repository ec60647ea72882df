"""The catalogue: find, add and change discs and used copies, name what was sold as unknown, import lists."""
