"""`voicebot emulate azure` as a person uses it, and what may be changed while it runs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from tests.forking import ForkServer, command

from voicebot_emulator.command import _providers
from voicebot_emulator.script import Script, read_script

Started: TypeAlias = tuple[subprocess.Popen[str], dict[str, str]]
"""The process, and the variables that it printed."""
Start: TypeAlias = Callable[..., subprocess.Popen[str]]
Emulating: TypeAlias = Callable[..., AbstractContextManager[Started]]
ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@pytest.fixture
def emulator(tmp_path: Path, fork_server: ForkServer | None) -> Start:
    """Return a function that starts the command."""

    def start(*arguments: str) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return command(fork_server, ["emulate", "azure", *arguments], tmp_path, ENVIRON, **pipes)

    return start


@pytest.fixture
def emulating(emulator: Start) -> Emulating:
    """Return a function that runs the command on a free port while the test does."""

    @contextmanager
    def run(*arguments: str) -> Iterator[Started]:
        with emulator("--port", "0", *arguments) as process:
            try:
                assert process.stdout is not None
                variables = {}
                for line in process.stdout:
                    name, equals, value = line.strip().partition("=")
                    if equals and not line.startswith("#"):
                        variables[name] = value
                    if line.startswith("# Faults"):
                        break
                yield process, variables
            finally:
                process.kill()

    return run


def ask(url: str, key: str = "", method: str = "GET", body: object = None) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Ocp-Apim-Subscription-Key": key, "api-key": key, "Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.yaml"
    path.write_text("heard: [hello]\nanswered: [good day]\nspoken: {tone: true}\n")
    return path


def test_it_prints_the_variables_that_the_configs_use(emulating: Emulating, script: Path) -> None:
    with emulating("--script", str(script), "--region", "westeurope") as (_, variables):
        port = variables["SPEECH_ENDPOINT"].rpartition(":")[2]

    assert variables == {
        "SPEECH_KEY": "emulated-speech-key",
        "SERVICE_REGION": "westeurope",
        "SPEECH_ENDPOINT": f"ws://127.0.0.1:{port}",
        "OPENAI_API_KEY": "emulated-openai-key",
        "OPENAI_ENDPOINT": f"http://127.0.0.1:{port}",
        "OPENAI_DEPLOYMENT": "chat",
    }


def test_the_config_of_the_real_providers_has_the_variables_of_the_dot_env_beside_it(
    emulating: Emulating, tmp_path: Path
) -> None:
    there = tmp_path / "elsewhere"
    there.mkdir()
    (there / ".env").write_text("EMULATED_REPLY=Aye.\n")
    (there / "behind.yaml").write_text(
        "recognizer: {provider: pocketsphinx}\nsynthesizer: {provider: espeak}\nvoice_activity: null\n"
        "chat: {provider: script, rules: [], default: ['${EMULATED_REPLY:?what is it}']}\n"
    )

    with emulating("--behind", str(there / "behind.yaml")) as (_, variables):
        address = f"{variables['OPENAI_ENDPOINT']}/openai/v1/chat/completions"
        body = {"model": "chat", "messages": [{"role": "user", "content": "hello"}]}
        status, answer = ask(address, variables["OPENAI_API_KEY"], "POST", body)

    assert status == 200
    assert json.loads(answer)["choices"][0]["message"]["content"] == "Aye."


@pytest.mark.parametrize(("stop", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_on_ctrl_c_and_sigterm(
    emulating: Emulating, script: Path, stop: signal.Signals, status: int
) -> None:
    with emulating("--script", str(script)) as (process, _):
        process.send_signal(stop)
        _, errors = process.communicate(timeout=30)

    assert (process.returncode, errors) == (status, "")


def test_faults_are_changed_while_it_runs_and_bad_ones_refused(emulating: Emulating, script: Path) -> None:
    with emulating("--script", str(script), "--fault", "tts:wrong-key") as (_, variables):
        address = variables["SPEECH_ENDPOINT"].replace("ws:", "http:")
        voices, faults = f"{address}/tts/cognitiveservices/voices/list", f"{address}/emulator/faults"

        assert ask(voices, variables["SPEECH_KEY"])[0] == 401
        assert ask(faults, method="PUT", body=["explode"])[0] == 400
        assert json.loads(ask(faults)[1]) == ["tts:wrong-key"]
        assert ask(faults, method="PUT", body=[])[0] == 200
        assert ask(voices, variables["SPEECH_KEY"])[0] == 200


def test_a_wrong_key_is_refused_without_any_fault_and_written_nowhere(
    emulating: Emulating, script: Path, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    with emulating("--script", str(script), "--journal", str(journal)) as (_, variables):
        address = variables["SPEECH_ENDPOINT"].replace("ws:", "http:")
        status, text = ask(f"{address}/tts/cognitiveservices/voices/list", "somebody-elses-key")

    assert status == 401
    assert "invalid subscription key" in text
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [entry["what"] for entry in entries] == ["open", "refusal", "close"]
    assert "somebody-elses-key" not in journal.read_text()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--fault", "explode"], "there is no fault 'explode'"),
        (["--script", "{here}/none.yaml"], "does not exist"),
        (["--script", "{here}/list.yaml"], "list.yaml: "),
        (["--script", "{here}/typo.yaml"], "typo.yaml: haerd: Extra inputs are not permitted"),
        (["--script", "{here}/broken.yaml"], "broken.yaml: "),
        (["--journal", "{here}/no/where.jsonl", "--script", "{here}/good.yaml"], "cannot be written"),
        (["--behind", "{here}/none.yaml"], "none.yaml"),
        (["--behind", "ofline"], "did you mean 'offline'?"),
        (["--behind", "offline", "--fault", "explode"], "there is no fault 'explode'"),
    ],
)
def test_impossible_arguments_are_reported_in_one_line(
    emulator: Start, tmp_path: Path, arguments: list[str], reason: str
) -> None:
    for name, text in {
        "list": "- a\n",
        "typo": "haerd: [a]\n",
        "broken": "heard: [\n",
        "good": "heard: [a]\nanswered: [b]\nspoken: {tone: true}\n",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text)

    with emulator(*(argument.format(here=tmp_path) for argument in arguments)) as process:
        _, errors = process.communicate(timeout=60)

    assert process.returncode in (1, 2)
    assert reason in errors
    assert "Traceback" not in errors


def test_the_config_of_the_real_providers_is_found_by_name_with_the_dot_env_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bots").mkdir()
    (tmp_path / "bots" / ".env").write_text("BEHIND_IT=Stand behind.\n")
    (tmp_path / "bots" / "mine.yml").write_text("extends: offline\nsystem: ${BEHIND_IT}\n")

    assert _providers("bots/mine", Script()).system == "Stand behind."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "a0: &a0 [x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)),
            "a script must not have aliases",
        ),
        ("heard: " + "[" * 2_000, "lists and mappings are nested too deeply"),
        ("".join(f"a{n}: 1\n" for n in range(20_000)), "it is too large for a script"),
        ("".join(f"a{n}: 1\n" for n in range(500)), "a19: Extra inputs are not permitted"),
    ],
    ids=["aliases", "depth", "length", "unknown keys"],
)
def test_a_hostile_script_is_refused_quickly_and_in_few_lines(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "script.yaml").write_text(text)

    with pytest.raises(ValueError, match=reason) as raised:
        read_script(tmp_path / "script.yaml")

    assert len(str(raised.value).splitlines()) <= 20


def test_a_port_in_use_is_reported(emulator: Start, script: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with emulator("--script", str(script), "--port", port) as process:
            _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert f"port {port} cannot be used" in errors
    assert "--port" in errors
    assert "Traceback" not in errors


def test_while_it_refuses_no_connection_succeeds_and_afterwards_all_do(
    emulating: Emulating, script: Path
) -> None:
    with emulating("--script", str(script)) as (_, variables):
        address = variables["SPEECH_ENDPOINT"].replace("ws:", "http:")
        ask(f"{address}/emulator/faults", method="PUT", body=["refused=0.3"])
        refused = 0
        while True:
            try:
                status, _ = ask(f"{address}/emulator/faults")
                break
            except (ConnectionError, urllib.error.URLError):
                refused += 1

    assert refused > 0
    assert status == 200


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[" * 1_000, "lists and mappings are nested too deeply"),
        ("#" * 1_000_001, "is too large for a script"),
    ],
    ids=["deep", "large"],
)
def test_an_invalid_script_is_reported_in_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(text)

    with pytest.raises(ValueError, match=rf"^{path}[: ].*{complaint}"):
        read_script(path)
