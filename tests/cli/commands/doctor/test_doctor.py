"""`voicebot doctor`: what it says about a machine and a config on which everything works, or nothing does."""

from __future__ import annotations

import json
import os
import re
import signal
import socket

import pytest
from click.testing import CliRunner
from tests.cli.conftest import CommandLine, install

from voicebot.cli.main import cli

KEY = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
GROUPS = {"This machine", "Config", "Servers", "Providers", "Sound"}
CHECK_KEYS = ["group", "check", "about", "verdict", "message", "remedy", "seconds"]


def results(ran):
    """Return the verdicts and messages of the checks that were written as JSON, by check and subject."""
    found = json.loads(ran.stdout)["checks"]
    return {(each["check"], each["about"]): (each["verdict"], each["message"]) for each in found}


@pytest.fixture
def healthy(voicebot):
    """Return the command line on a machine on which nothing is wrong."""
    for name in list(voicebot.environ):
        if name.lower().endswith("_proxy") or name.startswith("SSL_CERT"):
            del voicebot.environ[name]
    voicebot.write("bot.yaml", "device: {provider: telephone}")
    return voicebot


def test_a_healthy_bot_has_no_problem_and_each_provider_is_timed(healthy):
    ran = healthy("doctor", "bot.yaml")

    assert (ran.returncode, ran.stderr.count("Looking for trouble")) == (0, 1)
    lines = ran.stdout.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "This machine",
        "Config",
        "Providers",
        "Sound",
        "no problem found",
    ]
    assert "  ok      bot.yaml: can be used" in lines
    timed = re.sub(r"\d+ ms", "N ms", ran.stdout)
    assert "  ok      chat scripted: works (start N ms, first token N ms)\n" in timed
    assert "  ok      device telephone: works (start N ms, open N ms, hearing N ms)\n" in timed


@pytest.mark.parametrize("trouble", ["greting: hi", "recognizer: {provider: espeek}\nx: ${NOT_SET}", "a: ["])
def test_a_config_that_cannot_be_used_gets_the_messages_of_check(tmp_path, monkeypatch, trouble):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(trouble)

    checked = CliRunner().invoke(cli, ["check", "bad.yaml"])
    examined = CliRunner().invoke(cli, ["doctor", "bad.yaml", "--json", "--no-sound"])

    assert (checked.exit_code, examined.exit_code) == (2, 2)
    found = json.loads(examined.stdout)["checks"]
    said = [f"{each['about']}: {each['message']}" for each in found if each["check"] == "config"]
    assert said == [line for line in checked.stderr.splitlines() if line.startswith("bad.yaml")] != []


@pytest.mark.parametrize("config", ["nowhere.yaml", "silero"])
def test_what_is_no_config_is_one_line_and_the_machine_is_examined_all_the_same(
    tmp_path, monkeypatch, config
):
    monkeypatch.chdir(tmp_path)

    ran = CliRunner().invoke(cli, ["doctor", config, "--no-sound"])

    assert ran.exit_code == 2
    assert ran.stdout.count(f"\n  problem {config}: ") == 1
    assert "  ok      Python: " in ran.stdout


def test_ctrl_c_ends_it_at_once(healthy):
    healthy.write("slow.yaml", "device: {provider: telephone}\nstart_timeout: 600", chat="start: waits")
    with healthy.started("doctor", "slow.yaml", "--no-sound") as process:
        while (line := process.stderr.readline()) != "<starting>\n":
            assert line, "it ended by itself"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)

    assert (process.returncode, output, "Traceback" in errors) == (130, "", False)


@pytest.fixture(scope="module")
def planted(tmp_path_factory, installed, fork_server):
    """Run it once where many things are wrong; return the results, and all that was written."""
    folder = tmp_path_factory.mktemp("planted")
    packages = tmp_path_factory.mktemp("packages")
    for name, source in {
        "broken": "raise RuntimeError('no good')\n",
        "ahead": (
            "import voicebot\nvoicebot_api = (9, 0)\n@voicebot.hookimpl\ndef voicebot_register(registry): 0\n"
        ),
        "lacking": (
            "import voicebot\n@voicebot.hookimpl\ndef voicebot_register(registry):\n"
            "    registry.add('lacking', 'lacking:It', 'lacking:Of', kind='observer',\n"
            "                 requires={'not_there': 'lacking-extra'})\n"
            "class Of(voicebot.Options): pass\nclass It(voicebot.Observer):\n"
            "    async def observe(self, conversation, events): pass\n"
        ),
    }.items():
        install(packages, f"{name}-plugin", f"{name} = {name}")
        (packages / f"{name}.py").write_text(source)
    for package, version in (("soxr", "0.1"), ("wyoming", "0.5")):
        info = packages / f"{package}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    command = CommandLine(folder, installed, fork_server)
    command.environ["PYTHONPATH"] = os.pathsep.join([str(packages), command.environ["PYTHONPATH"]])
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    command.environ |= {
        "HTTPS_PROXY": f"http://me:swordfish@127.0.0.1:{port}",
        "SSL_CERT_FILE": str(folder / "missing.pem"),
        "PULSE_SERVER": f"unix:{folder / 'nobody'}",
        "XDG_RUNTIME_DIR": str(folder),
        "ALSA_CONFIG_PATH": os.devnull,
    }
    command.environ.pop("https_proxy", None)
    (folder / ".env").write_text(f"WEATHER_KEY={KEY}\n")
    (folder / ".env").chmod(0o644)
    weather = (
        f"{{description: weather, url: 'http://127.0.0.1:{port}/', headers: {{X-Key: '${{WEATHER_KEY}}'}}}}"
    )
    forecast = f"{{description: more, url: 'http://127.0.0.1:{port}/', secret_query: {{api_key: {KEY}}}}}"
    config = command.write(
        "bot.yaml",
        "tools: [{provider: http, allow: [weather, forecast], tools: "
        f"{{weather: {weather}, forecast: {forecast}}}}}]\n"
        "record: {folder: bot.yaml/recordings, sound: false}\n",
        chat="start: raises",
    )
    config.chmod(0o646)
    command.write("bad.yaml", "observers: [{provider: lacking}]", chat="password: '<your key>'")
    return command, command("doctor", "bot.yaml", "--json", "-vv")


