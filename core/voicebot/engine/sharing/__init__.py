"""Providers, and what else several bots share."""
