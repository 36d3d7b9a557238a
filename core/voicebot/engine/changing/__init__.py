"""How one conversation goes on with another bot."""
