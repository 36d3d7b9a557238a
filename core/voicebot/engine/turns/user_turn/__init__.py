"""The user's turn: what was said in it, by whom it was recognised when, and when it is over."""
