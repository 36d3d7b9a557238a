"""Checking a config's tree against the sections, providers and options that there are."""
