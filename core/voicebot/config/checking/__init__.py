"""Checking a tree against options models, with every problem at its place."""
