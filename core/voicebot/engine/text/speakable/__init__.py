"""Removing from a text what cannot be spoken."""
