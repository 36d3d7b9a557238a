"""The redaction of one conversation, for all texts that observers receive: its keys, then plugins' filters.

It fails closed: where a filter breaks, nothing is left of the text.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, TypeAlias

from pydantic import SecretStr

from voicebot.config.schema import Settings
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.redaction.held_text import HeldText
from voicebot.errors import ProviderError
from voicebot.events import ConversationDetail, ConversationEvent, KeyPressed, ProviderAnswered, ProviderGiven
from voicebot.events.contents import map_contents
from voicebot.messages import TextDelta
from voicebot.redaction import keys_among, redacted, secret_forms

logger = logging.getLogger(__name__)
Redactor: TypeAlias = Callable[[str], str]
RedactorMaker: TypeAlias = Callable[[Settings], Redactor | None]
_REMOVED = "[removed]"
_KEY = "?"
_HELD = 64
"""Characters: what filters remove is not recognised if it begins before them and ends after them."""
_CACHED = 256
"""Texts that are remembered: each request to a chat model contains those before it once more."""


class _BrokenFilter(Exception):
    """A filter raised, or returned no text."""


class Redaction:
    """Redacts the texts of one conversation, with the filters that were made for it.

    Args:
        secrets: hidden in every text before a filter gets it.
    """

    def __init__(
        self, makers: Iterable[RedactorMaker], settings: Settings, secrets: Iterable[SecretStr] = ()
    ) -> None:
        self._warned: set[str] = set()
        self._secrets: tuple[SecretStr, ...] = ()
        self.use(makers, settings, secrets)

    def use(
        self, makers: Iterable[RedactorMaker], settings: Settings, secrets: Iterable[SecretStr] = ()
    ) -> None:
        """Use the filters of a changed config, and hide its secrets too, from now on."""
        self._secrets = tuple(dict.fromkeys((*self._secrets, *keys_among(secrets))))
        self._forms = secret_forms(self._secrets)
        self._filters: list[Redactor] = []
        self._cached = lru_cache(_CACHED)(self._redacted)
        for maker in makers:
            owner = str(getattr(maker, "plugin", None) or getattr(maker, "__name__", "a filter"))
            redactor = self._made(owner, maker, settings)
            if redactor is not None:
                self._filters.append(partial(self._filtered, owner, redactor))

    @property
    def has_filters(self) -> bool:
        """Whether more than secrets is removed."""
        return bool(self._filters)

    def __bool__(self) -> bool:
        return self.has_filters or bool(self._forms)

    def held(self, text: str) -> int:
        """Return how many characters of the end of a text have to wait for what comes next."""
        if self.has_filters:  # of which nobody knows what they remove
            return max(_HELD, len(self._forms[0]) if self._forms else 0)
        begun = (size for form in self._forms for size in range(1, len(form)) if text.endswith(form[:size]))
        return max(begun, default=0)

    def __call__(self, text: str) -> str:
        """Return a text without secrets and what the filters remove."""
        return self._cached(text)

    def _redacted(self, text: str) -> str:
        try:
            return redacted(text, self._secrets, self._filters)
        except _BrokenFilter:
            return _REMOVED

    def _filtered(self, owner: str, redactor: Redactor, text: str) -> str:
        try:
            with own_cancellation("it broke"):
                without = redactor(text)
            if not isinstance(without, str):
                raise ProviderError(f"it returned {type(without).__name__} instead of text")
        except Exception as error:  # a third-party filter may raise anything
            self._warn(owner, error)
            raise _BrokenFilter from error
        return without

    def of_document(self, text: str) -> str:
        """Return a text that may be JSON redacted: then within its strings and numbers, or it would break."""
        if text[:1] not in {"{", "["}:
            return self(text)
        try:
            document = json.loads(text)
        except ValueError:
            return self(text)
        without = self._of_value(document)
        return text if without == document else json.dumps(without, ensure_ascii=False)

    def _of_value(self, value: Any) -> Any:
        match value:
            case dict():
                return {self(key): self._of_value(item) for key, item in value.items()}
            case list():
                return [self._of_value(item) for item in value]
            case str():
                return self.of_document(value)
            case int() | float() if not isinstance(value, bool):
                written = json.dumps(value)
                without = self(written)
                return value if without == written else without
            case _:
                return value

    def _made(self, owner: str, maker: RedactorMaker, settings: Settings) -> Redactor | None:
        try:
            with own_cancellation("it broke"):
                redactor = maker(settings)
            if redactor is not None and not callable(redactor):
                raise ProviderError(f"it returned {type(redactor).__name__}, which is not a function")
        except Exception as error:  # a third-party hook may raise anything
            self._warn(owner, error)
            return lambda _: _REMOVED
        return redactor

    def _warn(self, owner: str, error: Exception) -> None:
        if owner not in self._warned:
            self._warned.add(owner)
            reason = as_provider_error("it broke", error)
            logger.warning(
                "the redaction of '%s' failed; texts are left out of what is written: %s", owner, reason
            )


class RedactedEvents:
    """Redacts the events for one observer, in order.

    A chat model's text comes in pieces, and so may a synthesizer's: they are held back for some words.
    """

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._held: dict[int, HeldText[ProviderAnswered | ProviderGiven]] = {}

    def feed(
        self, event: ConversationEvent | ConversationDetail
    ) -> list[ConversationEvent | ConversationDetail]:
        """Return the events that are ready: usually the one that was fed."""
        if not self._redaction and not self._held:
            return [event]
        request = getattr(event, "request", None)
        match event:
            case ProviderAnswered(answer=TextDelta(text)) | ProviderGiven(control="text", text=text):
                held = self._held.setdefault(event.request, HeldText(self._redaction, self._redaction.held))
                return [_with_text(each, text) for each, text in held.feed(event, text)]
            case KeyPressed() if self._redaction.has_filters:
                return [replace(event, key=_KEY)]  # several may be a secret, one by one
            case _:
                before = []
                if request in self._held:
                    before = [_with_text(each, text) for each, text in self._held.pop(request).finish()]
                redaction = self._redaction
                changed = map_contents(event, words=redaction, tools=redaction.of_document, reports=redaction)
                return [*before, changed]


def _with_text(event: ProviderAnswered | ProviderGiven, text: str) -> ProviderAnswered | ProviderGiven:
    if isinstance(event, ProviderAnswered):
        return replace(event, answer=TextDelta(text))
    return replace(event, text=text)
