"""Whose turn it is, as a state machine without I/O: what happened, and when, goes in; what to do comes out.

Times are seconds on the conversation's clock. After each call, `deadline` is when to call `tick` next.
"""

from __future__ import annotations

from voicebot.engine.text.words import same_words
from voicebot.engine.turns.actions import Action, Answer, Correct, Resume, SpeakAgain
from voicebot.engine.turns.barge_in import SpeechOverBot
from voicebot.engine.turns.bot_turn import BotSaid, BotTurn
from voicebot.engine.turns.changing_rules import ChangingRules
from voicebot.engine.turns.final import Final
from voicebot.engine.turns.manual_turns import ManualTurns
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.user_turn.speech_segments import SpeechSegment
from voicebot.engine.turns.user_turn.user_turn import UserTurn


class TurnTaking:
    """Takes turns between the user and the bot.

    `UserTurn` decides when the user has finished. Speech over an audible reply at first only ducks it: a
    cough or an "okay" need not stop the bot. Words other than a backchannel stop it at once, and so does
    speech that goes on; if that was noise after all, the reply is resumed (`BotTurn`, `BargeIn`).

    Speech is reported by a voice activity detector or the recogniser. Where neither reports it, words stand
    for speech, and a final transcript or the lack of more words for its end.

    Args:
        has_detector: whether a detector reports speech, so that words never come without a report.
        live: False for a recording, whose clock says nothing about how late words are.
    """

    def __init__(self, rules: TurnRules, *, has_detector: bool = True, live: bool = True) -> None:
        self._user = UserTurn(rules, has_detector=has_detector, live=live)
        self.bot = BotTurn(rules)
        """The bot's turn, to which it is reported when it begins, is heard, and acts."""
        self.changing = ChangingRules(rules, self._user, self.bot)
        self.manual = ManualTurns(self._user, self.bot, self._interrupt, self._decide)

    @property
    def deadline(self) -> float | None:
        """When to call `tick`, if nothing happens before."""
        return self.bot.barge_in.deadline if self.bot.is_active else self._user.endpointing.deadline

    @property
    def said(self) -> BotSaid:
        """What the bot said last."""
        return self.bot.said

    @property
    def transcript(self) -> str:
        """The words of the user's turn so far."""
        return self._user.text

    @property
    def language(self) -> str:
        """The language of the user's turn so far, or of the last one, as far as it is known."""
        return self._user.language.tag

    @property
    def awaits_final(self) -> bool:
        """Whether a final transcript of the user's turn is waited for."""
        return self._user.segments.awaits_final

    @property
    def unanswered_commits(self) -> int:
        """How many commits have got no final transcript, whether or not it is waited for."""
        return self._user.segments.unanswered_commits

    @property
    def is_bot_turn(self) -> bool:
        """Whether the bot replies, or is about to be heard."""
        return self.bot.is_active

    @property
    def is_busy(self) -> bool:
        """Whether the bot is at work: replying, or waiting for what it needs before it replies."""
        return self.bot.is_active or self.awaits_final or self._user.endpointing.question.is_awaited

    @property
    def is_idle(self) -> bool:
        """Whether nothing is going on and nothing is left to answer."""
        return not (self._user.speech.is_active or self.is_busy or self.transcript)

    def speech_started(self, now: float) -> list[Action]:
        """Record that the user began to speak, or went on after a pause."""
        self._user.speech.start_reported()
        return self._start_speech(now)

    def speech_pausing(self, now: float, silent_since: float) -> list[Action]:
        """Record a silence that is too short to say whether the user has stopped speaking."""
        self._user.pause_speech(silent_since)
        return self._decide(now)

    def speech_resumed(self, now: float) -> list[Action]:
        """Record that the user went on speaking after such a silence."""
        self._user.resume_speech()
        return self._decide(now)

    def speech_stopped(self, now: float, silent_since: float) -> list[Action]:
        """Record that the user has been silent since then."""
        actions = self._user.stop_speech(now, silent_since)
        return actions + self._decide(now)

    def partial(self, now: float, text: str) -> list[Action]:
        """Record a partial transcript."""
        segment = self._user.match_partial(now, text)
        if segment is None:
            return []
        if segment.turn is not None:
            return self._late_partial(now, segment, text)
        actions = self._start_speech(now) if self._user.starts_speech(segment, text) else []
        self._user.add_partial(now, segment, text)
        return actions + self._decide(now)

    def final(self, now: float, final: Final) -> list[Action]:
        """Record a final transcript."""
        segment = self._user.match_final(now, final)
        if segment is None:
            return self._decide(now)
        actions = self._start_speech(now) if self._user.starts_speech(segment, final.text) else []
        before = segment.text
        self._user.add_final(now, segment, final)
        if segment.turn is not None:
            return actions + self._late_final(now, segment, before)
        return actions + self._decide(now)

    def turn_detected(self, now: float, wait: float) -> list[Action]:
        """Record the answer to `AskTurnDetector`: seconds of silence that end the turn."""
        self._user.endpointing.question.answered(now, wait)
        return self._decide(now)

    def words_are_unfinished(self, now: float) -> list[Action]:
        """Record that the chat model, asked for a reply in advance, says that the user will go on."""
        self._user.endpointing.question.words_are_unfinished()
        return self._decide(now)

    def typed(self, now: float, text: str) -> list[Action]:
        """Record a typed line: it ends the turn, and interrupts the bot."""
        actions = self._user.commit_open_speech(now) + self._interrupt(now)
        return [*actions, *self._user.add_typed(text), self._answer()]

    def reply_took(self, seconds: float) -> None:
        """Learn from how long a reply took from the request to its first sound."""
        self._user.endpointing.preemptive_reply.measure_reply(seconds)

    def reply_ended(self, now: float, said: BotSaid | None) -> list[Action]:
        """Record that the bot has finished its turn.

        Args:
            said: None if what it said before is still to be answered.
        """
        if answer := self.bot.complete(now, said):
            self._user.segments.add_backchannel(answer)
        return self._decide(now)

    def recognition_reopened(self, now: float) -> list[Action]:
        """Record that a new recognition session hears again what has no final transcript yet."""
        self._user.segments.reopened(now)
        actions = [] if self._user.speech.has_detector else self._user.stop_speech(now, now)
        return actions + self._decide(now)

    def input_ended(self, now: float) -> list[Action]:
        """Record that no more sound will come: what was said is answered without patience."""
        return self._user.end_input(now) + self._decide(now)

    def give_up_finals(self, now: float) -> list[Action]:
        """Record that no final transcript will come: answer the words that there are."""
        self._user.segments.give_up_finals()
        return self._decide(now)

    def tick(self, now: float) -> list[Action]:
        """Do what is due."""
        return self._decide(now)

    def _start_speech(self, now: float) -> list[Action]:
        user, bot = self._user, self.bot
        if user.endpointing.input_ended:  # the words were said before
            return []
        over_bot, is_stopped = bot.is_active, bot.is_stopped_by_sound(now)
        after_pause = bot.is_unheard(now) if is_stopped else not over_bot and bool(user.text)
        user.start_speech(now, after_pause=after_pause, over_bot=over_bot and not is_stopped)
        actions = self._interrupt(now, "") if is_stopped else bot.speech_started(now)
        user.segments.open_speech(over_bot=over_bot and not is_stopped)
        return actions + self._decide(now)

    def _interrupt(self, now: float, words: str | None = None) -> list[Action]:
        if not self.bot.is_active:
            return []
        interrupt = self.bot.interrupt(now, words)
        if interrupt.unheard and self.bot.answered_turn is not None:
            self._user.segments.rejoin(self.bot.answered_turn)
        return [interrupt]

    def _late_partial(self, now: float, segment: SpeechSegment, text: str) -> list[Action]:
        """Record a partial transcript of a segment that has been answered."""
        differs = not same_words(segment.text, text)
        if not (differs and self.bot.can_be_taken_back(now, segment.turn)):
            self._user.add_late_partial(now, segment, text)
            return []
        actions = self._interrupt(now)
        self._user.add_late_partial(now, segment, text)
        return actions + self._decide(now)

    def _late_final(self, now: float, segment: SpeechSegment, answered: str) -> list[Action]:
        """Compare the final transcript of a segment with the words that have been answered."""
        if same_words(answered, segment.text):
            return []
        self._user.endpointing.preemptive_reply.words_were_missing()
        if segment.is_dropped:
            return self._decide(now) if self._user.readmit(segment) else []
        if self.bot.can_be_taken_back(now, segment.turn):
            return self._interrupt(now) + self._decide(now)
        assert segment.turn is not None
        return [Correct(self._user.segments.words_of(segment.turn), turn=segment.turn)]

    def _decide(self, now: float) -> list[Action]:
        """Do what is due and set the deadline by which to look again."""
        if self.bot.is_active:
            return self._decide_barge_in(now) if self.bot.is_interruptible else []
        decision = self._user.decide(now, self.bot.said)
        if self._user.is_empty_and_released:
            speaks, instructions = self._user.hold.speaks_without_words, self._user.hold.turn_ended()
            if speaks:
                self.bot.begin(None)
                return [*decision.actions, SpeakAgain(instructions)]
        return [*decision.actions, self._answer()] if decision.is_over else decision.actions

    def _decide_barge_in(self, now: float) -> list[Action]:
        """Decide about speech over the bot."""
        user, barge_in = self._user, self.bot.barge_in
        silent_since = None if user.speech.is_active else user.speech.silent_since
        speech = SpeechOverBot(user.text, silent_since, self.awaits_final)
        if barge_in.is_interruption(now, speech):
            return self._interrupt(now, user.text) + self._decide(now)
        actions = barge_in.decide(now, speech)
        if Resume() in actions:
            user.segments.remove_complete()
        return actions

    def _answer(self) -> Answer:
        text, tag, in_noise = self._user.text, self.language, self._user.is_in_noise
        after_bot, instructions = self._user.segments.text_after_bot, self._user.hold.instructions
        turn = self._user.end()
        self.bot.begin(turn, in_noise=in_noise)
        prepared = self._user.endpointing.preemptive_reply.take()
        return Answer(text, prepared, turn, tag, after_bot, instructions)
