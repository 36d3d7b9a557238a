"""Cutting text into sentences and clauses, while it is still being written."""
