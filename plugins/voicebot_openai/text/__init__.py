"""From the text that a model writes to the text that people should hear."""
