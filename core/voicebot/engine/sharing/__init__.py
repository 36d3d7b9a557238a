"""Providers that several bots share."""
