"""`voicebot set`: a config is changed, and nothing else in its file is."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from voicebot.cli.commands.set.yaml_editing import UneditableError, edited
from voicebot.cli.main import cli
from voicebot.config.reading.assignments import Assignment

CONFIG = """\
# my bot
name: "Flint"   # a pirate
synthesizer:
  # how it sounds
  provider: espeak
  voice: en-us  # deep

chat: {provider: script, rules: []}
greeting: >
  Ahoy!
  And who be ye?
# the end
"""


def after(*settings, text=CONFIG):
    return edited(text, [Assignment.parse(setting) for setting in settings])


@pytest.mark.parametrize(
    ("setting", "old", "new"),
    [
        ("synthesizer.voice=en-gb", "voice: en-us  # deep", "voice: en-gb  # deep"),
        ("synthesizer.rate=180", "# deep\n", "# deep\n  rate: 180\n"),
        ('name="Anne"', '"Flint"   #', '"Anne"   #'),
        ("greeting=Hello.", ">\n  Ahoy!\n  And who be ye?\n", "Hello.\n"),
        ("chat.provider=script", "", ""),
        ("chat.rules=[{patterns: [a], answers: [b]}]", "rules: []", "rules: [{patterns: [a], answers: [b]}]"),
        ("chat.start=3", "rules: []}", "rules: [], start: 3}"),
        ("chat.provider=openai", "{provider: script, rules: []}", "{provider: openai}"),
        ("synthesizer.provider=piper", "espeak\n  voice: en-us  # deep", "piper  # deep"),
        ("turns.patience=quick", "ye?\n#", "ye?\nturns:\n  patience: quick\n#"),
        ("language=", "ye?\n#", 'ye?\nlanguage: ""\n#'),
    ],
)
def test_only_what_is_set_changes(setting, old, new):
    changed = after(setting)
    if setting.startswith("synthesizer.provider"):  # its comments belonged to the other provider
        assert changed == CONFIG.replace("espeak\n  voice: en-us  # deep", "piper  # deep")
    else:
        assert changed == CONFIG.replace(old, new, 1)


def test_line_ends_the_byte_order_mark_and_lists_stay():
    text = "\ufefftools:\r\n  - provider: http\r\n    allow: [a]\r\n"
    assert after("tools.0.allow=[a, b]", text=text) == text.replace("[a]", "[a, b]")
    assert after("name=x", text="# nothing yet") == "# nothing yet\nname: x\n"
    flow = "chat: {\n  provider: script,\n  rules: [], # none\n}\nidle: {}\n"
    changed = flow.replace("[],", "[], start: 3,").replace("{}", "{after: 5}")
    assert after("chat.start=3", "idle.after=5", text=flow) == changed


@pytest.mark.parametrize(
    ("setting", "text", "message"),
    [
        ("name.first=x", CONFIG, "name.first is within a value that has no options"),
        ("tools.1.allow=x", "tools: [{allow: a}]", "tools.1: the list has 1 items, which count from 0"),
        ("b=2", "a: &x 1\nb: *x\n", "b shares its value with another place (an alias)"),
        ("a=2", "a: &x 1\nb: *x\n", "a cannot be set without changing something else; use an editor"),
        (
            "tools.0.provider=http",
            "a: 1",
            "tools.0.provider: the file has no such list; write it in an editor",
        ),
        (
            "chat.model=a, b: c",
            "chat: {model: x}",
            "chat.model cannot be set to a, b: c; quote it: 'chat.model=\"a, b: c\"'",
        ),
        ("chat.model=it's: c", "chat: {model: x}", "chat.model cannot be set to it's: c; use an editor"),
    ],
)
def test_what_cannot_be_set_is_explained(setting, text, message):
    with pytest.raises(UneditableError) as error:
        after(setting, text=text)
    assert str(error.value).startswith(message)


def test_a_file_is_changed_after_it_was_checked(voicebot):
    path = voicebot.write("bot.yaml", "goodbye: {line: Bye.}  # short")
    before = path.read_text()

    ran = voicebot("set", "bot.yaml", "goodbye.line=So long.", "idle.after=5")
    assert (ran.returncode, ran.stdout) == (0, "changed bot.yaml\n")
    changed = path.read_text()
    assert changed == before.replace("Bye.", "So long.") + "idle:\n  after: 5\n"

    wrong = voicebot("set", "bot.yaml", "idle.after=soon", "nmae=x")
    assert wrong.returncode == 2
    assert "bot.yaml:10:10: after must be a number, not 'soon'" in wrong.stderr
    assert "unknown section 'nmae'; did you mean 'name'?" in wrong.stderr
    assert wrong.stderr.endswith("error: bot.yaml was not changed\n")
    assert path.read_text() == changed
    assert sorted(each.name for each in voicebot.directory.iterdir()) == ["bot.yaml", "scripted.yaml"]


def test_another_provider_than_that_of_the_extended_config_keeps_no_options(tmp_path):
    path = tmp_path / "bot.yaml"
    path.write_text("extends: offline.yaml\nsynthesizer:\n  voice: en # British\n")
    provider = [str(path), "synthesizer.provider=espeak"]
    assert CliRunner().invoke(cli, ["set", *provider]).exit_code == 0
    assert path.read_text().endswith("synthesizer:\n  voice: en # British\n  provider: espeak\n")

    path.write_text("extends: offline.yaml\nsynthesizer:\n  voice: en\n  rate: 170\n")
    settings = ["synthesizer.provider=azure-tts", "synthesizer.region=westeurope", "synthesizer.key=${K:-k}"]
    ran = CliRunner().invoke(cli, ["set", str(path), *settings])
    assert (ran.exit_code, ran.stderr) == (0, "")
    now = "  provider: azure-tts\n  region: westeurope\n  key: ${K:-k}\n"
    assert path.read_text() == f"extends: offline.yaml\nsynthesizer:\n{now}"


@pytest.mark.parametrize(
    ("content", "mode", "name", "message"),
    [
        (b"", 0o644, "pirate", "it comes with voicebot; `voicebot init --from pirate` makes it yours"),
        (b"", 0o644, "pirate.yaml", "it comes with voicebot; `voicebot init --from pirate` makes it yours"),
        (b"name: x\n", 0o444, "bot.yaml", "bot.yaml cannot be changed: it is read-only"),
        (b"name: \xff\n", 0o644, "bot.yaml", "bot.yaml cannot be read: it is not text in UTF-8"),
        (b"name: x\n\ty: z\n", 0o644, "bot.yaml", "bot.yaml:2:1: a tab cannot indent YAML; use spaces"),
        (b"name: x\n---\na: b\n", 0o644, "bot.yaml", "bot.yaml:2:1: a config is a single document"),
    ],
)
def test_a_file_that_cannot_be_changed_is_explained(tmp_path, monkeypatch, content, mode, name, message):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bot.yaml"
    path.write_bytes(content)
    path.chmod(mode)
    ran = CliRunner().invoke(cli, ["set", name, "name=y"])
    assert ran.exit_code != 0
    assert message in ran.stderr
    assert path.read_bytes() == content
