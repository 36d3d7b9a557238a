"""The text of one reply, from what the server says to what is for people."""

from __future__ import annotations

from voicebot_openai.answers import Answer
from voicebot_openai.surrogates import Halves
from voicebot_openai.thoughts import ThoughtFilter


class SpokenText:
    """Takes a reply's answers and gives what is to be spoken of them.

    Args:
        begins_inside: whether the reply probably begins within a thought, of which only the end is marked.
    """

    def __init__(self, *, begins_inside: bool) -> None:
        self.received = self.spoken = 0
        """Characters of text that came, and that were given."""
        self._halves = Halves()
        self._filter = ThoughtFilter(begins_inside=begins_inside)
        self._begins_inside = begins_inside
        self._thought = self._said = False

    def feed(self, answer: Answer) -> str:
        """Return what may be spoken now."""
        say = ""
        if answer.thought:
            self._thought = True
            say = self._filter.kept_apart()
        if answer.text:
            text = self._halves.feed(answer.text)
            self.received += len(text)
            say += self._filter.feed(text)
        return self._given(say)

    def finish(self) -> str:
        """Return what was held back, at the end of the reply."""
        return self._given(self._filter.feed(self._halves.feed("", final=True)) + self._filter.finish())

    @property
    def only_thought(self) -> bool:
        """Whether there were thoughts, and nothing to say."""
        return (self._thought or self._filter.thought) and not self._said

    @property
    def begins_inside(self) -> bool:
        """Whether the next reply will probably begin within a thought, as far as this one tells."""
        begun = self._filter.begun_inside
        return self._begins_inside if begun is None else begun

    def _given(self, say: str) -> str:
        self.spoken += len(say)
        self._said = self._said or not (say == "" or say.isspace())
        return say
