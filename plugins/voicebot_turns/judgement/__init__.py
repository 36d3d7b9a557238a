"""The `judgement` turn detector: whether the turn is over, by words, melody and habits together."""
