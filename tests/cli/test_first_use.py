"""What a new user tries first: commands without a config file, `--set`, and pipes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from click.testing import CliRunner

from voicebot.cli.main import cli
from voicebot.config.shipped import config_named, shipped_configs


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Return a directory of the user's, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["offline", "offline.yaml", "local", "pirate", "alfred.yaml"])
def test_a_shipped_config_is_found_by_name_with_or_without_suffix(here, name):
    assert config_named(Path(name)) == shipped_configs()[name.removesuffix(".yaml")]


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("offline", "offline.yaml"),
        ("offline", "offline.yml"),
        ("offline", "offline"),
        ("offline.yaml", "offline.yaml"),
        ("bots/mine", "bots/mine.yaml"),
    ],
)
def test_a_file_in_the_working_directory_takes_precedence_over_a_shipped_config(here, name, own):
    Path(own).parent.mkdir(exist_ok=True)
    Path(own).write_text("name: Mine\n")

    assert config_named(Path(name)) == Path(own)


def test_a_directory_takes_precedence_only_if_it_contains_configs(here):
    Path("offline").mkdir()
    assert config_named(Path("offline")) == shipped_configs()["offline"]

    Path("offline/offline.yaml").write_text("name: Mine\n")
    assert config_named(Path("offline")) == Path("offline")


@pytest.mark.parametrize("name", ["bots/offline", "./bots/offline.yaml", "/offline", "..", ".", "/"])
def test_a_path_does_not_select_a_shipped_config(here, name):
    assert config_named(Path(name)) not in shipped_configs().values()


def test_a_provider_name_instead_of_a_config_brings_advice_on_selecting_it(here):
    messages = "this is a provider, not a config; a config selects it by"

    for name, way in (("espeak", "`synthesizer: {provider: espeak}`"), ("transcript", "`turn_detector: ")):
        result = CliRunner().invoke(cli, ["run", name])

        assert result.exit_code == 2
        assert result.stderr.startswith(f"{name}: {messages} {way}")


def test_an_unknown_name_is_answered_with_the_shipped_configs(here):
    result = CliRunner().invoke(cli, ["check", "ofline"])

    assert result.exit_code == 2
    assert result.stderr == (
        "ofline: no such file; did you mean 'offline'? The configs that come with voicebot are "
        "alfred, azure, local, offline, ollama, openai-audio, pirate, tools and wyoming\n"
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "Missing argument 'TEXT'."),
        (["offline.yaml"], "Missing argument 'TEXT'."),
        (["hello", "world"], "there is no config 'hello'; put quotes around a text of several words"),
        (["a", "b", "c"], "got 3 arguments instead of CONFIG and TEXT; put quotes around a text"),
    ],
)
def test_say_suggests_quotes_for_a_text_without_them(here, arguments, complaint):
    result = CliRunner().invoke(cli, ["say", *arguments])

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"error: {complaint}" in result.stderr


def test_run_reports_which_config_it_uses_by_default(voicebot):
    used = voicebot("run", "--type").stderr.splitlines()[0]
    assert re.match(r"using (local|offline): .*, on this machine; `voicebot run NAME` for another: ", used)
    voicebot.write("offline.yaml", "")
    assert voicebot("run", "--type").stderr.splitlines()[0] == "using offline.yaml"
    assert "using" not in voicebot("say", "Hello.", "-o", "said.wav").stderr


def test_a_similar_file_and_a_shipped_config_are_both_suggested(here):
    Path("mine").mkdir()
    Path("mine/ofline.yaml").write_text("name: Mine\n")

    assert CliRunner().invoke(cli, ["check", "mine/offline.yaml"]).stderr == (
        "mine/offline.yaml: no such file; did you mean 'mine/ofline.yaml'? Or `voicebot init --from offline` "
        "writes the config 'offline' that comes with voicebot\n"
    )


def test_check_without_a_config_checks_the_users_own(here):
    Path("offline.yaml").write_text("nmae: Mine\nextends: offline\n")

    result = CliRunner().invoke(cli, ["check"])

    assert result.exit_code == 2
    assert result.stderr.startswith("offline.yaml:1:1: ")


def test_settings_are_checked_before_anything_starts(here):
    for name in ("bot.yaml", "local.yaml"):  # the second takes precedence if no config is named
        Path(name).write_text("extends: offline\n")
    settings = ["--set", "synthesizer.rat=180", "--set", "turns.patience=quik"]

    for command in (["run"], ["say", "bot", "hello"], ["transcribe", "bot", __file__], ["voices"], ["check"]):
        result = CliRunner().invoke(cli, [*command, *settings])

        assert (result.exit_code, result.stdout) == (2, "")
        assert "command line: unknown option 'rat' of espeak; did you mean 'rate'?\n" in result.stderr
        assert "not 'quik'; did you mean 'quick'?\n" in result.stderr


def test_extends_finds_a_config_without_suffix_too(here):
    Path("bot.yaml").write_text("extends: offline\nname: Kim\n")

    assert CliRunner().invoke(cli, ["check", "bot"]).stderr == ""


def test_only_sound_goes_through_stdin_and_stdout(voicebot):
    voicebot.write("bot.yaml", "greeting: Ahoy.\n")
    question = voicebot.record("question.wav", "how are you", 1.0).read_bytes()
    command = [sys.executable, "-m", "voicebot", "run", "bot.yaml", "--input", "-", "--output", "-"]

    ran = subprocess.run(
        command, input=question, capture_output=True, cwd=voicebot.directory, env=voicebot.environ, check=True
    )

    assert b"Parrot: Ahoy.\nYou: how are you\nParrot: All right.\n" in ran.stderr
    with wave.open(io.BytesIO(ran.stdout)) as answer:
        assert len(answer.readframes(10**9)) + 44 == len(ran.stdout) > 10_000


def test_sound_is_appended_completely_to_a_file_that_the_shell_opens(voicebot):
    path = voicebot.directory / "said.wav"
    path.write_bytes(b"before")
    with path.open("r+b") as file:
        file.seek(6)
        with voicebot.started("say", "scripted.yaml", "Hello.", "-o", "-", stdout=file) as process:
            assert process.wait(60) == 0

    written = path.read_bytes()
    assert written[:6] == b"before"
    with wave.open(io.BytesIO(written[6:])) as said:
        assert said.getnframes() * 2 + 44 == len(written) - 6


class Unread(io.RawIOBase):
    """Standard input that must not be read because nothing would ever arrive."""

    def readable(self):
        return True

    def readinto(self, buffer):
        assert not buffer, "standard input was read"
        return 0


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["run", "nosuch.yaml", "--input", "-"], "no such file"),
        (["transcribe", "nosuch.yaml", "-"], "no such file"),
        (["run", "--input", "-", "--output", "said.mp3"], "call it said.wav"),
        (["run", "--input", "-", "--metrics", "no/such/file"], "no/such/file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_other_errors_are_reported_before_stdin_is_read(here, arguments, messages):
    result = CliRunner().invoke(cli, arguments, input=Unread())

    assert result.exit_code in (1, 2)
    assert messages in result.stderr


def test_an_invalid_recording_from_stdin_is_called_standard_input(voicebot):
    ran = voicebot("transcribe", "scripted.yaml", "-", stdin="hello")

    assert ran.returncode == 1
    assert ran.stderr == "error: standard input: is not a sound file that can be read, such as a WAV\n"


def test_metrics_on_stdout_are_the_only_output_there(voicebot):
    ran = voicebot("run", "scripted.yaml", "--type", "--metrics", "-", stdin="hello\n")

    assert json.loads(ran.stdout)["turn"] == 1
    assert "You: hello\nParrot: All right.\n" in ran.stderr


@pytest.mark.parametrize("name", ["said.mp3", "said.ogg", "said.FLAC", "said.txt"])
def test_an_output_file_without_the_suffix_wav_is_rejected(here, name):
    Path("q.wav").write_bytes(b"")
    Path("bot.yaml").write_text(f"extends: offline.yaml\ndevice: {{provider: wav, output: {name}}}\n")
    messages = f"output: only WAV is written, not {Path(name).suffix}; call it said.wav\n"

    assert f"bot.yaml:2:33: {messages}" in CliRunner().invoke(cli, ["check", "bot.yaml"]).stderr
    for command in (["say", "hello", "-o", name], ["run", "offline", "--input", "q.wav", "--output", name]):
        result = CliRunner().invoke(cli, command)

        assert result.exit_code == 2
        assert f"error: {messages}" in result.stderr
    assert sorted(os.listdir()) == ["bot.yaml", "q.wav"]


def test_an_extra_argument_before_the_last_is_explained(here):
    Path("a.wav").write_bytes(b"RIFF")
    Path("b.wav").write_bytes(b"RIFF")

    heard = CliRunner().invoke(cli, ["transcribe", "a.wav", "b.wav"])
    said = CliRunner().invoke(cli, ["say", "Version 1.2", "is out"])

    assert "there is no config 'a.wav'; give one recording at a time" in heard.stderr
    assert "there is no config 'Version 1.2'; put quotes around a text of several words" in said.stderr


def test_an_invalid_descriptor_for_metrics_is_an_error_like_others(here):
    result = CliRunner().invoke(cli, ["run", "offline", "--type", "--metrics", "/dev/fd/x"])

    assert result.exit_code == 1
    assert result.stderr.startswith("error: cannot write /dev/fd/x: ")
