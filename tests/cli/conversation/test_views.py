"""What the terminal view shows of a conversation."""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from voicebot.audio import AudioFormat
from voicebot.cli.conversation.typed_lines.stream import TypedStream
from voicebot.cli.conversation.view import choose_view
from voicebot.cli.conversation.view.lines import LinesView
from voicebot.cli.conversation.view.live import LiveView
from voicebot.cli.conversation.view.timing import describe
from voicebot.config.schema import Settings
from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    DeviceChanged,
    EchoIgnored,
    HistoryCompacted,
    ListeningStarted,
    ProviderFailed,
    ProviderNoticed,
    ProviderUsed,
    ReplyStarted,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    UnitSpoken,
    UserFinal,
    UserPartial,
    UserSpeechStarted,
    UserTurnEnded,
)
from voicebot.interfaces import AudioStream
from voicebot.testing import simulated

SETTINGS = Settings(name="Parrot")
TIMED = TurnTimed(
    3.0,
    1,
    speech_stopped=1.0,
    final=1.9,
    decided=1.9,
    first_token=2.0,
    first_unit=2.2,
    first_sound=2.5,
)


class Device(AudioStream):
    """A microphone and a speaker, or a recording."""

    microphone = speaker = AudioFormat(16_000)

    def __init__(self, *, live):
        self.live = live

    def __aiter__(self):
        raise NotImplementedError


class Screen:
    """A terminal that keeps what is written."""

    def __init__(self, width=60, height=24):
        self.file = io.StringIO()
        self.console = Console(
            file=self.file, force_terminal=True, width=width, height=height, highlight=False, _environ={}
        )

    @property
    def written(self):
        """Everything written, without colours; cursor movements become empty lines."""
        plain = re.sub(r"\x1b\[[0-9;]*m", "", self.file.getvalue())
        return re.sub(r"(\r|\x1b\[[0-9;?]*[A-Za-z])+", "\n", plain)

    def last(self, text):
        """Where a text was written last."""
        return self.written.rindex(text)


def live(screen, now=lambda: 0.0, settings=SETTINGS):
    return LiveView(settings, now, screen.console)


def test_partial_words_are_replaced_by_the_final_question():
    screen = Screen()
    with live(screen) as view:
        view.show(ListeningStarted(0.0))
        assert "listening" in screen.written
        view.show(UserSpeechStarted(0.1))
        view.show(UserPartial(0.2, "who a"))
        view.show(UserFinal(0.8, "who are you"))
        view.show(UserTurnEnded(1.0, "who are you"))
        view.show(UnitSpoken(0.0, "A parrot."))
        before = len(screen.written)
        view.show(BotTurnEnded(2.0, "A parrot."))
        view.show(TIMED)

    assert re.search(r"You: +who a\s", screen.written)
    kept = screen.written[before:]
    assert "Parrot: A parrot." in kept
    assert "answered after 1.50 s" in kept
    assert view.turns == 1


@simulated
async def test_a_unit_is_shown_only_once_it_is_heard():
    screen = Screen()
    loop = asyncio.get_running_loop()
    with live(screen, now=loop.time) as view:
        view.show(UserTurnEnded(0.0, "hello"))
        view.show(UnitSpoken(0.5, "Ahoy."))
        view.show(UnitSpoken(2.0, "Matey."))
        await asyncio.sleep(0.4)
        assert "Ahoy." not in screen.written
        await asyncio.sleep(0.2)
        assert "Ahoy." in screen.written
        assert "Matey." not in screen.written
        await asyncio.sleep(1.5)
        assert "Ahoy. Matey." in screen.written


@simulated
async def test_text_that_an_interruption_cut_off_is_never_shown():
    screen = Screen()
    loop = asyncio.get_running_loop()
    with live(screen, now=loop.time) as view:
        view.show(UserTurnEnded(0.0, "hello"))
        view.show(UnitSpoken(0.0, "Ahoy, my"))
        view.show(UnitSpoken(2.0, "dearest friend."))
        await asyncio.sleep(1.0)
        view.show(BotTurnEnded(1.0, "Ahoy,", interrupted=True))
        await asyncio.sleep(5.0)

    assert "dearest" not in screen.written
    assert "Parrot: Ahoy, [interrupted]" in screen.written


