"""Text normalisation: written forms to words, for voices that would read them wrongly.

`normalize.py` applies the rules of `rules/` and returns a `NormalizedText`. `lexicon.py` has the words of a
language, from its language file, and `spelling.py` spells its numbers.
"""
