"""The text of what was heard: tokens, languages, and what a model repeats."""
