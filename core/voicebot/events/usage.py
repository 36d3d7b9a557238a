"""What providers were used for, as far as services bill it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from voicebot.dataclass import dataclass

BilledKind: TypeAlias = Literal["recognizer", "chat", "synthesizer"]


@dataclass(frozen=True, slots=True)
class ProviderUsed:
    """A provider was used: it was given sound or text, or has written a reply.

    `provider` is its name in configs: of the one that did the work, if others wrap it. A request that a
    wrapper makes twice is counted twice, and one that it answers itself, such as from a cache, not at all.
    `model` is the name of its model or voice, empty if it has none. What was used began at `began`, on the
    clock of `at`.

    A recogniser was given `seconds` of sound, a synthesizer `characters`, as its service counts them. A chat
    model read `input_tokens`, of which `cached_tokens` were known to it, and wrote `output_tokens`; they are
    an estimate if `estimated`, since a reply that is cancelled does not report them.
    """

    at: float
    kind: BilledKind
    provider: str
    model: str = ""
    began: float = 0.0
    seconds: float = 0.0
    characters: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False
