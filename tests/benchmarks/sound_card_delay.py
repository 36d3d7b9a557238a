"""How soon a bot answers, and falls silent when it is interrupted, through a virtual sound card in real time.

    python tests/benchmarks/sound_card_delay.py [--questions N] [--interruptions N] [--speech DIR]
        [--json FILE]

The bot has the recogniser and the voice of configs/local.yaml, and answers from rules. flite's voices rms and
slt ask it questions and interrupt a long story; with --speech, it is asked what is said in a folder of WAV
files instead (16 kHz, mono, 16 bit). Microphone and speaker are recorded as two channels of one card, so
times are exact to the sample. A question ends with the last 10 ms that are at most 30 dB fainter than its
loudest 10 ms; an answer begins with its first sample above 300, which is 41 dB below full scale. Nothing else
should run. Needs PulseAudio and flite.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from figures import spread
from labelled_clips import read_sound
from one_clock_card import BOT, RATE, USER, OneClockCard, Recording, end_of_speech

HERE = Path(__file__).resolve().parent
ANSWERS = {
    "where is the treasure": "Under the old palm tree. But do not tell the parrot.",
    "tell me about your ship": "The Marigold! Two masts, nine guns, and a leak that we call Henry.",
    "what is your name": "Captain Flint, terror of the bathtub.",
    "how are you today": "Dry above, wet below, and no holes in between.",
    "what is for dinner": "Fish soup. The cook drops in a boot for the body of it.",
    "do you have a parrot": "Her name is Professor. She knows four languages and is rude in all of them.",
    "what is the weather in paris": "There will be rain in Paris. Take an umbrella.",
    "turn on the living room lamp": "I have one lantern, and the whale has it.",
    "what time is it": "Half past high tide.",
    "tell me about the sea": "She is big, she is blue, and she never gives back a hat.",
}
VOICES = ("rms", "slt")
STORY = "tell me a long story"
TALE = f"Once there was a sailor who had a boat, {'and the boat had a sail, ' * 30}and that was all."
AUDIBLE, SILENT = 300, 30
"""The levels above which an answer is heard, and below which the bot is silent."""
FAINTER = 30.0
STEPS = ("speech_stopped", "final", "decided", "first_byte", "first_sound")
"""What the bot reports of a turn (`TurnTimed`), printed in seconds since the question's end."""
_PAUSE, _BETWEEN_TURNS = 0.25, 1.0
"""Seconds of silence that are no pause between words, and that end the bot's turn."""


class Bot:
    """The bot in a process of its own, and what has happened to it."""

    def __init__(self, card: OneClockCard, folder: Path) -> None:
        rules = [{"patterns": [question], "answers": [answer]} for question, answer in ANSWERS.items()]
        rules.append({"patterns": [STORY], "answers": [TALE]})
        config = {
            "extends": str(HERE.parents[1] / "configs" / "local.yaml"),
            "greeting": "",
            "chat": {"provider": "script", "rules": rules, "default": ["Aye, so they say."]},
        }
        (folder / "card.yaml").write_text(json.dumps(config), encoding="utf-8")
        command = [sys.executable, str(HERE / "observed_bot.py"), str(folder / "card.yaml")]
        self._process = subprocess.Popen(command, env=card.environment, stdout=subprocess.PIPE, text=True)
        self._events: list[dict[str, Any]] = []
        self._listens = threading.Event()
        assert self._process.stdout is not None
        threading.Thread(target=self._read, args=[self._process.stdout], daemon=True).start()
        if not self._listens.wait(60) or self._process.poll() is not None:
            raise SystemExit("the bot does not start")

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def happened(self, event: str, since: float, **what: Any) -> dict[str, Any] | None:
        """Return the first event of a kind since some time of the system's monotonic clock."""
        for each in self._events:
            if each["event"] == event and each["clock"] >= since and what.items() <= each.items():
                return each
        return None

    def _read(self, output: TextIO) -> None:
        for line in output:
            self._events.append(json.loads(line))
            if self._events[-1]["event"] == "ListeningStarted":
                self._listens.set()
        self._listens.set()


