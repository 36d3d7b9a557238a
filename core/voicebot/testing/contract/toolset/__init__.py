"""The contract of a toolset."""
