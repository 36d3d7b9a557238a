"""The carriers that are installed, and those that a config uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import ValidationError

from voicebot import VoicebotError
from voicebot_serve.telephony.carrier import Carrier

GROUP = "voicebot_serve.carriers"
"""Group of the entry points with which packages add carriers; the value is the class."""


class CarrierError(VoicebotError):
    """A carrier of the section `serve.telephony` cannot be used."""


def chosen_carriers(
    options: Mapping[str, Mapping[str, Any]], installed: Iterable[EntryPoint] | None = None
) -> dict[str, Carrier[Any]]:
    """Return the carriers of the section `serve.telephony` by their names.

    Args:
        options: those of each carrier.
        installed: entry points, instead of those in the environment.

    Raises:
        CarrierError: one is not installed, is broken, or has other options.
    """
    known = {each.name: each for each in (entry_points(group=GROUP) if installed is None else installed)}
    return {name: _made(name, known, its_options) for name, its_options in options.items()}


def _made(name: str, known: Mapping[str, EntryPoint], options: Mapping[str, Any]) -> Carrier[Any]:
    if name not in known:
        raise CarrierError(
            f"`serve.telephony.{name}`: no such carrier is installed; there are: {', '.join(sorted(known))}"
        )
    try:
        carrier = known[name].load()
    except Exception as error:  # a foreign module may raise anything
        raise CarrierError(
            f"`serve.telephony.{name}`: its plugin cannot be imported: {type(error).__name__}: {error}"
        ) from error
    if not (isinstance(carrier, type) and issubclass(carrier, Carrier)):
        raise CarrierError(f"`serve.telephony.{name}`: {known[name].value} is not a subclass of Carrier")
    try:
        return carrier(carrier.options_type.model_validate(dict(options)))
    except ValidationError as error:
        problems = (
            f"`{'.'.join(('serve.telephony', name, *map(str, each['loc'])))}`: {each['msg']}"
            for each in error.errors(include_input=False, include_url=False)
        )
        raise CarrierError("\n".join(problems)) from None
    except Exception as error:  # a foreign carrier may raise anything, with a secret in its text
        raise CarrierError(
            f"`serve.telephony.{name}`: its plugin is broken: {type(error).__name__}"
        ) from error
