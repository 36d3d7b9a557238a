"""The contract that providers of every kind keep."""
