"""The arguments of a call, as the chat model wrote them: parsed, and checked against the tool's schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from voicebot.encodable import encodable_texts
from voicebot.engine.tools.schema import problems

_MOST_PROBLEMS = 3
_LONGEST_PROBLEM = 300
"""Characters: a problem may quote what the chat model wrote, and the names in a schema."""
_LONGEST = 100_000
"""Characters of arguments; no tool needs more, and a model may write without end."""


class InvalidArguments(ValueError):
    """Arguments that are not passed on to the tool; the message is for the chat model."""


def parse_object(arguments: str) -> dict[str, Any]:
    """Return the JSON object that a chat model wrote; an empty one for nothing or `null`.

    Raises:
        InvalidArguments: it is not one.
    """
    if len(arguments) > _LONGEST:
        raise InvalidArguments(f"the arguments are longer than {_LONGEST:,} characters")
    try:
        parsed = json.loads(arguments or "{}", parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidArguments("the arguments are not valid JSON") from error
    if parsed is None:
        return {}
    if not isinstance(parsed, dict):
        raise InvalidArguments("the arguments must be a JSON object")
    checked: dict[str, Any] = encodable_texts(parsed)
    return checked


def check(arguments: dict[str, Any], parameters: Mapping[str, Any]) -> None:
    """Check arguments against a JSON Schema.

    Raises:
        InvalidArguments: they do not fit; the message says where.
    """
    try:
        found = list(islice(problems(arguments, parameters), _MOST_PROBLEMS))
    except Exception:  # the schema is not ours; if it is broken, the tool has to check
        return
    if found:
        raise InvalidArguments("; ".join(problem[:_LONGEST_PROBLEM] for problem in found))


def canonical(arguments: dict[str, Any]) -> str:
    """Return the same JSON for the same arguments, whatever their order."""
    return json.dumps(arguments, sort_keys=True, ensure_ascii=False)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