@pytest.mark.parametrize(
    ("lines", "printed"),
    [
        (object(), "listening; speak or type a line; Ctrl-C to end\n"),
        (None, "listening; Ctrl-C to end\n"),
    ],
)
def test_on_a_plain_terminal_listening_is_announced_once(capsys, lines, printed):
    live, recorded = (TypedStream(Device(live=live)) for live in (True, False))

    for stream in (live, recorded):
        view = choose_view(SETTINGS, stream, lambda: 0.0, lines)
        view.show(ListeningStarted(0.0))
        view.show(ListeningStarted(5.0))

    assert capsys.readouterr() == ("", printed)


def test_a_question_whose_answer_was_not_heard_is_joined_to_the_next(capsys):
    view = LinesView(SETTINGS, lambda: 0.0, timings=False)
    view.show(UserTurnEnded(1.0, "what is"))
    view.show(BotTurnEnded(1.5, "", interrupted=True))
    view.show(UserTurnEnded(2.0, "what is the time"))
    view.show(UnitSpoken(0.0, "Late."))
    view.show(BotTurnEnded(3.0, "Late."))

    assert capsys.readouterr().out == "You: what is the time\nParrot: Late.\n"


def test_a_question_that_is_never_answered_is_printed_at_the_end(capsys):
    view = LinesView(SETTINGS, lambda: 0.0, timings=False)
    view.show(UserTurnEnded(1.0, "is anybody there"))
    view.show(ConversationEnded(2.0, "the line is dead"))

    assert capsys.readouterr().out == "You: is anybody there\n"


def test_the_end_after_long_silence_is_explained(capsys):
    view = LinesView(SETTINGS, lambda: 0.0, timings=False)
    view.show(ConversationEnded(60.0, by="silence"))

    assert "nobody spoke for a long time" in capsys.readouterr().err


def test_failures_and_notices_of_the_device_are_shown():
    screen = Screen()
    with live(screen) as view:
        view.show(ListeningStarted(0.0))
        view.show(ProviderFailed(1.0, "chat", "out of\nwords"))
        view.show(ProviderNoticed(1.0, "synthesizer", "another\nspeaks"))
        view.show(DeviceChanged(2.0, False, "the headset is gone"))
        view.show(DeviceChanged(3.0, True, "using the loudspeaker"))

    for line in ("chat: out of words", "another speaks", "the headset is gone", "using the loudspeaker"):
        assert line in screen.written


def test_only_the_end_of_a_long_reply_is_shown_while_it_is_spoken():
    screen = Screen(width=40, height=9)
    with live(screen) as view:
        view.show(UserTurnEnded(0.0, "go on"))
        for number in range(40):
            view.show(UnitSpoken(0.0, f"Sentence number {number}."))
        shown = screen.written[screen.last("Parrot:") :]
        assert "number 39." in " ".join(shown.split())
        assert "number 1." not in shown
        view.show(BotTurnEnded(1.0, " ".join(f"Sentence number {number}." for number in range(40))))

    kept = screen.written[screen.last("Parrot:") :]
    assert all(f"number {number}." in " ".join(kept.split()) for number in range(40))


def test_square_brackets_are_kept_and_escape_sequences_are_removed():
    screen = Screen()
    with live(screen) as view:
        view.show(BotTurnEnded(0.0, "[bold]Ahoy[/bold] \x1b[2J:parrot:"))

    assert "[bold]Ahoy[/bold] [2J:parrot:" in screen.written
    assert "\x1b[2J" not in screen.file.getvalue()


