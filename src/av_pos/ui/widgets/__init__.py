"""Small reusable pieces of the screens. Each is told its objectName by whoever makes it; none knows a service."""
