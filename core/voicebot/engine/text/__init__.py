"""From what a model writes to what is spoken: pure functions of text."""
