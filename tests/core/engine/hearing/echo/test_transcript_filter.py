"""Which transcripts are dropped as an echo."""

from __future__ import annotations

from voicebot.engine.hearing.echo.transcript_filter import EchoTranscriptFilter
from voicebot.events import BotTurnEnded, UnitSpoken


def test_an_echo_that_is_reported_once_more_is_not_an_answer() -> None:
    transcript_filter = EchoTranscriptFilter()
    transcript_filter.observe(UnitSpoken(1.0, "Would you like tea or coffee?"))
    transcript_filter.speech_started(2.2)
    transcript_filter.speech_stopped(2.8, was_echo=False)
    assert transcript_filter.drops_final(3.0, "coffee")
    transcript_filter.observe(BotTurnEnded(3.0, "Would you like tea or coffee?"))
    assert transcript_filter.drops_final(5.5, "Coffee.")
    transcript_filter.speech_started(6.0)
    transcript_filter.speech_stopped(6.4, was_echo=False)
    assert not transcript_filter.drops_final(6.6, "coffee")
