"""Whose turn it is: a state machine without I/O, its scheduler, and the calls to the turn detector."""
