"""Taking out of a text what cannot be spoken."""
