"""The page: nothing in it comes from elsewhere, and its policy says so to the browser."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from importlib import resources

from voicebot import Prices
from voicebot_recording.reading import Recording
from voicebot_recording.report.call import call, title_of
from voicebot_recording.report.markup import Markup, element, joined, unchecked

_HELP = (
    "Click a time, a word or a waveform to hear it from there. Space plays and pauses, ← and → go 2 seconds, "
    "Shift with them goes a turn. You are above and on the left, the bot is below and on the right."
)


def page(
    recordings: Sequence[Recording],
    prices: Callable[[Recording], Prices],
    warn: Callable[[str], None] = lambda _: None,
) -> str:
    """Return the HTML of a page about some recordings, in their order.

    Args:
        prices: returns those of a recording.
        warn: is told what is wrong with their sound.
    """
    style, script = _file("report.css"), _file("report.js")
    title = title_of(recordings[0]) if len(recordings) == 1 else f"{len(recordings)} calls"
    calls = [
        call(recording, number, prices(recording), warn) for number, recording in enumerate(recordings, 1)
    ]
    has_sound = any("<audio" in each for each in calls)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", unchecked(style)),
    )
    body = element(
        "body",
        element(
            "header",
            element("h1", "Call" if len(recordings) == 1 else title),
            element("p", _HELP, class_="help") if has_sound else joined(),
            _contents(recordings),
        ),
        element("main", *calls),
        element("script", unchecked(script)),
    )
    return "<!doctype html>\n" + element("html", head, body, lang="en") + "\n"


def _contents(recordings: Sequence[Recording]) -> Markup:
    """Return links to the calls, if there are several."""
    if len(recordings) == 1:
        return joined()
    items = [
        element("li", element("a", title_of(recording), href=f"#call-{number}"))
        for number, recording in enumerate(recordings, 1)
    ]
    return element("nav", element("ol", *items), aria_label="Calls")


def _policy(style: str, script: str) -> str:
    """Return a policy that allows this style, this script and the sound within the page, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "media-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _file(name: str) -> str:
    return (resources.files(__package__) / "web" / name).read_text(encoding="utf-8")
