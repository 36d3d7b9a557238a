"""The rules of turn-taking, with their defaults; `rules_from_settings` fills them from a config."""

from __future__ import annotations

from dataclasses import fields
from typing import Literal

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class PatienceBounds:
    """The least and the most silence, in seconds, that ends a user's turn."""

    earliest: float
    latest: float

    @classmethod
    def corrected(cls, earliest: float, latest: float) -> PatienceBounds:
        """Return bounds from an unchecked source, made non-negative and put in order."""
        earliest = max(0.0, earliest)
        return cls(earliest, max(earliest, latest))

    def clamp(self, wait: float | None) -> float:
        """Return a turn detector's wait within the bounds, or `latest` while there is no answer yet."""
        return self.latest if wait is None else min(max(wait, self.earliest), self.latest)


@dataclass(slots=True)
class TurnRules:
    """Rules for taking turns; times in seconds. All of turn-taking reads the same ones, which may change.

    Args:
        final_timeout: how long after a `Commit` to wait for the final transcript of speech without words.
        stable: a partial transcript that has not changed for this long is answered without its final.
        interruption: speech without words that holds a reply; until then the reply is only ducked. With 0,
            any sound of the user stops it at once.
        prepare: when replies are prepared: in pauses, also while the user speaks (`eager`), or never.
        listens: whether the turn detector hears the turn, so that what it said of another silence, or of the
            beginning of this one, does not hold.
        second_look: whether the turn detector is asked once more before the answer is let out.
        second_look_lead: how long before: enough for a detector that listens, and not much less silence than
            there would be at the end.
        prepare_budget: how many prepared replies may be discarded in one turn.
        reply_time: expected time from requesting a reply to its first sound, until some have been measured.
        transcription_delay: expected time from the end of speech to its last word, until some have been
            measured.
        transcription_margin: added to `transcription_delay` where no word has come since speech ended.
        discard_penalty: how much longer a pause must last before a reply is prepared, for each reply that
            was discarded in the turn.
        unheard: a reply that is cut off this soon after its first sound counts as never given.
        cut_off: a user who speaks over an answer this soon after its first sound had probably not finished.
            To speak about what it says, one must understand it and plan what to say, and planning alone takes
            0.6 s (Levinson and Torreira, 2015).
        answer_once: never take an answer back, even if it has not been heard.
        false_interruption_timeout: silence after wordless speech over the bot until it counts as noise.
        languages: BCP 47 tags of the languages that the user may speak, the bot's own first.
        backchannel_timeout: how long after an "okay" over the bot's question it may count as the answer.
    """

    patience: PatienceBounds
    final_timeout: float = 2.0
    stable: float = 0.6
    interruptible: bool = True
    interruption: float = 0.7
    prepare: Literal["eager", "pause", "off"] = "pause"
    listens: bool = False
    second_look: bool = False
    second_look_lead: float = 0.1
    prepare_budget: int = 3
    reply_time: float = 1.0
    transcription_delay: float = 0.2
    transcription_margin: float = 0.1
    discard_penalty: float = 0.4
    unheard: float = 0.3
    cut_off: float = 1.5
    answer_once: bool = False
    false_interruption_timeout: float = 0.7
    backchannel_timeout: float = 1.0
    languages: tuple[str, ...] = ("en-US",)

    def become(self, others: TurnRules) -> None:
        """Change to other rules."""
        for each in fields(self):
            setattr(self, each.name, getattr(others, each.name))
