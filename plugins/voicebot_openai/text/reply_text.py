"""The text of one reply, from what the server says to what is for people."""

from __future__ import annotations

import codecs

from voicebot_openai.response.chunks import Answer
from voicebot_openai.text.harmony_channels import BareChannels
from voicebot_openai.text.reasoning import ThoughtFilter


class SpokenText:
    """Takes a reply's answers and gives what is to be spoken of them.

    Args:
        begins_inside: whether the reply probably begins within a thought, of which only the end is marked.
    """

    def __init__(self, *, begins_inside: bool) -> None:
        self.received = self.spoken = 0
        """Characters of text that came, and that were given."""
        self._halves = _Halves()
        self._channels = BareChannels()
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
            say += self._filter.feed(self._channels.feed(text))
        return self._given(say)

    def finish(self, *, cut: bool) -> str:
        """Return what was held back, at the end of the reply; `cut` where there was no room for all of it."""
        text = self._channels.feed(self._halves.feed("", final=True)) + self._channels.finish(cut=cut)
        return self._given(self._filter.feed(text) + self._filter.finish(cut=cut))

    @property
    def only_thought(self) -> bool:
        """Whether there were thoughts, and nothing to say."""
        return (self._thought or self._channels.thought or self._filter.thought) and not self._said

    @property
    def begins_inside(self) -> bool:
        """Whether the next reply will probably begin within a thought, as far as this one tells."""
        begun = self._filter.begun_inside
        return self._begins_inside if begun is None else begun

    def _given(self, say: str) -> str:
        self.spoken += len(say)
        self._said = self._said or not (say == "" or say.isspace())
        return say


class _Halves:
    """Joins the halves of characters in a text that comes in pieces; a half without the other is U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")

    def feed(self, text: str, *, final: bool = False) -> str:
        """Return what there is of the text now; the first half of a character waits for the second."""
        return self._decoder.decode(text.encode("utf-16-le", "surrogatepass"), final)
