"""What a voice reads: words instead of numbers and signs, cut into pieces, and their phonemes."""