@pytest.mark.parametrize(
    ("turn", "line"),
    [
        (
            TurnTimed(2.0, 1, speech_stopped=0.0, final=0.4, decided=0.8, first_unit=1.2, first_sound=1.5),
            "answered after 1.50 s (waiting for you to finish 0.80, model 0.40, voice 0.30)",
        ),
        (
            TurnTimed(2.0, 1, speech_stopped=0.0, final=0.9, decided=0.9, first_unit=1.0, first_sound=1.1),
            "answered after 1.10 s (recogniser 0.90, model 0.10, voice 0.10)",
        ),
        (
            TurnTimed(2.0, 1, speech_stopped=0.0, decided=0.3, first_unit=0.2, first_sound=0.3),
            "answered after 0.30 s (waiting for you to finish 0.30)",
        ),
        (
            TurnTimed(1.0, 1, decided=0.0, first_sound=0.3, withdrawn=2, wasted_tokens=410, output_tokens=9),
            "answered after 0.30 s (model 0.30); 2 prepared and discarded, about 410 tokens",
        ),
        (
            TurnTimed(1.0, 1, decided=0.0, first_sound=0.3, withdrawn=2, wasted_tokens=410),
            "answered after 0.30 s (model 0.30)",
        ),
        (
            TurnTimed(1.0, 1, decided=0.0, first_token=0.2, first_unit=0.3, first_sound=0.3),
            "answered after 0.30 s (model 0.30)",
        ),
        (
            TurnTimed(2.0, 1, decided=0.0, first_unit=1.0, first_sound=1.2, tool_calls=1, tool_seconds=0.4),
            "answered after 1.20 s (model 0.60, tools 0.40, voice 0.20)",
        ),
        (TurnTimed(1.0, 1, decided=0.0, first_sound=0.5), "answered after 0.50 s (model 0.50)"),
        (TurnTimed(1.0, 1, speech_stopped=0.0, decided=0.9), ""),
        (TurnTimed(1.0, 1), ""),
    ],
    ids=[
        "spoken",
        "late words",
        "prepared",
        "in vain",
        "in vain, by a model that tells no tokens",
        "typed",
        "with a tool",
        "the safe line",
        "interrupted unheard",
        "nothing",
    ],
)
def test_the_times_of_a_turn_are_one_line(turn, line):
    assert describe(turn) == line


def test_an_answer_of_which_no_word_was_heard_has_no_time():
    cut = replace(TIMED, first_token=2.0, interrupted=True)

    assert describe(cut) == ""
    assert describe(replace(cut, heard_share=0.1)).startswith("answered after 1.50 s")
    assert describe(replace(cut, first_token=None)).startswith("answered after 1.50 s")  # the safe line


def test_echo_advice_is_a_warning(capsys):
    with LinesView(SETTINGS, lambda: 0.0, timings=False) as view:
        view.show(EchoIgnored(1.0, "ahoy"))
        view.show(ProviderNoticed(1.0, "device", "the bot hears itself; use headphones"))

    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "warning: the bot hears itself; use headphones\n")


@simulated
async def test_chinese_sentences_are_shown_without_spaces_between_them():
    screen = Screen()
    with live(screen) as view:
        view.show(UserTurnEnded(0.0, "你好"))
        for sentence in ("你好。", "今天怎么样？", "OK.", "Yes."):
            view.show(UnitSpoken(0.0, sentence))
        await asyncio.sleep(0.1)
    assert "你好。今天怎么样？OK. Yes." in screen.written


def drawn(screen, view, event):
    """Return what is drawn for an event."""
    before = len(screen.written)
    view.show(event)
    return screen.written[before:]


def test_an_outage_of_the_recogniser_is_shown_until_it_is_over():
    screen = Screen()
    with live(screen) as view:
        view.show(ListeningStarted(0.0))
        view.show(ProviderFailed(1.0, "recognizer", "the network is gone"))
        assert "the recogniser is unavailable" in drawn(screen, view, UserSpeechStarted(2.0))

        back = drawn(screen, view, ProviderNoticed(9.0, "recognizer", "the recogniser listens again"))
        assert "the recogniser listens again" in back
        assert "is unavailable" not in back + drawn(screen, view, UserPartial(9.5, "hello"))


