"""The rules of normalisation, by subject. Each module's `changes` yields what it can read in a text."""
