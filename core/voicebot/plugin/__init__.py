"""Plugins: what they may hook into, what they registered, how they are found."""
