"""Whose turn it is, as a state machine without I/O: what happened, and when, goes in; what to do comes out.

Times are seconds on any one clock. After each call, `deadline` is when `tick` wants to be called next.
"""

from __future__ import annotations

from voicebot.engine.text.backchannel import begins_backchannel, is_backchannel
from voicebot.engine.text.questions import is_question
from voicebot.engine.text.words import same_words, words
from voicebot.engine.turns.actions import (
    Action,
    Answer,
    AskTurnDetector,
    Commit,
    Correct,
    Interrupt,
    Resume,
    TurnRules,
)
from voicebot.engine.turns.barge_in import BargeIn
from voicebot.engine.turns.bot_turn import BotTurn
from voicebot.engine.turns.noise import Noise
from voicebot.engine.turns.preemptive_reply import PreemptiveReply
from voicebot.engine.turns.speech_segments import DROPPED, SpeechSegment, SpeechSegments
from voicebot.engine.turns.user_speech import UserSpeech

_WORDLESS = 1.0
"""Seconds without another word after which the user has fallen silent, where words alone stand for speech."""
_NOISE_LEAST = 1.5
"""Seconds of speech without a new word before it may be a noise, however short patience is."""
_WORD = 0.15
"""Seconds that the quickest speaker needs for a word."""
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
    them, words stand for speech, and a final transcript or the lack of more words for its end.

    Args:
        rules: what the config says about turns.
        detects: whether a voice activity detector reports speech, so that no word comes without a report.
        live: False for a recording, whose seconds say nothing about how late words are.
    """

    def __init__(self, rules: TurnRules, *, detects: bool = True, live: bool = True) -> None:
        self.deadline: float | None = None
        self.patience = rules.patience
        """Bounds for the silence that ends this turn; may be set anew while the bot speaks."""
        self.asked = ""
        """What the bot said last."""
        self.ahead = PreemptiveReply(rules)
        self._rules = rules
        self._said = SpeechSegments(live=live)
        self._speech = UserSpeech(detects=detects)
        self._through_noise = False
        self._wait: float | None = None
        self._judged: tuple[str, bool] | None = None
        self._bot = BotTurn(rules.unheard, stands=rules.asked_once)
        self._overlap = BargeIn(rules)
        self._began_over_the_bot = False
        self._input_ended = False

    @property
    def transcript(self) -> str:
        """The words of the user's turn so far."""
        return self._said.text

    @property
    def awaits_final(self) -> bool:
        """Whether the recogniser still owes the final transcript of a `Commit`."""
        return self._said.awaits_final

    @property
    def commits(self) -> int:
        """How many commits the recogniser has not answered, whether or not they are waited for."""
        return self._said.commits

    @property
    def replying(self) -> bool:
        """Whether it is the bot's turn."""
        return self._bot.is_on

    @property
    def busy(self) -> bool:
        """Whether the bot is at work: replying, or waiting for the words that it will reply to."""
        awaits_judgement = self._judged is not None and self._wait is None
        return self._bot.is_on or self.awaits_final or awaits_judgement

    @property
    def idle(self) -> bool:
        """Whether nothing is going on and nothing is left to answer."""
        return not (self._speech.goes_on or self.busy or self.transcript)

    def speech_started(self, now: float) -> list[Action]:
        """Take note that the user began to speak, at the start or again after a pause."""
        self._speech.report()
        return self._begin_speech(now)

    def speech_stopped(self, now: float, silent_since: float) -> list[Action]:
        """Take note that the user fell silent at `silent_since`, perhaps only to think."""
        if not (self._speech.goes_on or self._speech.awaits_report):
            return []
        self._speech.stop(silent_since)
        self.ahead.word_told(self._speech.changed_at, silent_since)
        return [*self._commit(now), *self._decide(now)]

    def partial(self, now: float, text: str) -> list[Action]:
        """Take the words of the segment that is being recognised."""
        silent = self._speech.detects and self._is_silent_since_final
        segment = self._said.of_partial(now, text, silent=silent)
        if segment is None:
            return []
        if segment.turn is not None:
            return self._late_partial(now, segment, text)
        actions = self._begin_speech(now) if self._starts_speech(segment, text) else []
        self._speech.told()
        before = self.transcript
        self._said.recognise(now, segment, text)
        self._note_change(now, before)
        return actions + self._decide(now)

    def final(
        self, now: float, text: str, *, asked: bool = True, passed: int = 0, ends_speech: bool = False
    ) -> list[Action]:
        """Take the settled words of a segment.

        Args:
            asked: whether it can answer a commit, as no final can that comes before the commit is made.
            passed: commits within its speech, where the recogniser does not answer them.
            ends_speech: if it answers none, the recogniser has found the end of speech by itself.
        """
        segment = self._said.of_final(
            now, text, asked=asked, silent=self._is_silent_since_final, can_be_new=self._can_be_new(now, text)
        )
        if segment is None:
            return self._decide(now)
        actions = self._begin_speech(now) if self._starts_speech(segment, text) else []
        ends_speech = ends_speech and segment.asked_at is None
        before, answered = self.transcript, segment.text
        self._said.settle(now, segment, text, asked=asked, ends=ends_speech or not self._speech.goes_on)
        self._said.pass_commits(passed)
        self._speech.settled(now, ended=ends_speech and segment.turn is None)
        if segment.turn is not None:
            return actions + self._reconcile(now, segment, answered)
        self._note_change(now, before, told=False)
        return actions + self._decide(now)

    def judged(self, now: float, wait: float) -> list[Action]:
        """Take the turn detector's answer to the last `Judge`: seconds of silence that end the turn."""
        self._wait = wait
        return self._decide(now)

    def typed(self, now: float, text: str) -> list[Action]:
        """Take a typed line: it ends the turn, and interrupts whatever the bot is doing.

        What is being said belongs to the turn as far as it was told; what is said from now on does not.
        """
        unsettled = self._said.is_open and (self._speech.goes_on or bool(self._said.text))
        actions = [*self._interrupt(now), *self.ahead.withdraw()]
        if unsettled:
            actions = [*self._commit(now), *actions]
        self._said.add(text)
        return [*actions, self._answer()]

    def bot_begins(self) -> None:
        """Take note that the bot speaks unasked: a greeting, or a prompt."""
        self._bot.begin(None)

    def reply_heard(self, now: float) -> None:
        """Take note that the reply became audible: from now on, interrupting it leaves its traces."""
        self._bot.heard(now)

    def reply_ended(self, now: float) -> list[Action]:
        """Take note that the bot has finished its turn."""
        self._bot.end()
        self._overlap.end()
        assent = self._overlap.take_assent(now)
        if assent and self._is_asked():
            self._said.add(assent, first=True)
        return self._decide(now)

    def recognition_reopened(self, now: float) -> list[Action]:
        """Take note that the recogniser begins anew with what it had not settled: its reports are void."""
        self._said.reopened(now)
        return (
            self._decide(now) if self._speech.detects else self.speech_stopped(now, now) or self._decide(now)
        )

    def input_ended(self, now: float) -> list[Action]:
        """Take note that nothing more will be heard: whatever was said is answered without patience."""
        actions: list[Action] = []
        if self._speech.goes_on or self._speech.awaits_report:
            actions = self.speech_stopped(now, now)
        elif not (
            self._speech.detects and self._speech.is_reported
        ):  # there may be words that are not told yet
            actions = self._commit(now)
        self._input_ended = True
        return actions + self._decide(now)

    def give_up(self, now: float) -> list[Action]:
        """Take note that finals which the recogniser owes will not come: what was understood must do."""
        self._said.give_up()
        return self._decide(now)

    def tick(self, now: float) -> list[Action]:
        """Let time pass."""
        return self._decide(now)

    @property
    def _is_silent_since_final(self) -> bool:
        return self._speech.is_silent_since_final(tells_partials=self._said.tells_partials)

    def _can_be_new(self, now: float, text: str) -> bool:
        """Whether words can have been said since the last final."""
        seconds = _WORD * len(words(text))
        return self._speech.can_have_said(now, seconds, tells_partials=self._said.tells_partials)

    def _starts_speech(self, segment: SpeechSegment, text: str) -> bool:
        reported = self._speech.goes_on or self._speech.is_reported
        return bool(text) and not reported and segment.turn is None and not segment.is_owed

    def _commit(self, now: float) -> list[Action]:
        if self._input_ended:
            return []
        self._said.commit(now)
        return [Commit()]

    def _note_change(self, now: float, before: str, *, told: bool = True) -> None:
        """Take note of when the words changed; what is `told` of them says how late words come."""
        if same_words(before, self.transcript):
            return
        self._speech.noise.words_came(now, speaking=self._speech.goes_on)
        if told:
            self._speech.changed_at = now
            if not self._speech.goes_on:
                self.ahead.word_told(now, self._speech.silent_since)

    def _begin_speech(self, now: float) -> list[Action]:
        if self._input_ended:  # what is told now was said before
            return []
        self._speech.begin(now, after_pause=not self._bot.is_on and bool(self.transcript))
        self._wait = self._judged = None
        self._began_over_the_bot = self._bot.is_on
        actions: list[Action] = []
        if self._bot.is_on and self._rules.interruptible:
            if (self._bot.is_unheard(now) and not self._through_noise) or not self._rules.interruption:
                self._began_over_the_bot = False
                self._speech.pauses.extend(
                    [now - self._speech.silent_since] if self._bot.is_unheard(now) else []
                )
                actions = self._interrupt(now)
            else:
                actions = self._overlap.begin(now)
        self._said.open().spoken = True
        return actions + self._decide(now)

    def _interrupt(self, now: float) -> list[Action]:
        if not self._bot.is_on:
            return []
        unheard = self._bot.is_unheard(self._overlap.since if self._overlap else now)
        self._bot.end()
        self._overlap.end()
        if unheard and self._bot.answers is not None:
            self._said.rejoin(self._bot.answers)
        return [Interrupt(unheard)]

    def _can_be_answered_anew(self, now: float, segment: SpeechSegment) -> bool:
        answers_it = self._bot.is_on and segment.turn == self._bot.answers
        return answers_it and self._bot.is_unheard(now) and not self._overlap

    def _late_partial(self, now: float, segment: SpeechSegment, text: str) -> list[Action]:
        """Take words of a segment that has been answered: they count while nobody has heard the answer."""
        if same_words(segment.text, text) or not self._can_be_answered_anew(now, segment):
            self._said.recognise(now, segment, text)
            return []
        actions = self._interrupt(now)
        self._said.recognise(now, segment, text)
        self._speech.changed_at = now
        return actions + self._decide(now)

    def _reconcile(self, now: float, segment: SpeechSegment, answered: str) -> list[Action]:
        """Compare the final that was not waited for with the words that were answered instead."""
        if same_words(answered, segment.text):
            return []
        if segment.turn == DROPPED:
            if is_backchannel(segment.text):
                return []
            segment.turn = None
            return self._decide(now)
        if self._can_be_answered_anew(now, segment):
            return [*self._interrupt(now), *self._decide(now)]
        assert segment.turn is not None
        return [Correct(self._said.words_of(segment.turn), turn=segment.turn)]

    def _decide(self, now: float) -> list[Action]:
        """Do what is due; else set the deadline by which to look again."""
        self.deadline = None
        if self._bot.is_on:
            return self._decide_overlap(now) if self._rules.interruptible else []
        self._said.forget_empty()
        actions = self.ahead.withdraw_unless_for(self.transcript)
        if self._speech.goes_on and not (self._speech.detects or self._speech.awaits_report):
            self.deadline = self._speech.changed_at + _WORDLESS
            if now >= self.deadline:
                return actions + self.speech_stopped(now, self._speech.changed_at)
        if not (self.transcript or self.awaits_final):
            return actions
        return actions + (self._decide_speech(now) if self._speech.goes_on else self._decide_pause(now))

    def _decide_speech(self, now: float) -> list[Action]:
        """Decide while the user seems to speak, though it may be a noise: no words come of that."""
        if not self.transcript:
            return []
        actions: list[Action] = []
        if self._speech.noise.since is not None:
            due = self._speech.noise.since + self._noise_most
            if now < due:
                self._set_deadline(due)
            elif self._said.tells_partials or (self._speech.noise.asked and not self.awaits_final):
                return [self._answer()]
            elif not self._speech.noise.asked:
                self._speech.noise.asked = True
                actions = self._commit(now)
            if self.awaits_final and self._speech.noise.asked:
                timeout = max(self._said.owed) + self._rules.stable
                if now >= timeout:
                    return actions + self.give_up(now)
                self._set_deadline(timeout)
        if self._rules.prepare == "eager":
            actions += self._prepare(now, self._speech.changed_at + _EAGER)
        return actions

    def _decide_pause(self, now: float) -> list[Action]:
        text = self.transcript
        if (
            self._began_over_the_bot
            and not self.awaits_final
            and is_backchannel(text)
            and not self._is_asked()
        ):
            self._drop()
            return self.ahead.withdraw()
        actions: list[Action] = []
        if self._judged != (evidence := (text, not self.awaits_final)) and text and not self._input_ended:
            self._judged, self._wait = evidence, None
            actions = [AskTurnDetector(text, not self.awaits_final, tuple(self._speech.pauses))]
        due = max(self._silence_ends(), *(self._settled_by(at) for at in self._said.owed), 0.0)
        if now < due:
            self._set_deadline(due)
            if self._wait is not None and self._rules.prepare != "off":
                actions += self._prepare(now, due - self.ahead.lead)
            return actions
        if self.awaits_final:
            return actions + self.give_up(now)
        return [*actions, self._answer()]

    def _silence_ends(self) -> float:
        """Return when the silence has lasted long enough; noises do not put it off for ever."""
        wait = 0.0 if self._input_ended else self.patience.bounded(self._wait)
        ends = self._speech.silent_since + wait
        if self._speech.noise.since is None or self.awaits_final:
            return ends
        return min(ends, self._speech.noise.since + self._noise_most)

    @property
    def _noise_most(self) -> float:
        """Seconds for which speech without words holds an answer."""
        return max(self.patience.latest, _NOISE_LEAST)

    def _settled_by(self, committed_at: float) -> float:
        """Return when the final of a commit is not waited for any longer."""
        if not self.transcript or self._input_ended:
            return committed_at + self._rules.final_timeout
        stable = max(self._speech.changed_at, self._speech.silent_since) + self._rules.stable
        return min(stable, committed_at + self._rules.final_timeout)

    def _set_deadline(self, due: float) -> None:
        self.deadline = due if self.deadline is None else min(due, self.deadline)

    def _prepare(self, now: float, due: float) -> list[Action]:
        """Have the reply made, no earlier than `due`, once the words are complete if the budget allows."""
        text = self.transcript
        if not text or not self.ahead.is_allowed:
            return []
        if not self._speech.goes_on:
            due = self.ahead.due(
                due, self._speech.silent_since, self._speech.changed_at if self.awaits_final else None
            )
        if now < due:
            self._set_deadline(due)
            return []
        return self.ahead.begin(text)

    def _decide_overlap(self, now: float) -> list[Action]:
        """Decide about speech over the bot's own: an interruption, assent, or a noise."""
        said = self._said.text
        silent_since = None if self._speech.goes_on else self._speech.silent_since
        if said and not is_backchannel(said):
            in_doubt = self._speech.goes_on or (
                self.awaits_final and now < self._speech.silent_since + self._rules.doubt
            )
            if not (in_doubt and begins_backchannel(said)):
                return [*self._interrupt(now), *self._decide(now)]
        actions = self._overlap.decide(now, silent_since=silent_since, awaits_final=self.awaits_final)
        self.deadline = self._overlap.deadline
        if Resume() in actions:
            if said:
                self._overlap.assented(now, said)
            self._said.forget_settled()
        return actions

    def _is_asked(self) -> bool:
        return is_question(self.asked)

    def _drop(self) -> None:
        self._said.drop()
        self._forget_evidence()

    def _forget_evidence(self) -> None:
        self._wait = self._judged = None
        self._began_over_the_bot = False
        self._speech.noise = Noise()

    def _answer(self) -> Answer:
        text = self.transcript
        turn = self._said.answered()
        self._through_noise = self._speech.noise.since is not None
        self._forget_evidence()
        self._bot.begin(turn)
        self.deadline = None
        return Answer(text, prepared=self.ahead.adopt(text), turn=turn)
