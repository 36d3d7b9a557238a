"""The chat model `script`: it answers by rules."""
