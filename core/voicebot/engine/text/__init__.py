"""Text: cutting replies into units, making them speakable, and what words say. Pure, for all languages."""
