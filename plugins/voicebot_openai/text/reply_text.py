"""The text of one reply: from what the server sends to what people should hear."""

from __future__ import annotations

import codecs

from voicebot_openai.text.harmony_channels import HarmonyChannels
from voicebot_openai.text.reasoning import ReasoningFilter


class ReplyText:
    """Takes the text of a reply in chunks and returns what is to be spoken of it.

    Args:
        begins_inside: whether the reply probably begins with reasoning of which only the end is marked.
        keeps_calls: whether to keep tool calls that the server left in the text.
    """

    def __init__(self, *, begins_inside: bool, keeps_calls: bool = False) -> None:
        self.received = self.spoken = 0
        """Characters that arrived, and that were returned."""
        self._surrogates = _SurrogateJoiner()
        self._channels = HarmonyChannels()
        self._filter = ReasoningFilter(begins_inside=begins_inside, keeps_calls=keeps_calls)
        self._begins_inside = begins_inside
        self._has_reasoning = self._has_words = False

    def feed(self, text: str, *, has_reasoning: bool = False) -> str:
        """Return what can be spoken now.

        Args:
            has_reasoning: whether the chunk contains reasoning in a field of its own.
        """
        spoken = ""
        if has_reasoning:
            self._has_reasoning = True
            spoken = self._filter.reasoning_is_separate()
        if text:
            text = self._surrogates.feed(text)
            self.received += len(text)
            spoken += self._filter.feed(self._channels.feed(text))
        return self._count(spoken)

    def finish(self, *, truncated: bool) -> str:
        """Return the text that was held back; `truncated` if the reply reached its maximum length."""
        rest = self._surrogates.feed("", final=True)
        text = self._channels.feed(rest) + self._channels.finish(truncated=truncated)
        return self._count(self._filter.feed(text) + self._filter.finish(truncated=truncated))

    @property
    def only_reasoning(self) -> bool:
        """Whether there was reasoning, and nothing to say."""
        found = self._has_reasoning or self._channels.has_reasoning or self._filter.has_reasoning
        return found and not self._has_words

    @property
    def begins_inside(self) -> bool:
        """Whether the next reply will probably begin with reasoning, judging by this one."""
        begun = self._filter.began_inside
        return self._begins_inside if begun is None else begun

    def _count(self, spoken: str) -> str:
        self.spoken += len(spoken)
        self._has_words = self._has_words or not (spoken == "" or spoken.isspace())
        return spoken


class _SurrogateJoiner:
    """Joins surrogate pairs that are split between chunks; an unpaired surrogate becomes U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")

    def feed(self, text: str, *, final: bool = False) -> str:
        """Return the text so far, without a high surrogate at its end unless it is `final`."""
        return self._decoder.decode(text.encode("utf-16-le", "surrogatepass"), final)
