"""The turns of a recording on a page: words beside waveforms, what happened, and where the time went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from voicebot import TurnTimed, answered_after, printable, printable_words, turn_bars
from voicebot_recording.dialogue import Ending, Entry, Happened, Said
from voicebot_recording.report.markup import Content, Markup, element, joined
from voicebot_recording.report.sound import PageSound
from voicebot_recording.report.waveforms import bar, waveform

_MARGIN = 0.4
"""Seconds of sound that are shown before and after a turn."""
ENDINGS: dict[Ending, str] = {
    "interrupted": "interrupted",
    "cut off": "cut-off: it had cut you off, and you went on",
    "taken back": "answer taken back: you went on before you heard it",
}


@dataclass(slots=True)
class Turn:
    """A turn of the user with its answers; what comes before the first has the number 0."""

    number: int
    entries: list[Entry] = field(default_factory=list)

    @property
    def begin(self) -> float:
        """When it begins, in seconds."""
        return min((each.at for each in self.entries if not isinstance(each, TurnTimed)), default=0.0)

    @property
    def end(self) -> float:
        """When the last words of it were said, in seconds."""
        ends = [each.until if isinstance(each, Said) else each.at for each in self.entries]
        return max(ends, default=0.0)


def turns_of(entries: Iterable[Entry]) -> list[Turn]:
    """Group what was said and happened into turns; one whose answer was taken back goes on."""
    turns = [Turn(0)]
    goes_on = False
    for entry in entries:
        if isinstance(entry, Said):
            if entry.side == "user" and not goes_on:
                turns.append(Turn(len(turns)))
            goes_on = entry.ending == "taken back"
        turns[-1].entries.append(entry)
    return [turn for turn in turns if turn.entries]


@dataclass(frozen=True, slots=True)
class TurnRenderer:
    """Makes the list item of each turn.

    Args:
        name: of the bot.
        sound: None if there is none.
        words_left_out: whether the recording has no words.
        longest: seconds of the longest answer, to which all bars are drawn.
        used: what turns used and what it cost, in words.
    """

    name: str
    sound: PageSound | None
    words_left_out: bool
    longest: float
    used: Mapping[TurnTimed, str]

    def render(self, turn: Turn) -> Markup:
        """Return the item."""
        timed = [each for each in turn.entries if isinstance(each, TurnTimed)]
        said = element("div", *self._lines(turn), class_="words")
        beside = [self._waveform(turn, timed), *(self._parts(each) for each in timed)]
        heading = element("h3", f"Turn {turn.number}" if turn.number else "Before the first turn")
        return element("li", heading, said, element("div", *beside, class_="beside"), class_="turn")

    def _lines(self, turn: Turn) -> Iterator[Markup]:
        for entry in turn.entries:
            match entry:
                case Said():
                    yield self._said(entry)
                case Happened(at, kind, text):
                    when = self._time(at)
                    yield element("p", when, " ", printable(text), class_=f"note {kind}")
                case TurnTimed():
                    pass

    def _said(self, said: Said) -> Markup:
        who = "You" if said.side == "user" else self.name
        content: list[Content] = [self._time(said.at), " ", element("b", printable_words(who)), " "]
        if self.words_left_out and said.ending != "taken back":
            content += [element("i", "words left out")]
        for word in said.words:
            content += [element("span", printable_words(word.text), data_at=self._at(word.at)), " "]
        if said.typed:
            content += [element("em", "typed"), " "]
        if said.ending:
            content += [element("em", ENDINGS[said.ending], class_=said.ending.replace(" ", "-"))]
        return element("p", *content, class_=said.side)

    def _time(self, at: float) -> Markup:
        shown = clock(at)
        if self.sound is None:
            return element("span", shown, class_="at")
        return element(
            "button", shown, type="button", class_="at", data_at=self._at(at), aria_label=f"Play from {shown}"
        )

    def _at(self, at: float) -> float | None:
        return round(at, 2) if self.sound is not None else None

    def _waveform(self, turn: Turn, timed: list[TurnTimed]) -> Markup:
        if self.sound is None:
            return joined()
        begin, end = max(0.0, turn.begin - _MARGIN), min(turn.end + _MARGIN, self.sound.seconds)
        if end <= begin:
            return joined()
        bands = [band for each in timed for band in _bands(each)]
        return waveform(self.sound, begin, end, bands)

    def _parts(self, timed: TurnTimed) -> Markup:
        """Return the parts of the time until an answer, with the setting that decides about each."""
        bars, seconds = turn_bars(timed), answered_after(timed)
        line = self.used.get(timed)
        used = element("p", line, class_="used") if line else joined()
        if not bars:
            return used
        items, since = [], 0.0
        whole = max(self.longest, sum(each.seconds for each in bars))
        for each in bars:
            items.append(
                element(
                    "li",
                    element("span", each.part, class_="part"),
                    " ",
                    element("span", f"{each.seconds:.2f} s", class_="seconds"),
                    " ",
                    bar(since, since + each.seconds, whole, each.colour),
                    " ",
                    element("code", each.setting),
                )
            )
            since += each.seconds
        answered = "no answer was heard" if seconds is None else f"answered after {seconds:.2f} s"
        discarded = f", prepared {timed.prepared}, discarded {timed.withdrawn}" if timed.withdrawn else ""
        title = element("p", answered + discarded, class_="answered")
        return element("div", title, element("ul", *items, class_="parts"), used, class_="timing")


def _bands(timed: TurnTimed) -> Iterator[tuple[float, float, str]]:
    """Yield where the parts of a turn are on the clock of the recording, with their colours."""
    since = timed.decided if timed.speech_stopped is None else timed.speech_stopped
    if since is None:
        return
    for each in turn_bars(timed):
        yield since, since + each.seconds, each.colour
        since += each.seconds


def clock(seconds: float) -> str:
    """Return a time of a call, such as 1:04.2."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"