@pytest.mark.skipif(os.name == "nt", reason="permissions are another matter there")
@pytest.mark.parametrize(
    ("check", "about", "verdict", "message"),
    [
        ("plugin", "plugin broken", "problem", "of broken-plugin is broken: RuntimeError: no good"),
        ("plugin", "plugin ahead", "problem", "of ahead-plugin is broken: it was written for version 9.0"),
        ("package", "soxr", "problem", "soxr 0.1 is installed, but voicebot-framework needs >=0.5"),
        ("package", "wyoming", "warning", "wyoming 0.5 is installed, but the extra 'wyoming' of"),
        ("proxy", "HTTPS_PROXY", "warning", "nothing is listening at the proxy of HTTPS_PROXY (127.0.0.1:"),
        ("root-certificates", "root certificates", "problem", "SSL_CERT_FILE names "),
        ("env-file", ".env", "warning", "other users of this machine can read the keys in it"),
        ("config-file", "bot.yaml", "warning", "everybody on this machine can change it"),
        ("variable", "WEATHER_KEY", "ok", "is set, by .env:1"),
        ("config", "bot.yaml:*", "warning", "api_key is a secret in plain text"),
        (
            "recordings",
            "record",
            "problem",
            "nothing can be written to 'bot.yaml/recordings': Not a directory",
        ),
        ("server", "127.0.0.1:*", "problem", "nothing is listening at 127.0.0.1:"),
        ("clock", "clock", "skipped", "no server told its time"),
        ("provider", "chat scripted", "problem", "the scripted chat model is not at home"),
        ("provider", "device sound-card", "problem", "no "),
        ("microphone", "microphone", "problem", "there is none"),
        ("speaker", "speaker", "problem", "there is none"),
    ],
)
def test_each_trouble_is_found_among_many(planted, check, about, verdict, message):
    _, ran = planted

    found = {
        (each, re.sub(r"(?<=\w):[\d:]+$", ":*", subject)): result
        for (each, subject), result in results(ran).items()
    }

    assert found[check, about][0] == verdict
    assert found[check, about][1].startswith(message)
    assert ran.returncode == 1


def test_the_keys_of_the_json_are_stable_and_count_the_verdicts(planted):
    _, ran = planted

    found = json.loads(ran.stdout)
    verdicts = [check["verdict"] for check in found["checks"]]
    assert list(found) == ["ok", "voicebot", "time", "config", "hint", "counts", "checks"]
    assert (found["ok"], found["config"], found["hint"]) == (False, "bot.yaml", "")
    assert found["counts"] == {each: verdicts.count(each) for each in ("ok", "warning", "problem", "skipped")}
    assert all(list(check) == CHECK_KEYS for check in found["checks"])
    assert {check["group"] for check in found["checks"]} == GROUPS


def test_each_problem_has_a_remedy_and_no_secret_is_shown(planted):
    _, ran = planted

    assert [
        c for c in json.loads(ran.stdout)["checks"] if c["verdict"] == "problem" and not c["remedy"]
    ] == []
    for secret in (KEY, "swordfish"):
        assert secret not in ran.stdout + ran.stderr


def test_placeholders_and_missing_packages_are_problems_of_the_config(planted):
    command, _ = planted

    ran = command("doctor", "bad.yaml", "--no-sound", "--json")

    said = [message for (check, _), (_, message) in results(ran).items() if check == "config"]
    assert ran.returncode == 2
    assert said == [
        "password is still a placeholder; replace it with your own value",
        "observer 'lacking' needs packages that are not installed: pip install lacking-extra",
    ]
