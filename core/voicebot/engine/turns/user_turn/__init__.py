"""The user's turn: its speech and words, when it is over, and the reply that is prepared meanwhile."""
