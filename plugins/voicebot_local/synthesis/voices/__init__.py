"""The voices of piper: which there are, where their files are, and which speaks a language."""
