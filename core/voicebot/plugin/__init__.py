"""Plugins: their hooks, what they register, and how they are found and loaded."""
