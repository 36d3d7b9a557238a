"""Configs: YAML with places, checked whole before anything starts."""
