"""Times of day and lengths of time: "10:30 am", "14:05", "10.30 Uhr", "14 h 30", "5 p.m.", "2h 15m"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon, Number
from voicebot.text_normalization.normalized_text import Change
from voicebot.text_normalization.rules.sentence_ends import stop_ends_sentence

_HALF = r"(?:\s?([AaPp])(\.?)\s?[Mm]\b(\.?))"
_CLOCK = re.compile(
    rf"(?:(?<=\dT)|(?<![\w:.,]))([01]?\d|2[0-4])([:.])([0-5]\d)(?::([0-5]\d)(?:[.,]\d{{1,6}})?)?Z?"
    rf"(?:{_HALF}|(\s?[^\W\d_]{{1,4}})(?!\w))?(?![\d:]|[.,]\d)"
)
_HOUR = re.compile(rf"(?<![\w:.,$€£])(1[0-2]|0?[1-9]){_HALF}(?!\w)")
_LETTERED = re.compile(r"(?<![\w:.,])([01]?\d|2[0-4])(\s?)h(?:\s?([0-5]\d))?(?!\w|[./:]\w)")
_LENGTH = re.compile(
    r"(?<![\w.,])(\d{1,3})\s?([dhm])\s?(\d{1,2})(?:\s?(h|m|min|s|sec))?(?:\s?(\d{1,2})\s?(s|sec))?(?!\w)"
)
_UNITS = {"d": "d", "h": "h", "m": "min", "min": "min", "s": "s", "sec": "s"}
_AFTER = {"d": "h", "h": "min", "m": "s"}
_NOON = 12
_VIEW = 20


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield times of day in words."""
    if not lexicon.format("time"):
        return
    for match in _CLOCK.finditer(text):
        hour, mark, minute, second, half = match[1], match[2], match[3], match[4], match[5]
        suffix = (match[8] or "").strip()
        is_suffix = bool(suffix) and suffix.lower() in lexicon.format("time_suffixes").lower().split()
        if mark == "." and not (half or is_suffix or _follows_prefix(text, match.start(), lexicon)):
            continue
        if half:
            said = f"{_time(hour, minute, second, lexicon, with_half=True)} {_half(half, lexicon)}"
            yield Change(match.start(), _end_of_half(text, match, 7, said, lexicon), said)
        else:
            end = match.start(8) if match[8] and not is_suffix else match.end()
            yield Change(match.start(), end, _time(hour, minute, second, lexicon, with_half=False))
    for match in _HOUR.finditer(text):
        if lexicon.words.day_halves:
            said = f"{lexicon.spell_for('hour', int(match[1]))} {_half(match[2], lexicon)}"
            yield Change(match.start(), _end_of_half(text, match, 4, said, lexicon), said)
    yield from _lengths(text, lexicon)
    if lexicon.format("hour_with_letter"):
        for match in _LETTERED.finditer(text):
            yield Change(*match.span(), _time(match[1], match[3] or "00", None, lexicon, with_half=False))


def _follows_prefix(text: str, at: int, lexicon: Lexicon) -> bool:
    """Return whether the word before a number makes it a time: the Italian "ore 9.30"."""
    words = text[max(0, at - _VIEW) : at].split()
    return bool(words) and words[-1].lower() in lexicon.format("time_prefixes").split()


def _lengths(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield lengths of time with several units: "2h 15m", in which an "m" is not a meter."""
    units = lexicon.words.units
    for match in _LENGTH.finditer(text):
        is_hour = match[2] == "h" and match[4] is None
        if (is_hour and lexicon.format("hour_with_letter")) or (not is_hour and match[4] is None):
            continue
        written = ((match[1], match[2]), (match[3], match[4] or _AFTER[match[2]]), (match[5], match[6]))
        parts = [(number, units.get(_UNITS[unit])) for number, unit in written if number]
        if all(forms for _, forms in parts):
            said = (
                lexicon.count(Number(number.lstrip("0") or "0"), forms) for number, forms in parts if forms
            )
            yield Change(*match.span(), " ".join(said))


def _time(hour: str, minute: str, second: str | None, lexicon: Lexicon, *, with_half: bool) -> str:
    hours = int(hour)
    parts = {"hour": lexicon.spell_for("hour", hours)}
    if second is not None and int(second):
        spoken = (lexicon.spell(int(each)) for each in (minute, second))
        return " ".join((lexicon.spell(hours), *spoken))
    one = hours == 1 and bool(lexicon.format("full_hour_one"))
    if int(minute) == 0:
        if with_half:
            return lexicon.format("full_hour_with_half", **parts) or parts["hour"]
        late = lexicon.format("late_full_hour", **parts) if hours > _NOON or hours == 0 else ""
        return late or lexicon.format("full_hour_one" if one else "full_hour", **parts)
    small = lexicon.format("minute_below_ten", minute=lexicon.spell(int(minute))) if int(minute) < 10 else ""
    parts["minute"] = small or lexicon.spell_for("minute", int(minute))
    return (lexicon.format("time_one", **parts) if one else "") or lexicon.format("time", **parts)


def _half(letter: str, lexicon: Lexicon) -> str:
    written = f"{letter.lower()}m"
    return lexicon.words.day_halves.get(written, (" ".join(written.upper()),))[0]


def _end_of_half(text: str, match: re.Match[str], stop: int, said: str, lexicon: Lexicon) -> int:
    """Return where a time ends: without its full stop, if that also ends the sentence."""
    ends = bool(match[stop]) and (not match[stop - 1] or stop_ends_sentence(text, match.end(), lexicon))
    return match.end() - 1 if ends and not said.endswith(".") else match.end()
