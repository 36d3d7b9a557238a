"""How others decide, as small pipelines of their own over the same simulated services.

Each is meant to be as good as its documentation lets it be: speech is noticed at once, nothing takes time
but the services, and a reply that nobody heard yet is dropped when the user goes on. The turn models that two
of them ask hear the same melody as ours, as clearly as was measured or published for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import simulated_services as model
from outcomes import Outcome, Timing
from simulated_services import Services, TurnServices
from spoken_turns import TURNS_IN_A_DIALOGUE, SpokenTurn
from turn_models import LIVEKIT, SMART_TURN, TurnModel

_NOTEBOOK_SILENCE = 0.5
_VAD_STOP = 0.2
_HOPELESS = 3.0


@dataclass(slots=True)
class _Pause:
    """A silence of the user: `end` of the words before it, `resumes` when they go on, or infinity."""

    number: int
    end: float
    resumes: float
    final: float


@dataclass(slots=True)
class _Account:
    """What a turn costs and shows."""

    asked: float
    whole: float
    tokens: float = 0.0
    wasted: int = 0
    sounds: list[float] = field(default_factory=list)

    def drop(self, asked_at: float, first_token: float, at: float) -> None:
        """Account for a request whose answer was dropped at some time."""
        tokens = (at - asked_at - first_token) / model.TOKEN_SECONDS
        self.tokens += self.asked + min(max(0.0, tokens), self.whole)
        self.wasted += 1


def serial_notebook(turn: SpokenTurn, services: TurnServices, asked: float) -> Outcome:
    """Listen once, think, then speak: the usual notebook.

    The recogniser ends at the first 0.5 s of silence and is not listening again before the bot has spoken.
    The whole reply is written before any of it is made into sound, and all of that before it is played.
    """
    account = _account(turn, asked)
    true_end = turn.seconds
    heard = 0
    for pause in _pauses(turn, services):
        heard += len(turn.segments[pause.number].words)
        if pause.resumes - pause.end < _NOTEBOOK_SILENCE:
            continue
        written = services.first_token() + account.whole * model.TOKEN_SECONDS
        characters = account.whole * model.CHARACTERS_PER_TOKEN
        made = services.first_byte() + characters * model.SECONDS_PER_CHARACTER / model.SYNTHESIS_SPEED
        sound = max(pause.final, pause.end + _NOTEBOOK_SILENCE) + written + made - true_end
        account.tokens += account.asked + account.whole
        decided = max(pause.final, pause.end + _NOTEBOOK_SILENCE) - true_end
        return _outcome(account, (sound,), sound, decided, lost=len(turn.words) - heard)
    raise AssertionError("every turn ends in silence")


def final_then_answer(turn: SpokenTurn, services: TurnServices, asked: float) -> Outcome:
    """Wait for the final transcript and a turn model, then answer sentence by sentence: Pipecat's default.

    The turn model (smart-turn) is asked 0.2 s after the user's last sound. Where it sees no end, 3 s of
    silence are one. Nothing is asked of the chat model before the final transcript is there too.
    """
    account = _account(turn, asked)
    for pause in _pauses(turn, services):
        decided = _decided(SMART_TURN, turn, pause, soon=_VAD_STOP)
        request = max(decided, pause.final)
        if request >= pause.resumes:
            continue
        first_token = services.first_token()
        sound = request + first_token + _first_sentence(turn) + services.first_byte()
        if _goes_on(account, turn, pause, request, first_token, sound):
            continue
        return _answered(account, turn, sound, request)
    raise AssertionError("every turn ends in silence")


def prepare_on_final(turn: SpokenTurn, services: TurnServices, asked: float) -> Outcome:
    """Ask the chat model as soon as the final transcript is there, while the delay runs: LiveKit's.

    The delay is 0.5 s after the user's last sound, or 3 s where the turn detector expects more to come.
    The voice begins when it has passed, for speaking ahead is off by default.
    """
    account = _account(turn, asked)
    for pause in _pauses(turn, services):
        if pause.final >= pause.resumes:
            continue
        first_token = services.first_token()
        released = _decided(LIVEKIT, turn, pause, soon=0.5)
        sound = max(released, pause.final + first_token + _first_sentence(turn)) + services.first_byte()
        if _goes_on(account, turn, pause, pause.final, first_token, sound):
            continue
        return _answered(account, turn, sound, released)
    raise AssertionError("every turn ends in silence")


def knows_the_end(turn: SpokenTurn, services: TurnServices, asked: float) -> Outcome:
    """Know beforehand which pause is the last, and wait for nothing but the words, the model and the voice.

    Nobody can do that. It is the least gap that these services allow any policy that never answers words
    that the recogniser will correct: what all others may be held against.
    """
    account = _account(turn, asked)
    *_, pause = _pauses(turn, services)
    last = len(turn.words) - 1
    understood = pause.end + services.partial(last) if services.hears(last) else pause.final
    reply = services.first_token() + services.first_byte()
    timing = Timing(understood - turn.seconds, reply, wait=0.0)
    return _answered(account, turn, understood + reply, pause.end, timing)


Policy = Callable[[SpokenTurn, TurnServices, float], Outcome]
OTHERS: dict[str, Policy] = {
    "serial notebook": serial_notebook,
    "final, then answer": final_then_answer,
    "prepare on final": prepare_on_final,
    "knows the end": knows_the_end,
}


def run(policy: Policy, turns: Sequence[SpokenTurn], services: Services) -> list[Outcome]:
    """Let a policy have each turn; the history that its requests carry grows over ten turns, as for ours."""
    outcomes = []
    for turn in turns:
        earlier = turn.number % TURNS_IN_A_DIALOGUE
        history = len(model.SYSTEM) + earlier * 150 + len(turn.asked) + len(" ".join(turn.words))
        outcomes.append(policy(turn, services.of(turn.number), model.tokens(history)))
    return outcomes


def _pauses(turn: SpokenTurn, services: TurnServices) -> Iterator[_Pause]:
    now = 0.0
    last = len(turn.segments) - 1
    for number, segment in enumerate(turn.segments):
        now += segment.seconds
        final = now + services.final(number)
        if (commit := services.services.commit) is not None:
            final = min(final, now + _VAD_STOP + commit)
        yield _Pause(number, now, float("inf") if number == last else now + segment.pause, final)
        now += segment.pause


def _decided(model: TurnModel, turn: SpokenTurn, pause: _Pause, *, soon: float) -> float:
    """Return when a turn model's verdict ends the turn."""
    return pause.end + (soon if model.hears_an_end(turn.segments[pause.number]) else _HOPELESS)