def test_an_outage_of_the_chat_model_is_shown_until_it_is_over():
    screen = Screen()
    with live(screen) as view:
        view.show(ListeningStarted(0.0))
        view.show(UserTurnEnded(1.0, "hello"))
        view.show(ProviderFailed(2.0, "chat", "the server is down"))
        unavailable = "the chat model is unavailable"
        assert unavailable in drawn(screen, view, BotTurnEnded(3.0, "Something broke."))
        assert unavailable in drawn(screen, view, UserTurnEnded(4.0, "and now"))
        assert unavailable in drawn(screen, view, ProviderNoticed(4.5, "chat", "it is loading"))

        back = drawn(screen, view, ReplyStarted(5.0))
        assert "the chat model is answering again" in back
        assert "is unavailable" not in back + drawn(screen, view, UnitSpoken(0.0, "Well."))


def test_on_a_plain_terminal_the_end_of_an_outage_is_a_line_too(capsys):
    view = LinesView(SETTINGS, lambda: 0.0, timings=False)
    for event in (
        ProviderFailed(1.0, "chat", "the server is down"),
        ProviderFailed(2.0, "recognizer", "the network is gone"),
        ProviderNoticed(3.0, "recognizer", "the recogniser listens again"),
        ReplyStarted(4.0),
        ReplyStarted(5.0),
    ):
        view.show(event)

    lines = capsys.readouterr().err.splitlines()
    assert lines[-2:] == ["the recogniser listens again", "the chat model is answering again"]


SLOW = TurnTimed(5.0, 1, speech_stopped=0.0, final=0.4, decided=1.6, first_unit=1.8, first_sound=2.0)
UNSETTLED = TurnTimed(5.0, 1, speech_stopped=0.0, last_partial=0.2, decided=2.2, first_sound=2.4)
"""A turn that ended `turns.stable` seconds after its last word, because its words were still changing."""
SLOW_MODEL = TurnTimed(5.0, 1, speech_stopped=0.0, final=0.3, decided=0.4, first_unit=2.9, first_sound=3.0)
SLOW_VOICE = TurnTimed(5.0, 1, speech_stopped=0.0, final=0.3, decided=0.4, first_unit=0.5, first_sound=3.0)


def advised(*events, settings=SETTINGS, has_turn_detector=True):
    """Return the advice after each turn of a conversation."""
    lines = []
    view = LiveView(settings, lambda: 0.0, Screen().console)
    view.timed = lambda line, _=None: lines.append(line)
    view.advisor.has_turn_detector = has_turn_detector
    for event in events:
        if isinstance(event, TurnTimed):
            view.show(UserTurnEnded(event.at, "hello"))
        view.show(event)
    return ["; try" in line and line.partition("; ")[2] for line in lines]


@pytest.mark.parametrize(
    ("turn", "advice"),
    [
        (SLOW, "try patience: quick"),
        (UNSETTLED, "try turns.stable: 0.3"),
        (SLOW_MODEL, "try a smaller or closer model"),
        (SLOW_VOICE, "try a faster or closer voice"),
    ],
)
def test_advice_after_slow_turns_is_given_once_per_conversation(turn, advice):
    assert advised(turn, turn, SLOW_MODEL) == [advice, False, False]


def test_a_fast_turn_gets_no_advice():
    quick = TurnTimed(2.0, 1, speech_stopped=0.0, final=0.4, decided=0.9, first_unit=1.1, first_sound=1.2)

    assert advised(quick, SLOW) == [False, "try patience: quick"]


@pytest.mark.parametrize(
    ("turn", "turns"),
    [
        (SLOW, {"patience": "quick"}),
        (SLOW, {"patience": "normal"}),
        (SLOW, {"patience": 1.6}),
        (UNSETTLED, {"stable": 2.0}),
        (UNSETTLED, {"stable": 0.6}),
    ],
)
def test_no_advice_is_given_about_what_the_config_sets(turn, turns):
    assert advised(turn, settings=Settings(turns=turns)) == [False]


