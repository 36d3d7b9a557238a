"""A script for the emulator: what it hears, what it answers and how it speaks, with exact timing."""

from __future__ import annotations

import heapq
from pathlib import Path

from pydantic import JsonValue, model_validator

from voicebot import Field, Options

_LARGEST = 1_000_000  # bytes
_DEEPEST = 20
_MOST_NODES = 20_000
_MOST_PROBLEMS = 20


class Heard(Options):
    """What one segment of speech is recognised as."""

    text: str
    """The words; a plain text is short for this."""
    language: str | None = None
    """The language that is detected; by default, the first that the client asked for."""
    final_after: float = Field(0.0, ge=0)
    """Seconds from the end of the speech, or from a commit, to the final transcript."""


class Called(Options):
    """One call of a tool."""

    name: str
    """The tool. A model may also call one that was not offered."""
    arguments: dict[str, JsonValue] | str = Field(default_factory=dict)
    """The arguments; as text, they are sent as they are, such as invalid JSON."""


class Answered(Options):
    """One reply of the chat model."""

    text: str = ""
    """The whole reply; a plain text is short for this."""
    calls: tuple[Called, ...] = ()
    """The tools that the reply calls after its text, if it has any. The next reply answers their results. A
    request that offers no tools is then refused."""
    first_token: float = Field(0.0, ge=0)
    """Seconds to the first token."""
    tokens_per_second: float = Field(0.0, ge=0)
    """How fast the rest follows; 0 sends it at once."""

    @model_validator(mode="after")
    def _is_not_empty(self) -> Answered:
        if not (self.text or self.calls):
            raise ValueError("a reply needs `text`, `calls` or both")
        return self


class Spoken(Options):
    """How the voice speaks."""

    tone: bool = False
    """Whether to play a tone in place of a real voice; without a real voice it is always a tone."""
    first_byte: float = Field(0.0, ge=0)
    """Seconds to the first sound."""
    speed: float = Field(0.0, ge=0)
    """How many times faster than real time the sound is sent; 0 sends it at once."""
    characters_per_second: float = Field(15.0, gt=0)
    """How fast the tone speaks."""


class Script(Options):
    """What happens; lists are used in order, and their last entry is repeated."""

    heard: tuple[str | Heard, ...] = ()
    """What each segment of speech is recognised as."""
    answered: tuple[str | Answered, ...] = ()
    """What the chat model replies, request by request."""
    spoken: Spoken = Spoken()
    commits: bool = True
    """Whether a client that asks for that feature can end a segment of speech with a commit; otherwise only
    silence ends it, as with a service without that feature."""

    @property
    def is_complete(self) -> bool:
        """Whether the script leaves nothing to real providers."""
        return bool(self.heard and self.answered and self.spoken.tone)

    def hears(self, number: int) -> Heard | None:
        """Return what segment of speech `number` (from 0) is recognised as; None if that is not scripted."""
        if not self.heard:
            return None
        line = self.heard[min(number, len(self.heard) - 1)]
        return Heard(text=line) if isinstance(line, str) else line

    def answers(self, number: int) -> Answered | None:
        """Return reply `number` (from 0); None if replies are not scripted."""
        if not self.answered:
            return None
        line = self.answered[min(number, len(self.answered) - 1)]
        return Answered(text=line) if isinstance(line, str) else line


class ScriptLines:
    """Assigns the script's lines to segments of speech; a line that was never sent is used again.

    So a lost connection does no harm: the client repeats the speech, which is then recognised the same.
    """

    def __init__(self) -> None:
        self._next = 0
        self._again: list[int] = []

    def take(self) -> int:
        """Return the number of the line, from 0, for a new segment of speech."""
        if self._again:
            return heapq.heappop(self._again)
        self._next += 1
        return self._next - 1

    def give_back(self, number: int) -> None:
        """Reuse a line for the next segment of speech."""
        heapq.heappush(self._again, number)


def read_script(path: Path) -> Script:
    """Read a script from YAML.

    Raises:
        ValueError: the script is not valid; the message has a line for each problem.
        OSError: the file cannot be read.
    """
    import yaml
    from pydantic import ValidationError

    class Bounded(yaml.SafeLoader):
        """Refuses documents that would take long to load: a script may not be trustworthy."""

        depth = nodes = 0

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            if self.check_event(yaml.AliasEvent):
                raise ValueError(f"{path}: a script must not have aliases")
            if self.nodes >= _MOST_NODES:
                raise ValueError(f"{path}: it is too large for a script")
            if self.depth >= _DEEPEST:
                raise ValueError(f"{path}: lists and mappings are nested too deeply")
            self.nodes += 1
            self.depth += 1
            node: yaml.Node | None = super().compose_node(parent, index)
            self.depth -= 1
            return node

    try:
        with path.open("rb") as file:
            written = file.read(_LARGEST + 1)
        if len(written) > _LARGEST:
            raise ValueError(f"{path} is too large for a script (over 1 MB)")
        document = yaml.load(written.decode(), Loader=Bounded)
        return Script.model_validate(document or {})
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text in UTF-8") from None
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        problems = (
            f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:_MOST_PROBLEMS]
        )
        raise ValueError("\n".join(problems)) from None