def _goes_on(
    account: _Account, turn: SpokenTurn, pause: _Pause, request: float, first_token: float, sound: float
) -> bool:
    """Return whether the user goes on, so that what was asked for is dropped, heard or not."""
    if pause.resumes == float("inf"):
        return False
    account.drop(request, first_token, pause.resumes)
    if sound < pause.resumes:
        account.sounds.append(sound - turn.seconds)
    return True


def _answered(
    account: _Account, turn: SpokenTurn, sound: float, decided: float, timing: Timing | None = None
) -> Outcome:
    account.tokens += account.asked + account.whole
    sounds = (*account.sounds, sound - turn.seconds)
    return _outcome(account, sounds, sound - turn.seconds, decided - turn.seconds, timing)


def _account(turn: SpokenTurn, asked: float) -> _Account:
    return _Account(asked, model.tokens(len(model.answer(turn.number, turn.asked))))


def _first_sentence(turn: SpokenTurn) -> float:
    """Return how long the model writes at the first sentence, in seconds."""
    sentence, _, _ = model.answer(turn.number, "").partition(". ")
    return (len(sentence.split()) - 1) * model.TOKEN_SECONDS


def _outcome(
    account: _Account,
    sounds: tuple[float, ...],
    gap: float,
    decided: float,
    timing: Timing | None = None,
    lost: int = 0,
) -> Outcome:
    return Outcome(
        sounds=sounds,
        gap=gap if gap > 0 else None,
        decided=decided,
        timing=timing,
        tokens=account.tokens,
        ideal=account.asked + account.whole,
        wasted=account.wasted,
        lost=lost,
        wrong=0,
    )
