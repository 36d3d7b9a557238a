"""The question that a call waits for. Only the user's own words answer it; nothing else runs the call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from voicebot.dataclass import dataclass
from voicebot.engine.text.consent import read_consent
from voicebot.engine.text.speakable.speakable import Speakable
from voicebot.engine.text.speakable.web_addresses import without_long_addresses
from voicebot.engine.tools.arguments import InvalidArguments
from voicebot.engine.tools.catalogue import OfferedTool
from voicebot.engine.tools.records import CallRecord
from voicebot.engine.turns.actions import Answer
from voicebot.messages import ToolResult

Meaning: TypeAlias = Literal["yes", "no", "again"]
"""The user agrees, does not, or is asked once more."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NOT_SPOKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069*_`#<>\[\]{}|\\?!]+")
"""Control characters, marks that are markup to a voice or a screen, and those that would end the question."""
_LONGEST_VALUE = 100
"""Characters of an argument in a question; more cannot be checked by ear."""
_EXCERPT = 30
"""Characters shown of one that is too long."""
_WAITS = "Not run yet: the user is asked first."


@dataclass(slots=True)
class OpenQuestion:
    """A call that runs only if the user agrees, with the arguments as they were when the user was asked.

    Args:
        arguments: checked JSON.
        text: what the user is asked.
        was_heard: whether the user has heard all of it, and nothing else since.
        asked_first: the question as it was when the user was asked first, if this is the second time.
    """

    record: CallRecord
    offered: OfferedTool
    arguments: str
    text: str
    was_heard: bool = False
    asked_first: OpenQuestion | None = None

    def __post_init__(self) -> None:
        self.record.result = ToolResult(_WAITS, failed=True)

    def read(self, answer: Answer) -> Meaning:
        """Return what the user's turn means for the call.

        A yes agrees to nothing if the user has not heard the question to its end, or began to say it before.
        """
        match read_consent(answer.text, answer.language, self.text):
            case "no":
                return "no"
            case "yes" if self.was_heard and self._is_yes(answer.after_bot, answer.language):
                return "yes"
            case _:
                return "again" if self.asked_first is None else "no"

    def _is_yes(self, words: str, language: str) -> bool:
        return read_consent(words, language, self.text) == "yes"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a turn of the user means for a question."""

    question: OpenQuestion
    meaning: Meaning


def question(template: str, arguments: Mapping[str, Any]) -> str:
    """Return the question with the arguments filled in, as plain text.

    Those that the call does not have are left out: they may be optional. An address among the question's own
    words is shortened to its host, as a voice says it.

    Raises:
        InvalidArguments: they cannot be asked aloud: one is too long, or a voice would leave out a part.
    """

    def value(match: re.Match[str]) -> str:
        return _plain(arguments.get(match[1].strip(), ""))

    filled = " ".join(_PLACEHOLDER.sub(value, _spoken(template)).split())
    text = re.sub(r"\s+([?.,!])", r"\1", filled)
    if _letters(Speakable().convert(text)) != _letters(text):
        raise InvalidArguments(f"the question {text!r} cannot be asked aloud: not all of it would be spoken")
    return text


def _spoken(template: str) -> str:
    """Return a question with its own addresses shortened, unless one of them has an argument in it."""
    spoken = without_long_addresses(template)
    is_apart = _PLACEHOLDER.sub("0", spoken) == without_long_addresses(_PLACEHOLDER.sub("0", template))
    return spoken if is_apart else template


def _letters(text: str) -> str:
    """Return the letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def _plain(value: Any) -> str:
    """Return a value in words that can be spoken; raise `InvalidArguments` if it is too long."""
    if isinstance(value, Mapping):
        text = ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(map(_plain, value))
    elif isinstance(value, bool) or value is None:
        text = str(value).lower() if value is not None else ""
    else:
        text = str(value)
    text = " ".join(_NOT_SPOKEN.sub(" ", text).split())
    if len(text) > _LONGEST_VALUE:
        start = f"{text[:_EXCERPT].rstrip()}…"
        raise InvalidArguments(f"{start!r} has over {_LONGEST_VALUE} characters: too long to be asked aloud")
    return text
