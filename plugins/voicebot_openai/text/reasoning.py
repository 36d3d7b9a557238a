"""What of a model's text is for people: thoughts and the marks of its template must not be spoken.

Most servers keep thoughts in a field of their own. Those that do not stream them as `<think> ... </think>`,
or by one of a dozen other names, cut into pieces anywhere; and many let a mark of the template pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from voicebot_openai.text.literal_tokens import Mentions
from voicebot_openai.text.special_tokens import (
    ASSISTANT,
    OTHERS,
    Kind,
    Token,
    may_begin_at,
    next_candidate,
    token_at,
)

_AHEAD = 48
_LONGEST_HEADER = 160
_NAME = re.compile(r"\s*([\w▁.-]*)")
_HEADER_ENDS = re.compile(r"<\|(message|start|channel|end|return|call)\|>")


class ThoughtFilter:
    """Takes a reply's text in pieces and gives back what is to be spoken, as soon as that is sure.

    Args:
        begins_inside: whether the reply begins within a thought, of which only the end is marked; without
            that end it was none.
    """

    def __init__(self, *, begins_inside: bool = False) -> None:
        self.thought = False
        """Whether there was any thought."""
        self.begun_inside: bool | None = None
        """Whether the reply began within a thought, once that is known."""
        self._text = ""
        self._at = 0
        self._final = False
        self._given: list[str] = []
        self._begun = False
        self._mentions = Mentions()
        self._after_mark = self._after_thought = False
        self._from_start = begins_inside
        self._doubtful: list[str] | None = [] if begins_inside else None  # none of it is, without an end
        self._take = self._in_thought if begins_inside else self._in_answer
        self._obeyed: dict[Kind, Callable[[], bool]] = {
            Kind.THOUGHT: self._in_thought,
            Kind.OTHERS: self._in_anothers_turn,
            Kind.CALL: self._in_call,
            Kind.NAMED_NEXT: self._in_name,
            Kind.MESSAGE_HEADER: self._in_header,
        }

    def feed(self, text: str) -> str:
        """Return what may be spoken now that `text` has come."""
        self._text += text
        while self._at < len(self._text) and self._take():
            pass
        self._text, self._at = self._text[self._at :], 0
        given = "".join(self._given)
        self._given.clear()
        self._begun = self._begun or given != ""
        return given

    def finish(self, *, cut: bool = False) -> str:
        """Return what was held back, at the end of the reply; a thought without an end is dropped.

        Args:
            cut: whether the reply ended for want of room, so that a thought it began with may have no end.
        """
        self._final = True
        given = self.feed("")
        if cut and self._from_start:
            self.thought, self._doubtful = True, None
        return given + self._give_doubtful()

    def kept_apart(self) -> str:
        """Take note that thoughts come apart from the text; return what was supposed to be one."""
        return self._give_doubtful() if self._from_start else ""

    def _give_doubtful(self) -> str:
        doubtful, self._doubtful = self._doubtful, None
        if doubtful is None:
            return ""
        if self._from_start:
            self._from_start = self.begun_inside = False
        self._take = self._in_answer
        self._give("".join((*doubtful, self._text)))
        self._text = ""
        return self.feed("")

    def _in_answer(self) -> bool:
        """Take the next of the answer; return whether there may be more to take."""
        start = self._at
        self._at = next_candidate(self._text, start)
        self._give(self._text[start : self._at])
        if self._at == len(self._text):
            return False
        token = token_at(self._text, self._at)
        if token is None:
            if not self._final and may_begin_at(self._text, self._at):
                return False
            self._give(self._text[self._at])
            self._at += 1
            return True
        after = self._text[token.end : token.end + _AHEAD]
        if not self._final and not after.strip(None if token.kind is Kind.THOUGHT_ENDS else " \t"):
            return False
        mark, self._at = self._text[self._at : token.end], token.end
        if self._mentions.is_mention(token.kind, after):
            self._give(mark)
        else:
            self._obey(token, mark, after)
        return True

    def _obey(self, token: Token, mark: str, after: str) -> None:
        if token.kind is Kind.THOUGHT:
            doubtful = self._mentions.within_sentence or (self._mentions.last and after[:1] in (" ", "\t"))
            self._doubtful = [mark] if doubtful else None
            self.thought = self.thought or not doubtful
        elif token.kind is Kind.THOUGHT_ENDS:
            self._end_thought_without_beginning(after)
        self._mentions.passed()
        self._after_mark = True
        self._take = self._obeyed.get(token.kind, self._in_answer)

    def _end_thought_without_beginning(self, after: str) -> None:
        """All before was thought: what was not given yet will not be."""
        if self.thought:
            return
        self.thought = self.begun_inside = True
        if after.strip():
            self._given.clear()
        if not self._begun:
            self._mentions = Mentions()

    def _in_thought(self) -> bool:
        while (token := self._next_token()) is not None:
            if token.kind is Kind.THOUGHT_ENDS:
                if self._from_start:
                    self.begun_inside = True
                self._from_start, self._doubtful, self.thought = False, None, True
                self._after_mark = self._after_thought = True
                self._mentions.passed()
                self._take = self._in_answer
                return True
            if token.kind is Kind.THOUGHT and self._from_start and not "".join(self._doubtful or ()).strip():
                self._from_start, self._doubtful, self.thought = False, None, True
                self.begun_inside = False
            elif self._doubtful is not None:
                self._doubtful.append(self._text[token.start : token.end])
        return False

    def _in_call(self) -> bool:
        """Skip a call of a tool that the server left in the text."""
        while (token := self._next_token()) is not None:
            if token.kind in (Kind.CALL_ENDS, Kind.TURN_ENDS):
                self._after_mark = True
                self._take = self._in_answer
                return True
        return False

    def _in_anothers_turn(self) -> bool:
        while (token := self._next_token()) is not None:
            if token.kind in (Kind.ASSISTANT, Kind.TURN_ENDS, Kind.NAMED_NEXT, Kind.MESSAGE_HEADER):
                self._mentions.passed()
                self._after_mark = True
                self._take = self._obeyed.get(token.kind, self._in_answer)
                return True
        return False

    def _in_name(self) -> bool:
        """Read whose turn begins; a word that is nobody's name is of the answer."""
        found = _NAME.match(self._text, self._at)
        if found is None or (found.end() == len(self._text) and not self._final):
            return False
        role = found[1].lower()
        if role in ASSISTANT or role in OTHERS:
            self._at = found.end()
        self._take = self._in_anothers_turn if role in OTHERS else self._in_answer
        return True

    def _in_header(self) -> bool:
        """Read the head of a message; of the channels it may be on, only `final` is for people."""
        header = self._text[self._at : self._at + _LONGEST_HEADER]
        end = _HEADER_ENDS.search(header)
        if end is None and len(header) < _LONGEST_HEADER and not self._final:
            return False
        name = _NAME.match(header)
        role = name[1].lower() if name else ""
        self._at += end.end() if end else len(header)
        if end is not None and end[1] in ("start", "channel"):
            return True
        if not role or role == "final" or role in ASSISTANT:
            self._take = self._in_answer
        else:
            self.thought = self.thought or role not in OTHERS
            self._take = self._in_anothers_turn
        return True

    def _next_token(self) -> Token | None:
        """Skip text up to behind the next mark; None when there is none yet."""
        while self._at < len(self._text):
            start = self._at
            self._at = next_candidate(self._text, start)
            if self._doubtful is not None:
                self._doubtful.append(self._text[start : self._at])
            if self._at == len(self._text):
                break
            if (token := token_at(self._text, self._at)) is not None:
                self._at = token.end
                return token
            if not self._final and may_begin_at(self._text, self._at):
                break
            if self._doubtful is not None:
                self._doubtful.append(self._text[self._at])
            self._at += 1
        return None

    def _give(self, text: str) -> None:
        if not text:
            return
        last = self._mentions.last
        if not last or (self._after_mark and last.isspace()):
            text = text.lstrip()
        elif self._after_thought and not text[0].isspace():
            text = f" {text}"
        if text:
            self._given.append(text)
            self._mentions.given(text)
            self._after_mark = self._after_thought = False
