"""The contract of a recogniser."""