def test_patience_is_not_advised_if_the_wait_had_another_cause():
    story = BotTurnEnded(0.5, "Tell me about your ship.")
    noise = TurnTimed(9.0, 1, speech_stopped=0.0, final=0.4, decided=5.0, first_unit=5.1, first_sound=5.2)

    assert advised(story, SLOW) == [False], "a rule of `after_asking` ruled"
    assert advised(SLOW, has_turn_detector=False) == [False], "the wait is a constant"
    assert advised(noise) == [False], "it took longer than patience ever does"


def test_stable_is_not_advised_without_earlier_words():
    for turn in (
        TurnTimed(5.0, 1, speech_stopped=0.0, final=1.9, decided=1.9, first_sound=2.1),
        TurnTimed(5.0, 1, speech_stopped=0.0, last_partial=1.8, final=1.9, decided=1.9, first_sound=2.1),
    ):
        assert advised(turn) == [False]


def conversation(view, *turns):
    """Show a conversation of turns with the given response times (seconds) and tokens."""
    with view:
        for number, (seconds, read, written) in enumerate(turns, 1):
            view.show(UserTurnEnded(number, "hello", number))
            view.show(BotTurnEnded(number, "Hi."))
            if read is not None:
                view.show(
                    ProviderUsed(number, "chat", "sea", "parrot-1", input_tokens=read, output_tokens=written)
                )
            view.show(TurnTimed(number, number, decided=0.0, first_sound=seconds))


@pytest.mark.parametrize(
    ("turns", "line"),
    [
        ([(0.5, 1200, 20)], "1 turn, answered after 0.50 s, 1,200 input and 20 output tokens, "
         "no price is known for sea parrot-1"),
        ([(0.5, None, None), (3.0, None, None), (0.7, None, None)], "3 turns, median answer after 0.70 s"),
        ([(0.5, 10, 2), (0.7, 20, 4)], "2 turns, median answer after 0.60 s, 30 input and 6 output tokens, "
         "no price is known for sea parrot-1"),
    ],
)  # fmt: skip
def test_a_conversation_ends_with_a_summary_of_turns_time_and_tokens(capsys, turns, line):
    conversation(LinesView(SETTINGS, lambda: 0.0, timings=False), *turns)
    screen = Screen(width=200)
    conversation(live(screen), *turns)

    written = capsys.readouterr()
    assert written.err.splitlines() == [line]
    assert line not in written.out
    assert screen.written.count(line) == 1


def test_a_reply_that_nobody_asked_for_counts_with_its_tokens_and_not_as_an_answer(capsys):
    told = TurnTimed(9.0, 0, decided=5.0, first_sound=9.0, input_tokens=100, output_tokens=5)
    with LinesView(SETTINGS, lambda: 0.0, timings=True) as view:
        view.show(UserTurnEnded(1, "hello", 1))
        view.show(BotTurnEnded(1, "Hi."))
        view.show(ProviderUsed(1, "chat", "openai", "gpt-5.6-luna", input_tokens=10, output_tokens=2))
        view.show(TurnTimed(1, 1, decided=0.0, first_sound=0.5))
        view.show(ProviderUsed(1, "chat", "openai", "gpt-5.6-luna", input_tokens=100, output_tokens=5))
        view.show(told)

    expected = [
        "answered after 0.50 s (model 0.50)",
        "1 turn, answered after 0.50 s, 110 input and 7 output tokens, "
        "about $0.000030 (prices of 2026-07-30)",
    ]
    assert capsys.readouterr().err.splitlines() == expected


def test_a_conversation_without_turns_has_no_summary(capsys):
    conversation(LinesView(SETTINGS, lambda: 0.0, timings=True))

    assert capsys.readouterr().err == ""


def test_a_warning_is_labelled_on_a_terminal_too():
    screen = Screen()
    with live(screen) as view:
        view.show(ProviderFailed(1.0, "chat", "out of words"))

    assert "warning: chat: out of words" in screen.written