def ask(card: OneClockCard, recording: Recording, bot: Bot, question: bytes) -> tuple[float, str]:
    """Ask a question and hear the answer; return the seconds until it begins, and what the bot reports."""
    begin = recording.end
    card.play(question)
    answer = recording.sound(BOT, begin, AUDIBLE)
    recording.silence(BOT, answer, _BETWEEN_TURNS, SILENT)
    end = begin + end_of_speech(recording.channel(USER, begin), FAINTER)
    turn = bot.happened("UserTurnEnded", recording.clock(begin)) or {"text": ""}
    timed = bot.happened("TurnTimed", recording.clock(begin)) or {}
    steps = [
        f"{step} {timed['began'] + timed[step] - recording.clock(end):.3f}"
        for step in STEPS
        if timed.get(step) is not None
    ]
    return (answer - end) / RATE, "; ".join([turn["text"], *steps])


def interrupt(
    card: OneClockCard, recording: Recording, bot: Bot, story: bytes, question: bytes, after: float
) -> dict[str, float]:
    """Interrupt a story after some seconds; return what followed, in seconds from the user's first sound."""
    begin = recording.end
    card.play(story)
    recording.sound(BOT, begin, AUDIBLE)
    recording.wait(after)
    begin = recording.end
    card.play(question)
    onset = recording.sound(USER, begin, AUDIBLE)
    silent = recording.silence(BOT, onset, _PAUSE, SILENT)
    answer = recording.sound(BOT, silent, AUDIBLE)
    recording.silence(BOT, answer, _BETWEEN_TURNS, SILENT)
    spoke, found = recording.clock(onset), {"silent": (silent - onset) / RATE}
    for name, event, what in (
        ("lowered", "BotDucked", {"held": False}),
        ("held", "BotDucked", {"held": True}),
        ("decided", "BotTurnEnded", {"interrupted": True}),
    ):
        if happened := bot.happened(event, spoke, **what):
            found[name] = happened["clock"] - spoke
    return found


def speak(text: str, voice: str, folder: Path) -> bytes:
    """Return a text in one of flite's voices: 16 kHz, mono, s16le."""
    path = folder / "speech.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", path], check=True)
    return read_sound(path)


def main() -> None:
    """Measure both and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--questions", type=int, default=20, metavar="N")
    parser.add_argument("--interruptions", type=int, default=10, metavar="N")
    parser.add_argument("--speech", type=Path, metavar="DIR", help="ask what is said in these WAV files")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    asked = parser.parse_args()
    if asked.speech and not any(asked.speech.glob("*.wav")):
        parser.error(f"{asked.speech} has no WAV files")
    delays: list[float] = []
    interruptions: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="vb") as name:
        folder = Path(name)
        spoken = [(text, speak(text, voice, folder)) for voice in VOICES for text in ANSWERS]
        story = speak(STORY, VOICES[0], folder)
        questions = spoken
        if asked.speech:
            questions = [(path.name, read_sound(path)) for path in sorted(asked.speech.glob("*.wav"))]
        card = OneClockCard(folder)
        try:
            with card.both() as recording:
                bot = Bot(card, folder)
                try:
                    for number in range(asked.questions):
                        text, sound = questions[number % len(questions)]
                        try:
                            seconds, understood = ask(card, recording, bot, sound)
                        except TimeoutError as error:
                            print(f"   {error}  {text}", flush=True)
                            continue
                        delays.append(seconds)
                        print(f"{seconds:6.3f} s  {text}: {understood}", flush=True)
                    for number in range(asked.interruptions):
                        sound = spoken[number % len(spoken)][1]
                        found = interrupt(card, recording, bot, story, sound, 2 + 0.37 * (number % 5))
                        interruptions.append(found)
                        print("  ".join(f"{what} {at:.3f}" for what, at in found.items()), flush=True)
                finally:
                    bot.stop()
        finally:
            card.stop()
    figures = summary(delays, interruptions)
    for what, figure in figures.items():
        print(f"{what}: {figure}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def summary(delays: Sequence[float], interruptions: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Return medians and extremes, in milliseconds."""
    return {
        "end of a question to the answer, ms": spread(delays, 0),
        "interruption to a lower voice, ms": spread(
            [each["lowered"] for each in interruptions if "lowered" in each], 0
        ),
        "interruption to silence, ms": spread([each["silent"] for each in interruptions], 0),
        "decision to silence, ms": spread(
            [
                each["silent"] - min(each[what] for what in ("held", "decided") if what in each)
                for each in interruptions
                if "held" in each or "decided" in each
            ],
            0,
        ),
    }


if __name__ == "__main__":
    main()
