"""Whose turn it is: a state machine without I/O, its driver, and the asking of the turn detector."""
