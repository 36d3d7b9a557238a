"""Lines typed during a conversation: commands go to the program, everything else to the bot."""

from __future__ import annotations

import pytest

from voicebot.cli.conversation.typed_lines.slash_commands import HELP, SlashCommands


class Listener:
    """Records what commands print and do."""

    def __init__(self, *, has_microphone=True):
        self.told, self.complaints, self.hung_up = [], [], 0
        self.commands = SlashCommands(
            has_microphone=has_microphone,
            show=self.told.append,
            show_error=self.complaints.append,
            hang_up=self.hang_up,
            config=self,
        )
        self.configured = []

    def hang_up(self):
        self.hung_up += 1

    def choose(self, kind, name):
        self.configured.append((kind, name))

    def set(self, setting):
        self.configured.append(setting)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "hello"),
        ("  two  words ", "two  words"),
        ("and/or", "and/or"),
        ("//quit", "/quit"),
        ("///", "//"),
        ("", ""),
        (" ", ""),
    ],
)
def test_other_lines_go_to_the_bot_and_a_double_slash_stands_for_one(line, said):
    listener = Listener()

    assert listener.commands.take(line) == said
    assert (listener.told, listener.complaints, listener.hung_up) == ([], [], 0)


@pytest.mark.parametrize("line", ["/quit", " /QUIT "])
def test_quit_hangs_up(line):
    listener = Listener()

    assert listener.commands.take(line) == ""
    assert listener.hung_up == 1


def test_help_names_every_command():
    listener = Listener()

    assert listener.commands.take("/help") == ""
    assert [line.split()[0] for line in listener.told] == [command.split()[0] for command in HELP]


@pytest.mark.parametrize(
    ("line", "configured"),
    [
        ("/voice onyx", ("synthesizer", "onyx")),
        ("/VOICE", ("synthesizer", "")),
        ("/model  gpt-4o ", ("chat", "gpt-4o")),
        ("/set system=You are a pirate.", "system=You are a pirate."),
    ],
)
def test_settings_are_changed(line, configured):
    listener = Listener()

    assert listener.commands.take(line) == ""
    assert listener.configured == [configured]


@pytest.mark.parametrize(
    ("lines", "muted"),
    [
        (["/mute"], True),
        (["/mute", "/mute"], False),
        (["/mute", "/unmute"], False),
        (["/unmute"], False),
        (["/mute", "/unmute", "/mute"], True),
    ],
)
def test_mute_turns_the_microphone_off_and_on_and_says_so(lines, muted):
    listener = Listener()
    for line in lines:
        listener.commands.take(line)

    assert listener.commands.muted is muted
    assert listener.told[-1].startswith(f"the microphone is {'off' if muted else 'on'}")


@pytest.mark.parametrize("line", ["/mute", "/unmute"])
def test_mute_without_a_microphone_says_so(line):
    listener = Listener(has_microphone=False)

    assert listener.commands.take(line) == ""
    assert not listener.commands.muted
    assert listener.complaints == [f"{line}: there is no microphone here"]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("/nonsense", ["no such command /nonsense", "/help", "//nonsense"]),
        ("/qiut", ["no such command /qiut", "did you mean /quit?"]),
        ("/etc/passwd is what", ["no such command /etc/passwd", "//etc/passwd"]),
        ("/", ["no such command /;", "/help"]),
        ("/mute yourself", ["/mute takes no arguments", "//mute"]),
    ],
)
def test_an_unknown_command_is_reported_and_not_sent_to_the_bot(line, parts):
    listener = Listener()

    assert listener.commands.take(line) == ""
    (complaint,) = listener.complaints
    assert [part for part in parts if part not in complaint] == []
    assert (listener.told, listener.hung_up) == ([], 0)
