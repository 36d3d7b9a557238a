"""The benchmark of natural pauses asks as the engine does and counts correctly, with made-up recordings."""

from __future__ import annotations

import asyncio
import json
import math
import wave
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from voicebot import AudioFormat, Options, TurnDetector, TurnSoFar, VoiceActivityOptions

RATE = 16_000
HANG_OVER = VoiceActivityOptions().hang_over


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parent))


def sample(second: float) -> bytes:
    """Return the sample at a time, which tells the time: hundredths of a second."""
    return round(second * 100).to_bytes(2, "little")


def write(folder: Path, file: str, seconds: float) -> None:
    with wave.open(str(folder / file), "wb") as recording:
        recording.setparams((1, 2, RATE, 0, "NONE", ""))
        recording.writeframes(
            b"".join(sample(at / 100) * (RATE // 100) for at in range(round(100 * seconds)))
        )


def entry(
    file: str, at: float, seconds: float | None, words: str, source: str, begins: float
) -> dict[str, Any]:
    kind = "end" if seconds is None else "pause"
    return {
        "file": file, "kind": kind, "at": at, "seconds": seconds, "turn_begins": begins,
        "words_so_far": words, "source": source,
    }  # fmt: skip


LABELS = [
    entry("a.wav", 2.0, 0.2, "I think", "calls", 1.0),
    entry("a.wav", 3.0, 0.4, "I think that and", "calls", 1.0),
    entry("a.wav", 4.0, 1.0, "I think that and the", "calls", 1.0),
    entry("a.wav", 6.0, None, "thank you", "calls", 1.0),
    entry("a.wav", 6.5, None, "thank you", "calls", 6.1),
    entry("b.wav", 1.0, 0.7, "we moved here in spring", "commands", 0.2),
    entry("b.wav", 2.5, None, "yes", "commands", 0.2),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "a.wav", 7)
    write(tmp_path, "b.wav", 2.6)
    (tmp_path / "labels.json").write_text(json.dumps(LABELS))
    return tmp_path


def run(*words: object) -> None:
    import natural

    natural.main(natural.arguments_of([*map(str, words)]))


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def measured(folder: Path) -> list[dict[str, Any]]:
    run(folder, "--detector", "transcript", "--bootstrap", 20, "--json", folder / "figures.json")
    text = (folder / "figures.json").read_text()
    policies: list[dict[str, Any]] = json.loads(text, parse_constant=no_constant)
    return policies


def test_constant_silence_is_counted_by_hand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policies = measured(folder)
    silence = {policy["patience"]: policy for policy in policies if policy["detector"] == "silence"}
    half = silence["0.5"]

    assert (half["recordings"], half["pauses"], half["unnoticed_pauses"], half["ends"]) == (2, 4, 1, 3)
    assert (half["mean_wait"], half["cut_off"], half["more_than_silence"]) == (0.5, 0.5, 0.0)
    assert [point.get("cut_off") for point in half["points"]] == [False, False, True, None, None, True, None]
    assert [point.get("delay") for point in half["points"]] == [None, None, None, 0.5, 0.5, None, 0.5]
    assert half["curve"] == [[0.25, 0.75], [0.4, 0.5], [0.7, 0.25], [1.0, 0.0]]
    assert (half["cut_off_at_0.6"], half["patience_at_0.6"]) == (0.5, "0.4")
    assert (half["wait_at_5_percent"], half["patience_at_5_percent"]) == (1.0, "1.0")
    assert half["sources"]["commands"]["curve"] == [[0.25, 1.0], [0.7, 0.0]]
    assert half["sources"]["calls"]["wait_at_5_percent"] == 1.0
    printed = capsys.readouterr().out
    assert "4 pauses and 3 ends in 2 recordings; pauses shorter than the hang-over of 0.25 s: 1" in printed


def test_words_are_counted_by_hand_and_against_silence_of_the_same_mean_wait(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (normal,) = (policy for policy in measured(folder) if policy["patience"] == "normal")

    assert [point["wait"] for point in normal["points"]] == pytest.approx([0.84, 3, 3, 0.3, 0.3, 0.4107, 0.3])
    assert (normal["mean_wait"], normal["cut_off"]) == (0.3, 0.25)
    assert (normal["silence_cut_off"], normal["more_than_silence"]) == (0.75, -0.5)
    assert (normal["sources"]["calls"]["cut_off"], normal["sources"]["commands"]["cut_off"]) == (0.0, 1.0)
    assert normal["sources"]["commands"]["more_than_silence"] == 0.0
    assert "transcript normal cuts off more than constant silence of the same mean wait on: no source" in (
        capsys.readouterr().out
    )


def test_a_figure_of_a_source_without_ends_is_null(folder: Path) -> None:
    labels = [each for each in LABELS if (each["source"], each["kind"]) != ("commands", "end")]
    (folder / "labels.json").write_text(json.dumps(labels))

    commands = measured(folder)[0]["sources"]["commands"]

    assert (commands["mean_wait"], commands["cut_off"], commands["curve"]) == (None, 1.0, [])
    assert (commands["cut_off_at_0.6"], commands["cut_off_at_0.6_interval"]) == (None, [None, None])


def test_the_curves_are_drawn(folder: Path) -> None:
    if find_spec("matplotlib") is None:
        pytest.skip("needs the extra bench")
    run(folder, "--detector", "transcript", "--bootstrap", 20, "--png", folder / "curves.png")
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")


def figures(
    waits: Sequence[Sequence[float]], files: str, seconds: Sequence[float | None], draws: int = 2000
) -> Any:
    """Return the figures of policies that wait that long at points, each in the file named by a letter."""
    import numpy as np
    from natural_figures import Figures, Measured, Part
    from natural_points import Point
    from turn_policies import Policy

    points = [
        Point(file, "end" if lasts is None else "pause", at, lasts, 0.0, "", "all", at + 1)
        for at, (file, lasts) in enumerate(zip(files, seconds, strict=True))
    ]
    policies = [Policy("made-up", float(number)) for number in range(len(waits))]
    return Figures(Part(points, draws, seed=1), Measured(policies, np.array(waits)), HANG_OVER)


def test_the_curve_consists_of_the_policies_that_no_other_one_beats() -> None:
    waits = [[0.3, 0.3, 0.3], [0.4, 2.0, 0.4], [0.5, 0.3, 0.5], [2.0, 2.0, 0.9], [2.0, 2.0, 1.1]]
    made_up = figures(waits, "aaa", [1.0, 1.0, None])

    of_detector = made_up.of_detector(made_up)

    assert of_detector["curve"] == [[0.3, 1.0], [0.4, 0.5], [0.9, 0.0]]
    assert (of_detector["cut_off_at_0.6"], of_detector["patience_at_0.6"]) == (0.5, "1.0")
    assert (of_detector["wait_at_5_percent"], of_detector["patience_at_5_percent"]) == (0.9, "3.0")


def test_what_no_policy_reaches_is_null() -> None:
    of_detector = figures([[0.7, 0.7]], "aa", [1.0, None]).of_detector(
        figures([[0.5, 0.5]], "aa", [1.0, None])
    )

    assert of_detector["cut_off_at_0.6"] is None is of_detector["wait_at_5_percent"]
    assert of_detector["more_than_silence_at_0.6"] is None
    assert of_detector["wait_at_5_percent_interval"] == [None, None]


def test_one_recording_has_no_spread() -> None:
    policy = figures([[0.3, 0.3, 0.3]], "aaa", [1.0, 0.2, None]).of_policy(0)

    assert (policy["cut_off"], policy["cut_off_interval"]) == (0.5, [0.5, 0.5])
    assert (policy["mean_wait"], policy["mean_wait_interval"]) == (0.3, [0.3, 0.3])


def test_recordings_are_drawn_and_not_points() -> None:
    """Two of two recordings: both are the first with a chance of 1/4, both the second with 1/4."""
    made_up = figures([[0.5, 0.5, 0.5, 0.5, 0.3]], "aaabb", [1.0, 1.0, None, 0.4, None])

    policy = made_up.of_policy(0)
    drawn = made_up.cut_offs[1:, 0]

    assert (policy["cut_off"], policy["cut_off_interval"]) == (0.6667, [0.0, 1.0])
    assert (policy["mean_wait"], policy["mean_wait_interval"]) == (0.4, [0.3, 0.5])
    assert {round(share, 4) for share in drawn.tolist()} == {0.0, 0.6667, 1.0}
    assert [(drawn == share).mean() for share in (0.0, 1.0)] == pytest.approx([0.25, 0.25], abs=0.05)


def test_the_best_policy_is_chosen_anew_in_each_draw() -> None:
    """The first policy is right about one recording, the second about the other."""
    waits = [[2.0, 0.3, 0.3, 0.3], [0.3, 0.3, 2.0, 0.3]]
    of_detector = figures(waits, "aabb", [1.0, None, 1.0, None]).of_detector(
        figures([[0.3] * 4], "aabb", [1.0, None, 1.0, None])
    )

    assert (of_detector["cut_off_at_0.6"], of_detector["cut_off_at_0.6_interval"]) == (0.5, [0.0, 0.5])
    assert of_detector["more_than_silence_at_0.6_interval"] == [-1.0, -0.5]


def test_a_draw_without_ends_is_left_out() -> None:
    policy = figures([[0.3, 0.3, 0.7]], "aab", [1.0, None, 0.4]).of_policy(0)

    assert policy["mean_wait_interval"] == [0.3, 0.3]
    assert policy["silence_cut_off_interval"] == [1.0, 1.0]
    assert policy["more_than_silence_interval"] == [-0.5, 0.0]


class Listener(TurnDetector[Options]):
    """Hears everything, remembers each question, and waits for `seconds`, then for `longer`."""

    input_format = AudioFormat(RATE)
    audio_seconds = 8.0

    def __init__(self, seconds: float, longer: float | None = None) -> None:
        super().__init__(Options())
        self.second_look = longer is not None
        self.turns: list[TurnSoFar] = []
        self._waits = (seconds, longer if longer is not None else math.nan)

    async def wait(self, turn: TurnSoFar) -> float:
        self.turns.append(turn)
        return self._waits[turn.silence > HANG_OVER]


def ask(
    folder: Path,
    detector: Listener,
    number: int,
    *,
    earliest: float = 0.3,
    latest: float = 3.0,
    plain: bool = False,
) -> float:
    """Ask about a point of the first recording."""
    from natural_points import read_recordings
    from natural_questions import Questions

    from voicebot.engine.turns.rules import PatienceBounds

    recording = read_recordings(folder)[0]
    questions = Questions(detector, HANG_OVER, "en-US", plain=plain)
    patience = PatienceBounds(earliest, latest)
    (wait,) = asyncio.run(questions.waits(recording, recording.points[number], [patience]))
    return wait


def test_a_detector_is_told_what_the_engine_would_tell_it(folder: Path) -> None:
    detector = Listener(0.8)

    assert ask(folder, detector, 2) == 0.8
    (turn,) = detector.turns
    assert (turn.text, turn.settled, turn.language) == ("I think that and the", True, "en-US")
    assert (turn.earliest, turn.latest, turn.silence, turn.asked) == (0.3, 3.0, HANG_OVER, "")
    assert turn.pauses == (0.4,)  # the one of 0.2 s would not have been noticed
    assert len(turn.audio) == 2 * RATE * (4.0 + HANG_OVER - 0.5)
    assert turn.audio.startswith(sample(0.5))
    assert turn.audio.endswith(sample(4.0 + HANG_OVER - 0.01))


def test_words_can_be_put_as_a_recogniser_without_punctuation_writes_them(folder: Path) -> None:
    labels = [each | {"words_so_far": "It's 3 o'clock, I think."} for each in LABELS]
    (folder / "labels.json").write_text(json.dumps(labels))
    detector = Listener(0.8)

    ask(folder, detector, 2, plain=True)
    assert detector.turns[0].text == "it's 3 o'clock i think"


@pytest.mark.parametrize(("answered", "waits"), [(0.1, 0.3), (9.0, 3.0), (1.0, 1.0)])
def test_the_wait_stays_within_the_patience(folder: Path, answered: float, waits: float) -> None:
    assert ask(folder, Listener(answered), 2) == waits


def test_nothing_is_answered_before_the_pause_is_noticed(folder: Path) -> None:
    assert ask(folder, Listener(0.1), 2, earliest=0.0) == HANG_OVER


def test_a_pause_that_is_not_noticed_is_put_with_its_sound(folder: Path) -> None:
    detector = Listener(0.1)

    assert ask(folder, detector, 0, earliest=0.0) == HANG_OVER
    assert detector.turns[0].audio.endswith(sample(2.19))
    assert detector.turns[0].silence == 0.2


def test_the_silence_after_an_end_is_repeated_where_another_turn_begins(folder: Path) -> None:
    detector = Listener(0.8)
    ask(folder, detector, 3)

    (turn,) = detector.turns
    assert len(turn.audio) == 2 * RATE * (6.0 + HANG_OVER - 0.5)
    quiet = [sample(6.0 + at / 100) * (RATE // 100) for at in range(10)]
    assert turn.audio.endswith(sample(5.99) + b"".join([*quiet, *quiet, *quiet[:5]]))


def test_only_the_last_seconds_are_heard(folder: Path) -> None:
    detector = Listener(0.8)
    detector.audio_seconds = 1.0
    ask(folder, detector, 2)

    assert len(detector.turns[0].audio) == 2 * RATE


def test_a_detector_with_a_second_look_is_asked_again_just_before_its_wait(folder: Path) -> None:
    detector = Listener(0.8, 1.5)

    assert ask(folder, detector, 2) == 1.5
    first, second = detector.turns
    assert (first.silence, second.silence) == (HANG_OVER, pytest.approx(0.7))
    assert second.audio.startswith(first.audio)
    assert second.audio.endswith(sample(4.69))


def test_a_second_look_does_not_shorten_the_wait(folder: Path) -> None:
    assert ask(folder, Listener(0.8, 0.3), 2) == 0.8


def test_there_is_no_second_look_if_the_speaker_goes_on_before(folder: Path) -> None:
    detector = Listener(0.8, 1.5)

    assert ask(folder, detector, 1) == 0.8
    assert len(detector.turns) == 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"file": 3}, "entry 2: file: expected printable text, not 3"),
        ({"file": "\x1b[2J.wav"}, r"entry 2: file: expected printable text, not '\x1b[2J.wav'"),
        ({"file": "c.wav"}, "c.wav: not a WAV file that can be read"),
        ({"kind": "stop"}, "entry 2 (a.wav): kind: expected pause or end, not 'stop'"),
        ({"at": "3"}, "entry 2 (a.wav): at: expected seconds, 0 or more, not '3'"),
        ({"at": math.nan}, "entry 2 (a.wav): at: expected seconds, 0 or more, not nan"),
        ({"at": 30}, "entry 2 (a.wav): at: 30 and seconds of 0.4 are beyond the recording's end, 7"),
        ({"turn_begins": 3.5}, "entry 2 (a.wav): turn_begins: 3.5 is not before at, 3"),
        ({"seconds": None}, "entry 2 (a.wav): seconds: expected seconds, 0 or more, not None"),
        ({"seconds": 0}, "entry 2 (a.wav): seconds: a pause must last longer than 0"),
        ({"words_so_far": None}, "entry 2 (a.wav): words_so_far: expected printable text, not None"),
    ],
)
def test_a_wrong_label_is_reported_in_one_line(folder: Path, change: dict[str, Any], complaint: str) -> None:
    labels = [each | change if number == 1 else each for number, each in enumerate(LABELS)]
    (folder / "labels.json").write_text(json.dumps(labels))

    with pytest.raises(SystemExit) as stopped:
        run(folder)
    assert complaint in str(stopped.value)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ("{", "labels.json: not JSON: "),
        ("{}", "labels.json: expected a list of points, not {}"),
        ("[3]", "labels.json: entry 1: expected an object, not 3"),
        (json.dumps(LABELS[:2]), "labels.json: it needs at least one pause and one end"),
        (None, "labels.json: No such file or directory; it must list the points of this folder"),
    ],
)
def test_wrong_labels_are_reported_in_one_line(folder: Path, labels: str | None, complaint: str) -> None:
    (folder / "labels.json").unlink()
    if labels is not None:
        (folder / "labels.json").write_text(labels)

    with pytest.raises(SystemExit, match=complaint) as stopped:
        run(folder)
    assert "\n" not in str(stopped.value)


def test_a_file_that_could_not_be_written_is_reported_first(folder: Path) -> None:
    with pytest.raises(SystemExit, match="there is no folder"):
        run(folder, "--json", folder / "none" / "figures.json")


@pytest.mark.parametrize("words", [["--bootstrap", "-1"], ["--seed", "x"]])
def test_a_wrong_number_is_reported(
    folder: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(folder, *words)
    assert "is not a whole number, 0 or more" in capsys.readouterr().err
