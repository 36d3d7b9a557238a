"""A script for the emulator: what it hears, what it answers and how it speaks, with exact timing."""

from __future__ import annotations

import heapq
from pathlib import Path

from voicebot import Field, Options

_LARGEST = 1_000_000  # bytes
_DEEPEST = 20
_MOST_NODES = 20_000
_MOST_PROBLEMS = 20


class Heard(Options):
    """What one stretch of speech turns out to be."""

    text: str
    """The words; a text alone stands for this."""
    language: str | None = None
    """The language that is detected; the first that the client asked for when left out."""
    final_after: float = Field(0.0, ge=0)
    """Seconds from the end of the speech, or from a commit, to the final transcript."""


class Answered(Options):
    """One reply of the chat model."""

    text: str
    """The whole reply; a text alone stands for this."""
    first_token: float = Field(0.0, ge=0)
    """Seconds to the first token."""
    tokens_per_second: float = Field(0.0, ge=0)
    """How fast the rest follows; at once when 0."""


class Spoken(Options):
    """How the voice speaks."""

    tone: bool = False
    """A tone in place of the voice behind the emulator; without such a voice it is a tone anyway."""
    first_byte: float = Field(0.0, ge=0)
    """Seconds to the first sound."""
    speed: float = Field(0.0, ge=0)
    """How much faster than it is played the sound is sent; at once when 0."""
    characters_per_second: float = Field(15.0, gt=0)
    """How fast the tone speaks."""


class Script(Options):
    """What happens; lists are used in order, and the last entry again and again."""

    heard: tuple[str | Heard, ...] = ()
    """What each stretch of speech turns out to be."""
    answered: tuple[str | Answered, ...] = ()
    """What the chat model replies, request by request."""
    spoken: Spoken = Spoken()
    commits: bool = True
    """Whether a client can end a stretch of speech with a commit, if it asks for that feature; else only
    silence ends it, as where the service does not have the feature."""

    @property
    def is_complete(self) -> bool:
        """Whether the script leaves nothing over for real providers."""
        return bool(self.heard and self.answered and self.spoken.tone)

    def hears(self, number: int) -> Heard | None:
        """Return what the `number`th stretch of speech is, from 0; None without a script for it."""
        if not self.heard:
            return None
        line = self.heard[min(number, len(self.heard) - 1)]
        return Heard(text=line) if isinstance(line, str) else line

    def answers(self, number: int) -> Answered | None:
        """Return the `number`th reply, from 0; None without a script for it."""
        if not self.answered:
            return None
        line = self.answered[min(number, len(self.answered) - 1)]
        return Answered(text=line) if isinstance(line, str) else line


class ScriptLines:
    """Hands out the numbers of the script's lines; one whose transcript never got out is heard again.

    That is what makes a lost connection harmless: the client repeats the speech, and it is the same speech.
    """

    def __init__(self) -> None:
        self._next = 0
        self._again: list[int] = []

    def take(self) -> int:
        """Return the line, counted from 0, of a stretch of speech that begins."""
        if self._again:
            return heapq.heappop(self._again)
        self._next += 1
        return self._next - 1

    def give_back(self, number: int) -> None:
        """Keep a line for the next stretch of speech."""
        heapq.heappush(self._again, number)


def read_script(path: Path) -> Script:
    """Read a script from YAML.

    Raises:
        ValueError: it cannot be used; the text says why, a line for each problem.
        OSError: it cannot be read.
    """
    import yaml
    from pydantic import ValidationError

    class Bounded(yaml.SafeLoader):
        """Refuses what would take long: a script may be a stranger's."""

        depth = nodes = 0

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            if self.check_event(yaml.AliasEvent):
                raise ValueError(f"{path}: a script has no aliases")
            if self.nodes >= _MOST_NODES:
                raise ValueError(f"{path}: there is too much in it for a script")
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
