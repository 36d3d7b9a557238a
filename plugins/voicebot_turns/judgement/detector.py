"""The `judgement` turn detector."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from voicebot import Advice, AudioFormat, Options, TurnDetector, TurnSoFar, language_for
from voicebot_turns.completeness import Completeness
from voicebot_turns.continuation import continuation_for
from voicebot_turns.judgement.evidence import Evidence, coefficients, logit
from voicebot_turns.judgement.melody import RATE, SECONDS, melody
from voicebot_turns.judgement.waiting import best_wait, habit_of
from voicebot_turns.last_words import completeness_of
from voicebot_turns.smart_turn import SmartTurnDetector, SmartTurnOptions
from voicebot_turns.sound_analysis import SoundAnalysis


class JudgementOptions(Options):
    """Options of the `judgement` turn detector."""

    smart_turn: Path | None = None
    """The model of the turn detector `smart-turn` as an ONNX file, which makes the judgement better and costs
    about 40 ms of one core at each pause (extra `smart-turn`). Without it, the melody is two numbers."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Report a missing model."""
        if self.smart_turn is not None:
            for each in SmartTurnOptions(model=self.smart_turn).advice(language):
                yield Advice("smart_turn", each.message, each.severity)


class JudgementDetector(TurnDetector[JudgementOptions]):
    """Judges by words, melody and the length of this user's pauses together whether the turn is over.

    It estimates a probability, and from it the silence that costs least: a delay costs patience, an answer in
    a pause cuts the user off. `turns.patience` sets the price. Without sound it goes by words; in a language
    whose words are not known, by sound.
    """

    input_format = AudioFormat(RATE)
    audio_seconds = SECONDS

    def __init__(self, options: JudgementOptions) -> None:
        super().__init__(options)
        self._analysis = SoundAnalysis("judgement", melody)
        self._network = (
            SmartTurnDetector(SmartTurnOptions(model=options.smart_turn)) if options.smart_turn else None
        )

    async def start(self) -> None:
        """Load what listens, and try it.

        Raises:
            ProviderError: the model of `smart_turn` cannot be used.
        """
        import numpy  # noqa: F401 - here, since threads that import it at once break it or each other

        if self._network is not None:
            await self._network.start()
        await self._analysis.start(_warm_up)

    async def aclose(self) -> None:
        """End the threads, and release the model."""
        self._analysis.close()
        if self._network is not None:
            await self._network.aclose()

    async def wait(self, turn: TurnSoFar) -> float:
        """Return the seconds of silence after which the turn is over."""
        over = (await self.evidence(turn)).over()
        return best_wait(over, turn.earliest, turn.latest, habit_of(turn.pauses))

    async def evidence(self, turn: TurnSoFar) -> Evidence:
        """Return what a pause says about whether the turn is over.

        Raises:
            ProviderError: it was not started.
        """
        words = _words(turn)
        heard = await self.melody(turn.audio) if turn.audio else None
        if heard is None:
            return Evidence(words or Completeness.STATEMENT)
        if self._network is None:
            return Evidence(words, heard)
        return Evidence(words, heard, logit(await self._network.probability(turn.audio)))

    async def melody(self, audio: bytes) -> tuple[float, ...] | None:
        """Return the `FEATURES` of the sound of a turn (s16le at 16 kHz); None if it is too short.

        Raises:
            ProviderError: it was not started.
        """
        return await self._analysis.of(audio)


def _words(turn: TurnSoFar) -> Completeness | None:
    """Return how complete the words are; None in a language whose words are not known."""
    language = language_for(turn.language)
    if not (language.grammar.never_last or language.turns.complete):
        return None
    return completeness_of(turn)


def _warm_up() -> None:
    """Read the coefficients and what is known of English, and import what the analysis needs."""
    coefficients()
    continuation_for("en")
    melody(bytes(2 * RATE))