@simulated
async def test_on_a_terminal_the_tools_that_run_are_shown_with_their_seconds():
    screen = Screen()
    loop = asyncio.get_running_loop()
    with live(screen, now=loop.time) as view:
        view.show(UserTurnEnded(0.0, "will it rain"))
        view.show(ToolStarted(0.0, "1", "weather", "{}"))
        assert "weather …" in screen.written
        view.show(ToolStarted(0.0, "2", "clock\x1b[2J", "{}"))
        await asyncio.sleep(3.1)
        assert "weather (3 s), clock[2J (3 s) …" in screen.written
        view.show(ToolEnded(3.1, "2", "clock\x1b[2J", "done", "12:00", 3.1))
        view.show(ToolEnded(3.1, "1", "weather", "done", f"Rain\n{'and fog ' * 20}", 3.1))
        view.show(UnitSpoken(3.1, "It will."))
        before = len(screen.written)
        await asyncio.sleep(5.0)
        assert len(screen.written) == before
        view.show(BotTurnEnded(9.0, "It will."))

    after = screen.written
    rows = (
        "will it rain",
        "clock[2J (3.1 s): 12:00",
        "weather (3.1 s): Rain and fog",
        "It will.",
    )
    places = [after.rindex(row) for row in rows]
    assert places == sorted(places)
    assert "2 calls of tools" in after


def test_in_a_narrow_terminal_tools_are_shown_too():
    screen = Screen(width=40)
    with live(screen) as view:
        view.show(
            ToolEnded(3.1, "1", "weather", "failed", "The service is down, and will be for an hour", 3.1)
        )

    rows = [line for line in screen.written.splitlines() if line.strip()]
    assert " ".join(" ".join(rows).split()) == (
        "warning: weather (3.1 s): failed: The service is down, and will be for an hour"
    )
    assert max(map(len, rows)) <= 40


@simulated
async def test_in_a_pipe_a_slow_tool_is_shown_before_the_words_of_a_turn_that_is_open(capsys):
    loop = asyncio.get_running_loop()
    with LinesView(SETTINGS, loop.time, timings=False) as view:
        view.show(UserTurnEnded(loop.time(), "will it rain"))
        view.show(ToolStarted(loop.time(), "1", "weather", "{}"))
        await asyncio.sleep(0.6)
        view.show(ToolStarted(loop.time(), "2", "clock", "{}"))
        await asyncio.sleep(0.2)
        assert capsys.readouterr().err == ""
        view.show(ToolEnded(loop.time(), "2", "clock", "done", "four", 0.2))
        await asyncio.sleep(5)
        assert capsys.readouterr() == ("", "running weather\n")
        view.show(ToolEnded(loop.time(), "1", "weather", "done", "Fog", 5.8))
        view.show(UnitSpoken(loop.time(), "Yes."))

    assert capsys.readouterr() == (
        "You: will it rain\n",
        "clock (0.2 s): four\nweather (5.8 s): Fog\n1 turn, 2 calls of tools\n",
    )


def test_what_runs_after_a_cough_or_an_echo_is_shown_at_once(capsys):
    with LinesView(SETTINGS, lambda: 0.0, timings=False) as view:
        view.show(UserSpeechStarted(1.0))
        view.show(ProviderNoticed(2.0, "toolset", "still paying"))
        assert capsys.readouterr().err == "still paying\n"
        view.show(UserPartial(3.0, "yes"))
        view.show(EchoIgnored(3.5, "yes"))
        view.show(ToolStarted(4.0, "1", "book", "{}"))
        assert capsys.readouterr().err == "running book\n"


@simulated
async def test_in_a_pipe_everything_about_a_call_stands_below_the_words_it_is_for(capsys):
    detail = "ValueError at tools.py:5 (-v shows more)"
    view = LinesView(SETTINGS, lambda: 0.0, timings=False)
    with view:
        view.show(UserTurnEnded(0.0, "book it"))
        view.show(ToolStarted(0.1, "1", "book", "{}"))
        view.show(ProviderNoticed(0.2, "toolset", "the tool 'book' blocked the conversation for 0.6 s"))
        view.show(ToolStarted(0.3, "2", "pay", "{}"))
        view.show(ToolEnded(0.4, "1", "book", "failed", "the tool failed (ValueError)", 0.3, detail))
        view.show(UnitSpoken(0.0, "One moment."))
        view.show(ProviderNoticed(0.9, "toolset", "still paying"))

    assert capsys.readouterr().err.splitlines()[:-1] == [
        f"warning: book (0.3 s): failed: {detail}",
        "the tool 'book' blocked the conversation for 0.6 s",
        "running pay",
        "still paying",
    ]


