"""The reports of Azure OpenAI's content filter on prompts and replies."""

from __future__ import annotations

from typing import Any

from voicebot_emulator.http.refusals import Refusal

_CATEGORIES = ("hate", "self_harm", "sexual", "violence")


def results(filtered: str = "") -> dict[str, Any]:
    """Return the verdict on a piece of text; `filtered` is the category that was filtered, if any."""
    return {
        category: {
            "filtered": category == filtered,
            "severity": "medium" if category == filtered else "safe",
        }
        for category in _CATEGORIES
    }


def refused_prompt() -> Refusal:
    """Return the refusal for a filtered prompt."""
    return Refusal(
        400,
        "The prompt triggered the content management policy of Azure OpenAI. Modify it and try again.",
        code="content_filter",
        type=None,
        param="prompt",
        innererror={
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": results("violence"),
        },
    )


def offsets(start: int, end: int, checked: int) -> dict[str, int]:
    """Return the range of text that a verdict covers, in characters from the start of the prompt.

    Args:
        checked: the end of the text on which all verdicts have been given.
    """
    return {"check_offset": checked, "start_offset": start, "end_offset": end}
