"""What is different between two bots, in words for the user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

from voicebot.config.schema import Settings
from voicebot.engine.bot import Bot
from voicebot.interfaces import Provider
from voicebot.options import Options, SecretStr
from voicebot.plugin.choice import Choice
from voicebot.plugin.registry import LISTED, SELECTED_ONCE

_Named: TypeAlias = tuple[str | None, Provider[Any] | None]
_LONGEST = 40
_SHOWN = (str, int, float, bool, type(None))


def differences(
    before: Bot, after: Bot, settings_before: Settings, settings_after: Settings
) -> tuple[str, ...]:
    """Return what is different, each as `synthesizer.voice nova -> onyx`.

    Long values and secrets are left out.
    """
    found = [*_of_options("", settings_before, settings_after)]
    for kind in SELECTED_ONCE:
        one, other = getattr(before, kind), getattr(after, kind)
        if one is not other:
            found += _of_providers(kind, one, other, _name(before, kind), _name(after, kind))
    found += _of_lists(LISTED["toolset"], *map(_toolsets, (before, after)))
    found += _of_lists(LISTED["observer"], *map(_observers, (before, after)))
    for name in {**before.sections, **after.sections}:
        one, other = before.sections.get(name), after.sections.get(name)
        if one != other:
            found += _of_values(name, one, other)
    if before.prices != after.prices and settings_before.prices == settings_after.prices:
        found.append("prices")  # the file names others
    return tuple(found)


def _name(bot: Bot, kind: str) -> str | None:
    """Return what a provider is called, even if the device has no use for it; None if there is none."""
    provider = getattr(bot, kind)
    return bot.names.get(kind, type(provider).__name__) if provider is not None else None


def _of_providers(
    path: str,
    before: Provider[Any] | None,
    after: Provider[Any] | None,
    name_before: str | None,
    name_after: str | None,
) -> list[str]:
    if before is not None and after is not None and (type(before), name_before) == (type(after), name_after):
        return list(_of_options(f"{path}.", before.options, after.options))
    return [f"{path} {name_before or 'none'} -> {name_after or 'none'}"]


def _toolsets(bot: Bot) -> list[_Named]:
    return list(zip(bot.toolset_names, bot.toolsets, strict=True))


def _observers(bot: Bot) -> list[_Named]:
    """Return those of the config; what hooks add follows from its sections."""
    added = bot.added_observers.observers
    return [(named.name, named.observer) for named in bot.observers if named not in added]


def _of_lists(path: str, before: Sequence[_Named], after: Sequence[_Named]) -> list[str]:
    found: list[str] = []
    pairs = zip_longest(before, after, fillvalue=(None, None))
    for number, ((name, one), (name_after, other)) in enumerate(pairs):
        if one is not other:
            is_like = type(one) is type(other)  # its name may have got a number
            found += _of_providers(f"{path}.{number}", one, other, name, name if is_like else name_after)
    return found


def _of_options(path: str, before: Options, after: Options) -> Iterator[str]:
    if type(before) is not type(after):
        yield path.removesuffix(".")
        return
    for name, one in before:
        other = getattr(after, name)
        if one != other:
            yield from _of_values(f"{path}{name}", one, other)


def _of_values(path: str, before: Any, after: Any) -> Iterator[str]:
    match before, after:
        case Options(), Options():
            yield from _of_options(f"{path}.", before, after)
        case Choice(), Choice() if before.registration is after.registration:
            yield from _of_options(f"{path}.", before.options, after.options)
        case Choice(), Choice():
            yield f"{path} {before.name} -> {after.name}"
        case (tuple(), tuple()) if len(before) == len(after):
            for number, (one, other) in enumerate(zip(before, after, strict=True)):
                if one != other:
                    yield from _of_values(f"{path}.{number}", one, other)
        case _:
            shown = [_shown(each) for each in (before, after)]
            yield path if None in shown else f"{path} {shown[0]} -> {shown[1]}"


def _shown(value: Any) -> str | None:
    """Return a value as a config has it, on one line; None if it is long, or may be a secret."""
    if isinstance(value, SecretStr) or not isinstance(value, _SHOWN):
        return None
    text = {None: "none", True: "true", False: "false"}.get(value) if isinstance(value, bool | None) else None
    text = text or (f"{value:g}" if isinstance(value, float) else str(value))
    if value == "" or len(text) > _LONGEST or not text.isprintable():
        return None if value != "" else '""'
    return text
