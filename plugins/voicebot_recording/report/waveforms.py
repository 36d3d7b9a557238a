"""The sound of both sides, drawn: the user above, the bot below, and between them where the time went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voicebot_recording.report.markup import Markup, element
from voicebot_recording.report.sound import PEAKS_PER_SECOND, SIDES, PageSound

_HEIGHT, _HALF = 64, 14
"""The height of a drawing, and that of the loudest sound above or below the middle of its lane."""
_MIDDLES = {"user": 15, "bot": 49}
_BAND, _BAND_HEIGHT = 30, 4
"""Where the parts of the time are drawn, between the lanes."""
_MOST_COLUMNS = 800
"""Columns of a drawing: of longer sound, each shows the loudest of several peaks."""


def waveform(
    sound: PageSound, begin: float, end: float, bands: Iterable[tuple[float, float, str]] = ()
) -> Markup:
    """Return a drawing of the sound of some seconds.

    Args:
        bands: parts of the time: from and until (seconds), and the class for its colour.
    """
    first, last = int(begin * PEAKS_PER_SECOND), max(int(end * PEAKS_PER_SECOND), 1)
    step = max(1, -(-(last - first) // _MOST_COLUMNS))
    columns = max(1, -(-(last - first) // step))
    scale = columns / max(end - begin, 1e-9)
    lanes = [
        element("path", class_=side, d=_bars(sound.peaks[side][first:last], _MIDDLES[side], step))
        for side in SIDES
    ]
    parts = [
        element(
            "rect",
            class_=colour,
            x=round((since - begin) * scale, 2),
            y=_BAND,
            width=round((until - since) * scale, 2),
            height=_BAND_HEIGHT,
        )
        for since, until, colour in bands
    ]
    return element(
        "svg",
        *(lanes + parts),
        class_="waveform",
        viewBox=f"0 0 {columns} {_HEIGHT}",
        preserveAspectRatio="none",
        aria_hidden="true",
        data_from=round(begin, 3),
        data_to=round(end, 3),
    )


def bar(since: float, until: float, whole: float, colour: str) -> Markup:
    """Return a bar that shows from when until when a part of some seconds was."""
    scale = 1000 / whole
    rect = element(
        "rect",
        class_=colour,
        x=round(since * scale, 1),
        y=0,
        width=round(max((until - since) * scale, 3.0), 1),
        height=10,
    )
    return element(
        "svg", rect, class_="bar", viewBox="0 0 1000 10", preserveAspectRatio="none", aria_hidden="true"
    )


def _bars(peaks: Sequence[float], middle: int, step: int) -> str:
    """Return a path with a stroke for each column in which something was heard."""
    drawn = [f"M0 {middle}h{max(1, -(-len(peaks) // step))}"]
    for column, at in enumerate(range(0, len(peaks), step)):
        if height := round(max(peaks[at : at + step]) * _HALF):
            drawn.append(f"M{column}.5 {middle - height}v{2 * height}")
    return "".join(drawn)
