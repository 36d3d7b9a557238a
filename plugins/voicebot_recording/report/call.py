"""One recording on a page: what it is of, its player, and its turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from voicebot import (
    Prices,
    TurnTimed,
    answered_after,
    printable,
    printable_words,
    turn_parts,
    use_by_turn,
    use_line,
)
from voicebot_recording.dialogue import Entry, Happened, Said, dialogue
from voicebot_recording.reading import Recording, RecordingError
from voicebot_recording.report.markup import Markup, element, joined
from voicebot_recording.report.sound import PageSound, page_sound
from voicebot_recording.report.turns import TurnRenderer, clock, turns_of
from voicebot_recording.report.waveforms import waveform

_PARTS = ("recognizer", "turn_detector", "voice_activity", "chat", "synthesizer", "device")


def title_of(recording: Recording) -> str:
    """Return the name of a bot and when the call began."""
    return printable_words(f"{recording.name}, {recording.started:%d %B %Y %H:%M} UTC")


def call(recording: Recording, number: int, prices: Prices, warn: Callable[[str], None]) -> Markup:
    """Return the article of a recording.

    Args:
        number: which of the page it is, from 1.
        prices: for what was used.
        warn: is told if its sound is damaged: what cannot be read of it is left out.
    """
    entries, warnings = list(dialogue(recording)), list(recording.warnings)
    try:
        recorded = recording.sound
        sound = page_sound(recorded) if recorded is not None else None
        if recorded is not None and recorded.is_cut_off:
            warnings.append(f"{recorded.path}: its sound is damaged, and ends at {recorded.seconds:.1f} s")
            warn(warnings[-1])
    except RecordingError as error:
        sound = None
        warnings.append(str(error))
        warn(str(error))
    timed = [each for each in entries if isinstance(each, TurnTimed)]
    events = list(recording.events())
    renderer = TurnRenderer(
        recording.name,
        sound,
        "text" in recording.header.get("left_out", ()),
        max((sum(turn_parts(each).values()) for each in timed), default=0.0),
        {
            turn.timed: use_line([turn.timed, *turn.used], prices, brief=True)
            for turn in use_by_turn(events)
            if turn.timed is not None
        },
    )
    used = use_line(events, prices)
    turns = [renderer.render(turn) for turn in turns_of(entries)]
    return element(
        "article",
        element("h2", title_of(recording)),
        element("p", ", ".join(_summary(recording, entries, timed)), class_="summary"),
        element("p", used, class_="used") if used else joined(),
        *(element("p", printable(warning), class_="warning") for warning in warnings),
        _made_with(recording),
        _player(sound, number) if sound is not None else joined(),
        element("ol", *turns, class_="turns"),
        id=f"call-{number}",
        aria_label=title_of(recording),
    )


def _summary(recording: Recording, entries: Sequence[Entry], timed: Sequence[TurnTimed]) -> Iterator[str]:
    said = [each for each in entries if isinstance(each, Said)]
    endings = Counter(each.ending for each in said)
    answers = [seconds for each in timed if (seconds := answered_after(each)) is not None]
    tools = sum(isinstance(each, Happened) and each.kind == "tool" for each in entries)
    changes = sum(isinstance(each, Happened) and each.kind == "config" for each in entries)
    yield clock(recording.seconds)
    yield _counted(sum(each.side == "user" for each in said), "turn")
    if answers:
        yield f"answered after {median(answers):.2f} s (median of {len(answers)})"
        yield f"{max(answers):.2f} s at most"
    yield _counted(endings["cut off"], "cut-off")
    if endings["taken back"]:
        yield _counted(endings["taken back"], "answer") + " taken back"
    yield _counted(endings["interrupted"], "interruption")
    if tools:
        yield _counted(tools, "call") + " of tools"
    if changes:
        yield _counted(changes, "change") + " of the config"


def _counted(count: int, name: str) -> str:
    return f"{count or 'no'} {name}{'' if count == 1 else 's'}"


def _made_with(recording: Recording) -> Markup:
    """Return what the bot consisted of when the call began, folded."""
    header = recording.header
    providers, models = header.get("providers", {}), header.get("models", {})
    rows = [
        (kind, " ".join(filter(None, (str(providers[kind]), str(models.get(kind, ""))))))
        for kind in _PARTS
        if kind in providers
    ]
    if patience := _patience(recording):
        rows.append(("turns.patience", patience))
    versions = [f"voicebot {header.get('voicebot', '?')}", f"Python {header.get('python', '?')}"]
    for name, plugin in header.get("plugins", {}).items():
        versions.append(f"{name} ({plugin.get('distribution', '?')} {plugin.get('version', '?')})")
    rows.append(("versions", ", ".join(versions)))
    items = [joined(element("dt", printable(name)), element("dd", printable(value))) for name, value in rows]
    return element("details", element("summary", "Made with"), element("dl", *items))


def _patience(recording: Recording) -> str:
    try:
        turns = recording.config().get("turns")
    except RecordingError:
        return ""
    return str(turns.get("patience", "")) if isinstance(turns, dict) else ""


def _player(sound: PageSound, number: int) -> Markup:
    """Return the player; without a script, it is that of the browser."""
    whole = waveform(sound, 0.0, sound.seconds)
    audio = element(
        "audio",
        src=sound.url,
        controls=True,
        preload="none",
        aria_label="Sound of the call",
        id=f"sound-{number}",
    )
    play = element("button", "Play", type="button", class_="play", hidden=True)
    slider = element(
        "div",
        whole,
        class_="position",
        role="slider",
        tabindex=0,
        hidden=True,
        aria_label="Position in the call",
        aria_valuemin=0,
        aria_valuemax=round(sound.seconds, 1),
        aria_valuenow=0,
        aria_valuetext=clock(0.0),
    )
    time = element(
        "span",
        element("span", clock(0.0), class_="now"),
        f" / {clock(sound.seconds)}",
        class_="time",
        hidden=True,
    )
    return element("div", audio, play, slider, time, class_="player")
