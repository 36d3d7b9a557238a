"""A bot whose config changes."""
