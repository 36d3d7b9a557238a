"""`voicebot set`: a config is changed, and nothing else in its file is."""

from __future__ import annotations

import pytest

from voicebot.cli.commands.set.yaml_editing import UneditableError, edited
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


@pytest.mark.parametrize(
    ("setting", "text", "message"),
    [
        ("name.first=x", CONFIG, "name.first is within a value that has no options"),
        ("tools.1.allow=x", "tools: [{allow: a}]", "tools.1: the list has 1 items, which count from 0"),
        ("b=2", "a: &x 1\nb: *x\n", r"b shares its value with another place \(an alias\)"),
        ("chat.model=a, b: c", "chat: {model: x}", "chat.model cannot be set to a, b: c; quote it"),
        ("a=1", "a: [", "the file is not valid YAML"),
    ],
)
def test_what_cannot_be_set_is_explained(setting, text, message):
    with pytest.raises(UneditableError, match=message):
        after(setting, text=text)


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


def test_a_config_that_comes_with_voicebot_is_not_changed(voicebot):
    ran = voicebot("set", "pirate", "name=x")
    assert ran.returncode == 2
    assert "it comes with voicebot; `voicebot init --from pirate` makes it yours" in ran.stderr
