"""Scenarios for turn-taking: timed inputs to the state machine, and its decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from voicebot.engine.turns.actions import Action, Answer, AskTurnDetector, Correct, Interrupt
from voicebot.engine.turns.bot_turn import BotSaid
from voicebot.engine.turns.final import Final
from voicebot.engine.turns.rules import PatienceBounds, TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking

Step: TypeAlias = tuple[str, float, object]
"""What happens, when (in seconds), and its argument."""
Decisions: TypeAlias = list[tuple[float, Action]]

PATIENCE = PatienceBounds(0.3, 1.6)
UNPREPARED = TurnRules(PATIENCE, prepare="off")
UNHEARD, HEARD = Interrupt(unheard=True), Interrupt(unheard=False)


def play(
    machine: TurnTaking,
    *steps: Step,
    wait: Callable[[AskTurnDetector], float | None] = lambda question: 0.8,
    hang_over: float = 0.0,
) -> Decisions:
    """Report each step to the machine, call it at its deadlines in between, and return what it decides.

    Args:
        wait: the turn detector, which answers at once; None if it does not answer.
        hang_over: seconds after which the end of speech is reported.
    """
    decisions: Decisions = []

    def collect(when: float, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, AskTurnDetector):
                if (seconds := wait(action)) is not None:
                    collect(when, machine.turn_detected(when, seconds))
            else:
                decisions.append((when, action))

    for what, when, argument in steps:
        while machine.deadline is not None and machine.deadline <= when:
            at = machine.deadline
            collect(at, machine.tick(at))
        match what:
            case "audible":
                machine.bot.audible(when)
            case "busy?":
                assert machine.is_busy is argument
            case _:
                collect(when, _report(machine, what, when, argument, hang_over))
    return decisions


def _report_control(machine: TurnTaking, what: str, now: float, argument: object) -> list[Action]:
    manual = machine.manual
    match what:
        case "change":
            assert isinstance(argument, dict)
            return manual.change(now, **argument)
        case "press":
            return manual.speech_started(now)
        case "release":
            return manual.speech_stopped(now, discard=False)
        case "discard" | "discarded":
            return manual.speech_stopped(now, discard=True)
        case "answer":
            return manual.answer(now, str(argument or ""), only_if_said=False)
        case "finished":
            return manual.answer(now, "", only_if_said=True)
        case "stopped":
            return manual.stop_reply(now)
        case "add":
            role, _, text = str(argument).partition(": ")
            return manual.add(now, role, text)  # type: ignore[arg-type]  # the tables have only valid ones
        case _:
            raise AssertionError(what)


def _report(machine: TurnTaking, what: str, now: float, argument: object, hang_over: float) -> list[Action]:
    match what:
        case "start":
            return machine.speech_started(now)
        case "stop":
            return machine.speech_stopped(now, now - hang_over)
        case "pausing":
            return machine.speech_pausing(now, now)
        case "resumed":
            return machine.speech_resumed(now)
        case "partial":
            return machine.partial(now, str(argument))
        case "final":
            return machine.final(now, Final(str(argument)))
        case "final in":
            language, _, text = str(argument).partition(": ")
            return machine.final(now, Final(text, language=language or None))
        case "early final":
            return machine.final(now, Final(str(argument), answers_commit=False))
        case "own final":
            return machine.final(now, Final(str(argument), answers_commit=False, ends_speech=True))
        case "typed":
            return machine.typed(now, str(argument))
        case "done":
            return machine.reply_ended(now, BotSaid(str(argument or ""), PATIENCE))
        case "reopened":
            return machine.recognition_reopened(now)
        case "end of input":
            return machine.input_ended(now)
        case "give up":
            return machine.give_up_finals(now)
        case "wait":
            return machine.tick(now)
        case _:
            return _report_control(machine, what, now, argument)


def turns_in(decisions: Decisions) -> list[str]:
    """Return the user's turns that were answered, as finally corrected."""
    turns: list[str] = []
    for _, action in decisions:
        match action:
            case Answer(text):
                turns.append(text)
            case Interrupt(unheard=True):
                turns.pop()
            case Correct(text, turn=turn):
                turns[turn - 1] = text
            case _:
                pass
    return turns