def test_in_a_pipe_what_runs_and_what_came_of_it_are_lines(capsys):
    view = LinesView(SETTINGS, lambda: 0.0, timings=False)
    with view:
        view.show(ToolStarted(1.0, "1", "weather", "{}", ahead=True))
        view.show(ToolEnded(1.2, "1", "weather", "cancelled", "the user spoke", 0.2))
        view.show(ToolStarted(1.5, "2", "weather", "{}", ahead=True))
        view.show(ToolEnded(1.9, "2", "weather", "done", "Fog", 0.4))
        view.show(UserTurnEnded(2.0, "is there fog"))
        view.show(ToolEnded(2.0, "3", "weather", "repeated", "Fog"))
        view.show(UnitSpoken(0.0, "Yes."))
        view.show(BotTurnEnded(3.0, "Yes."))
        view.show(ToolStarted(4.0, "4", "book", "{}"))
        view.show(ToolEnded(14.0, "4", "book", "timeout", "It took longer than 10 s", 10.0))
        view.show(ToolEnded(14.0, "5", "book", "declined", "The user said no"))
        view.show(ToolEnded(14.0, "6", "book", "refused", "Not run: `people` is missing."))
        view.show(HistoryCompacted(15.0, "They spoke of fog."))

    out, err = capsys.readouterr()
    assert out == "You: is there fog\nParrot: Yes.\n"
    assert err.splitlines() == [
        "weather (0.4 s): Fog",
        "weather: not run again",
        "running book",
        "warning: book (10.0 s): timed out",
        "book: declined",
        "book: not run: `people` is missing.",
        "the chat model gets a summary of older turns from now on",
        "1 turn, 3 calls of tools (1 failed)",
    ]


BARS = [
    ("recogniser", "0.90", "recognizer"),
    ("model", "0.30", "chat"),
    ("voice", "0.30", "synthesizer"),
]


def test_a_waterfall_shows_what_each_part_took_and_which_setting_decides_it(capsys):
    view = LinesView(SETTINGS, lambda: 0.0, timings=False)
    view.waterfall = True
    view.show(TIMED)

    first, *bars = capsys.readouterr().err.splitlines()
    assert first == "answered after 1.50 s"
    assert [
        tuple(re.split(r"[ █▏▎▍▌▋▊▉]{2,}| (?=\d)", re.sub("[█▏▎▍▌▋▊▉]", "  ", bar).strip())) for bar in bars
    ] == BARS
    assert max(map(len, bars)) <= 80


def test_a_waterfall_of_a_turn_that_was_answered_at_once_shows_its_longest_part(capsys):
    view = LinesView(SETTINGS, lambda: 0.0, timings=False)
    view.waterfall = True
    view.show(TurnTimed(at=1.0, turn=1, decided=1.0, first_unit=1.002, first_sound=1.003))

    first, bar = capsys.readouterr().err.splitlines()
    assert first == "answered after 0.00 s"
    assert bar.split()[:2] == ["model", "0.00"]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_waterfall_fits_into_the_terminal(width):
    screen = Screen(width)
    with live(screen) as view:
        view.waterfall = True
        view.show(TIMED)

    bars = [line for line in screen.written.splitlines() if re.match(r"  (recogniser|model|voice)", line)]
    assert len(bars) == len(BARS)
    assert ("█" in screen.written) == (width >= 60)
    assert max(len(line.rstrip()) for line in bars) < width
    assert all(setting in bar for (*_, setting), bar in zip(BARS, bars, strict=True))
