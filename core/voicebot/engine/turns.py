"""Whose turn it is, as a state machine without I/O: what happened, and when, goes in; what to do comes out.

Times are seconds on any one clock. After each call, `deadline` is when `tick` wants to be called next.
"""

from __future__ import annotations

from collections import deque

from voicebot.engine.ahead import Ahead
from voicebot.engine.decisions import (
    Action,
    Answer,
    Commit,
    Correct,
    Interrupt,
    Judge,
    Resume,
    TurnRules,
)
from voicebot.engine.latewords import LateWords
from voicebot.engine.overlap import Overlap
from voicebot.engine.stretches import Stretches
from voicebot.engine.wording import begins_assent, is_assent, is_question, joined, same_words

_PAUSES = 50
_EAGER = 0.3
"""Seconds for which words must not have changed to be prepared for while the user still seems to speak."""


class Turns:
    """Decides when the user has finished, and when the bot has to.

    Two decisions end a turn. *Prepare* is early and cheap: the reply is made, but nobody hears it; it is
    withdrawn if the user goes on. *Answer* lets it be heard, when the silence has lasted as long as the
    turn detector thinks right for the words that were said.

    Speech over an audible reply only lowers its voice at first: a cough or an "okay" need not stop it.
    Words other than assent do at once, and so does speech that goes on; should that have been
    a noise after all, the reply is resumed.

    Speech start and stop come from a voice activity detector or the recogniser. Where neither reports
    them, words stand for speech and a final transcript for its end.

    Args:
        rules: what the config says about turns.
    """

    def __init__(self, rules: TurnRules) -> None:
        self.deadline: float | None = None
        self.patience = rules.patience
        """Bounds for the silence that ends this turn; may be set anew while the bot speaks."""
        self.asked = ""
        """What the bot said last."""
        self.ahead = Ahead(rules)
        self._rules = rules
        self._said = Stretches()
        self._said_before = ""
        self._speaking = False
        self._speech_is_reported = False
        self._silent_since = 0.0
        self._changed_at = 0.0
        self._pauses: deque[float] = deque(maxlen=_PAUSES)
        self._wait: float | None = None
        self._judged: tuple[str, bool] | None = None
        self._late = LateWords()
        self._replying = False
        self._heard_at: float | None = None
        self._answered = ""
        self._overlap = Overlap(rules)
        self._began_over_the_bot = False
        self._input_ended = False

    @property
    def transcript(self) -> str:
        """The words of the user's turn so far."""
        return joined(self._said_before, self._said.text)

    @property
    def awaits_final(self) -> bool:
        """Whether the recogniser still owes the final transcript of a `Commit`."""
        return bool(self._said.owed)

    @property
    def replying(self) -> bool:
        """Whether it is the bot's turn."""
        return self._replying

    @property
    def busy(self) -> bool:
        """Whether the bot is at work: replying, or waiting for the words that it will reply to."""
        awaits_judgement = self._judged is not None and self._wait is None
        return self._replying or self.awaits_final or awaits_judgement

    @property
    def idle(self) -> bool:
        """Whether nothing is going on and nothing is left to answer."""
        return not (self._speaking or self.busy or self.transcript)

    def speech_started(self, now: float) -> list[Action]:
        """Take note that the user began to speak, at the start or again after a pause."""
        self._speech_is_reported = True
        return self._begin_speech(now)

    def speech_stopped(self, now: float, silent_since: float) -> list[Action]:
        """Take note that the user fell silent at `silent_since`, perhaps only to think."""
        if not self._speaking:
            return []
        self._speaking = False
        self._silent_since = silent_since
        self.ahead.word_told(self._changed_at, silent_since)
        return [self._commit(now), *self._decide(now)]

    def partial(self, now: float, text: str) -> list[Action]:
        """Take the words of the stretch of speech that is being recognised."""
        if self._late.expects(now, text):  # they have been answered
            return []
        actions = self._begin_speech(now) if self._words_start_speech(text) else []
        before = self.transcript
        self._said.recognise(text)
        if not same_words(before, self.transcript):
            self._changed_at = now
            if not self._speaking:
                self.ahead.word_told(now, self._silent_since)
        return actions + self._decide(now)

    def final(self, now: float, text: str, *, ends_speech: bool = False) -> list[Action]:
        """Take the settled words of a stretch of speech.

        Args:
            ends_speech: the recogniser alone decides where speech ends, and this says that it did.
        """
        if (late := self._late.settled(now, text)) is not None:
            return self._reconcile(now, late, text)
        actions = self._begin_speech(now) if self._words_start_speech(text) else []
        self._said.settle(text, ends_speech=ends_speech)
        if ends_speech:
            self._speech_is_reported = False  # should speech go on after all, its words will say so
            if self._speaking:
                self._speaking = False
                self._silent_since = now
        return actions + self._decide(now)

    def judged(self, now: float, wait: float) -> list[Action]:
        """Take the turn detector's answer to the last `Judge`: seconds of silence that end the turn."""
        self._wait = wait
        return self._decide(now)

    def typed(self, now: float, text: str) -> list[Action]:
        """Take a typed line: a whole turn, which interrupts whatever the bot is doing."""
        actions = [*self._interrupt(now), *self.ahead.withdraw()]
        self._said_before = joined(self._said_before, text)
        text, self._said_before = self._said_before, ""
        return [*actions, self._answer(text)]

    def bot_begins(self) -> None:
        """Take note that the bot speaks unasked: a greeting, or a prompt."""
        self._answered = ""
        self._replying = True
        self._heard_at = None

    def reply_heard(self, now: float) -> None:
        """Take note that the reply became audible: from now on, interrupting it leaves its traces."""
        self._heard_at = now

    def reply_ended(self, now: float) -> list[Action]:
        """Take note that the bot has finished its turn."""
        self._replying = False
        self._overlap.end()
        assent = self._overlap.take_assent(now)
        if assent and self._is_asked():
            self._said_before = joined(assent, self._said_before)
        return self._decide(now)

    def input_ended(self, now: float) -> list[Action]:
        """Take note that nothing more will be heard: whatever was said is answered without patience."""
        self._input_ended = True
        if self._speaking:
            return self.speech_stopped(now, now)
        if not self._speech_is_reported:  # there may be words that have not been recognised yet
            return [self._commit(now), *self._decide(now)]
        return self._decide(now)

    def give_up(self, now: float) -> list[Action]:
        """Take note that finals which the recogniser owes will not come: what was understood must do."""
        if words := self._said.give_up():
            self._late.give_up(now, words)
        return self._decide(now)

    def tick(self, now: float) -> list[Action]:
        """Let time pass."""
        return self._decide(now)

    def _words_start_speech(self, text: str) -> bool:
        return bool(text) and not self._speaking and not self._speech_is_reported and not self.awaits_final

    def _commit(self, now: float) -> Commit:
        self._said.commit(now)
        return Commit()

    def _begin_speech(self, now: float) -> list[Action]:
        if not self._replying and self.transcript and not self._speaking:
            self._pauses.append(now - self._silent_since)
        self._speaking = True
        self._wait = self._judged = None
        self._began_over_the_bot = self._replying
        actions: list[Action] = []
        if self._replying and self._rules.interruptible:
            if self._is_unheard(now) or not self._rules.interruption:
                self._began_over_the_bot = False
                self._pauses.extend([now - self._silent_since] if self._is_unheard(now) else [])
                actions = self._interrupt(now)
            else:
                actions = self._overlap.begin(now)
        self._said.open()
        return actions + self._decide(now)

    def _is_unheard(self, now: float) -> bool:
        """Whether a reply that is cut off now counts as never given."""
        return self._heard_at is None or now - self._heard_at < self._rules.unheard

    def _interrupt(self, now: float) -> list[Action]:
        if not self._replying:
            return []
        unheard = self._is_unheard(self._overlap.since if self._overlap else now)
        self._replying = False
        self._overlap.end()
        if unheard:
            self._said_before = joined(self._answered, self._said_before)
        return [Interrupt(unheard)]

    def _reconcile(self, now: float, expected: str, settled: str) -> list[Action]:
        """Compare the final that was not waited for with the words that were answered instead."""
        if same_words(expected, settled):
            return []
        if expected in self._said_before:  # the answer was not heard, so that they are to be answered yet
            self._said_before = self._said_before.replace(expected, settled)
            return self._decide(now)
        if expected not in self._answered:
            return []
        self._answered = self._answered.replace(expected, settled)
        if self._replying and self._is_unheard(now) and not self._overlap:
            return [*self._interrupt(now), *self._decide(now)]
        return [Correct(self._answered)]

    def _decide(self, now: float) -> list[Action]:
        """Do what is due; else set the deadline by which to look again."""
        self.deadline = None
        if self._replying:
            return self._decide_overlap(now) if self._rules.interruptible else []
        self._said.forget_empty()
        actions = self.ahead.withdraw_unless_for(self.transcript)
        if not (self.transcript or self.awaits_final):
            return actions
        if self._speaking:
            eager = self._rules.prepare == "eager"
            return actions + (self._prepare(now, self._changed_at + _EAGER) if eager else [])
        return actions + self._decide_pause(now)

    def _decide_pause(self, now: float) -> list[Action]:
        text = self.transcript
        if self._began_over_the_bot and not self.awaits_final and is_assent(text) and not self._is_asked():
            self._drop()
            return self.ahead.withdraw()
        actions: list[Action] = []
        if self._judged != (evidence := (text, not self.awaits_final)) and text and not self._input_ended:
            self._judged, self._wait = evidence, None
            actions = [Judge(text, not self.awaits_final, tuple(self._pauses))]
        wait = 0.0 if self._input_ended else self.patience.bounded(self._wait)
        due = max(self._silent_since + wait, *(self._settled_by(at) for at in self._said.owed), 0.0)
        if now < due:
            self.deadline = due
            if self._wait is not None and self._rules.prepare != "off":
                actions += self._prepare(now, due - self.ahead.lead)
            return actions
        if self.awaits_final:
            return actions + self.give_up(now)
        self._drop()
        return [*actions, self._answer(text)]

    def _settled_by(self, committed_at: float) -> float:
        """Return when the final of a commit is not waited for any longer."""
        if not self.transcript or self._input_ended:
            return committed_at + self._rules.final_timeout
        stable = max(self._changed_at, self._silent_since) + self._rules.stable
        return min(stable, committed_at + self._rules.final_timeout)

    def _prepare(self, now: float, due: float) -> list[Action]:
        """Have the reply made, no earlier than `due`, once the words are complete if the budget allows."""
        text = self.transcript
        if not text or not self.ahead.is_allowed:
            return []
        if not self._speaking:
            due = self.ahead.due(due, self._silent_since, self._changed_at if self.awaits_final else None)
        if now < due:
            self.deadline = due if self.deadline is None else min(due, self.deadline)
            return []
        return self.ahead.begin(text)

    def _decide_overlap(self, now: float) -> list[Action]:
        """Decide about speech over the bot's own: an interruption, assent, or a noise."""
        words = self._said.text
        silent_since = None if self._speaking else self._silent_since
        if words and not is_assent(words):
            in_doubt = self._speaking or (self.awaits_final and now < self._silent_since + self._rules.doubt)
            if not (in_doubt and begins_assent(words)):
                return [*self._interrupt(now), *self._decide(now)]
        actions = self._overlap.decide(now, silent_since=silent_since, awaits_final=self.awaits_final)
        self.deadline = self._overlap.deadline
        if Resume() in actions:
            if words:
                self._overlap.assented(now, words)
            self._said.forget_settled()
        return actions

    def _is_asked(self) -> bool:
        return is_question(self.asked)

    def _drop(self) -> None:
        self._said_before = ""
        self._said.clear()
        self._wait = self._judged = None
        self._began_over_the_bot = False

    def _answer(self, text: str) -> Answer:
        self._answered = text
        self._replying = True
        self._heard_at = None
        self.deadline = None
        return Answer(text, prepared=self.ahead.adopt(text))
