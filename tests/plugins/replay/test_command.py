"""`voicebot replay`: what it prints, and one clear line for each thing that is wrong."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from tests.typewriter import Typewriter, Typist

from voicebot import Bot, Conversation, load_config
from voicebot.cli.main import cli
from voicebot.testing import ScriptedChatModel, ScriptedUser, VirtualClockLoop
from voicebot_replay.comparison_lines import comparison_lines
from voicebot_replay.engine import replay

from .talks import config, record

CONFIG = """\
name: Polly
system: "It costs $5, or ${PRICE}."
recognizer: {provider: azure-stt, key: "${KEY}", region: westeurope}
chat: {provider: script, rules: [{patterns: [hello], answers: [Ahoy.]}], default: [Aye.]}
synthesizer: {provider: azure-tts, key: "${KEY}", region: westeurope}
record: {folder: FOLDER, min_free: 0}
"""
KEY = "4f9a8b7c6d5e4f3a2b1c4f9a8b7c6d5e"


async def typed(path: Path) -> None:
    config = load_config(path, environ={"KEY": KEY, "PRICE": "$${6}"})
    typist = Typist("hello", "how are you", every=2.0, leaves_after=2.0)
    bot = Bot.from_config(config, device=Typewriter(typist))
    async with bot, bot.device.open() as stream:
        await Conversation(bot, stream).run()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A typed conversation whose config has a key; do not change it."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "bot.yaml").write_text(CONFIG.replace("FOLDER", str(folder / "recordings")))
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(typed(folder / "bot.yaml"))
    (found,) = (folder / "recordings").glob("[0-9]*")
    return found


@pytest.fixture
def recording(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(whole, tmp_path / "talk"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["replay", *map(str, arguments)])


def test_it_is_shown_as_it_happened(whole: Path) -> None:
    result = run(whole, "--speed", 1000)
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if ": " in line] == [
        "You: hello",
        "Polly: Ahoy.",
        "You: how are you",
        "Polly: Aye.",
    ]


@pytest.mark.parametrize(("columns", "row"), [(40, "turns 2 2"), (30, "turns: then 2, now 2")])
def test_a_comparison_fits_into_a_narrow_terminal(
    whole: Path, monkeypatch: pytest.MonkeyPatch, columns: int, row: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(whole, "--engine").stdout.splitlines()
    assert max(map(len, lines)) <= columns
    assert row in [" ".join(line.split()) for line in lines]


def test_a_recording_needs_no_keys_to_be_compared(whole: Path) -> None:
    result = run(whole, "--engine")
    assert result.exit_code == 0
    assert result.stderr == ""  # nothing is missing of what was typed
    assert result.stdout.count("same: answered after") == 2
    assert "not asked then" not in result.stdout


def test_what_differs_fits_into_80_columns_and_names_cut_offs(tmp_path: Path) -> None:
    async def order(user: ScriptedUser) -> None:
        await user.says("i would like " + "a very long word " * 5, 4.0)
        await user.waits(0.9)
        await user.says("a pizza")
        await user.waits(5.0)

    recorded = record(tmp_path, order, patience=1.4, chat=ScriptedChatModel(["With cheese?"]))
    lines = [click.unstyle(each) for each in comparison_lines(replay(recorded, config(tmp_path, 0.3)))]

    assert max(map(len, lines)) <= 80
    assert any("now: CUTS YOU OFF, answered after" in line for line in lines)
    assert [line.split() for line in lines if line.startswith(("turns", "cut off"))] == [
        ["turns", "1", "2"],
        ["cut", "off", "0", "1"],
    ]


def test_real_providers_go_on_from_a_turn(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = run(whole, "--from", 2)
    assert (hidden.exit_code, hidden.stdout) == (1, "")
    assert "its secrets are not recorded; name the config with --config" in hidden.stderr.replace("\n", " ")

    monkeypatch.setenv("KEY", KEY)
    monkeypatch.setenv("PRICE", "6")
    result = run(whole, "--from", 2, "--config", whole.parents[1] / "bot.yaml")
    assert (result.exit_code, result.stdout) == (0, "You: how are you\nPolly: Aye.\n")


def test_who_goes_on_has_the_config_of_that_turn(recording: Path) -> None:
    log = recording / "events.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    place = next(number for number, each in enumerate(lines) if '"turn":2' in each)
    at = json.loads(lines[place])["at"] + 0.001  # it is changed as soon as the turn is over
    changed = {"type": "ConfigChanged", "at": at, "changes": ["name Polly"], "config": "config-1.yaml"}
    lines.insert(place + 1, json.dumps(changed) + "\n")
    log.write_text("".join(lines))
    shutil.copy(recording / "config.yaml", recording / "config-1.yaml")

    for turn, name in ((1, "config.yaml"), (2, "config-1.yaml")):
        result = run(recording, "--from", turn)
        assert f"{recording / name}: its secrets are not recorded" in result.stderr.replace("\n", " ")
    assert f"{recording}: there is no turn 3; there are 2" in run(recording, "--from", 3).stderr


def with_header(folder: Path, **values: object) -> None:
    log = folder / "events.jsonl"
    first, _, rest = log.read_text().partition("\n")
    log.write_text(json.dumps({**json.loads(first), **values}) + "\n" + rest)


def with_config(folder: Path, old: str, new: str) -> None:
    path = folder / "config.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(
    ("damage", "status", "message"),
    [
        (shutil.rmtree, 1, "no recording: there is no such folder"),
        (lambda path: (path / "events.jsonl").write_text("x"), 1, "events.jsonl does not begin as one"),
        (lambda path: with_header(path, version=99), 1, "this voicebot reads up to 1: update voicebot"),
        (lambda path: with_header(path, left_out=["text"]), 1, "recorded without text, so that nothing can"),
        (lambda path: (path / "config.yaml").unlink(), 1, "config.yaml: cannot be read: No such file"),
        (lambda path: with_config(path, "azure-stt", "parrot"), 2, "no recognizer called 'parrot'"),
        (
            lambda path: with_config(path, "provider: script", "provider: ["),
            2,
            ":3: a value is missing before this",
        ),
    ],
)
def test_what_cannot_be_replayed_is_said_in_one_line(
    recording: Path, damage: Callable[[Path], object], status: int, message: str
) -> None:
    damage(recording)
    result = run(recording, "--engine")
    said = " ".join(line for line in result.stderr.splitlines() if not line.startswith("warning"))
    assert (result.exit_code, result.stdout) == (status, "")
    assert message in said
    assert str(recording) in said


def test_a_plugin_that_is_missing_is_named_before_its_provider(recording: Path) -> None:
    with_header(recording, plugins={"parrot": {"distribution": "parrots", "version": "1.2"}})
    with_config(recording, "azure-stt", "parrot")
    result = run(recording, "--engine")
    assert result.exit_code == 2
    first, *others = result.stderr.splitlines()
    assert first.endswith("recorded with the plugin 'parrot' of parrots 1.2, which is not installed")
    assert "no recognizer called 'parrot' is installed" in " ".join(others)


def test_nobody_goes_on_who_cannot_type_again(recording: Path) -> None:
    with_header(recording, left_out=["text"])
    result = run(recording, "--from", 1)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "recorded without text, so that nothing can be typed again" in result.stderr


def test_one_that_was_cut_off_in_mid_line_is_replayed_up_to_there(recording: Path) -> None:
    log = recording / "events.jsonl"
    log.write_bytes(log.read_bytes()[:-200])
    result = run(recording, "--engine")
    assert result.exit_code == 0
    assert "the last line is incomplete and was left out" in result.stderr
    assert "You: hello" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--config", "offline"], "--config needs --engine or --from"),
        (["--speed", "2", "--engine"], "--speed is for a recording as it was, without --engine and --from"),
        (
            ["--speed", "1", "--from", "1"],
            "--speed is for a recording as it was, without --engine and --from",
        ),
        (["--engine", "--from", "1"], "--engine asks no providers, and --from does: use one of them"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    whole: Path, options: list[str], message: str
) -> None:
    result = run(whole, *options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
