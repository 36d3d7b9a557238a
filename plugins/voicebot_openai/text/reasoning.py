"""Removing reasoning and special tokens from the text of a model, which must not be spoken.

Most servers send reasoning in a field of its own. Others stream it as `<think> ... </think>`, or by one of a
dozen other names, split between chunks anywhere; and many let special tokens of the model's template through.
"""

from __future__ import annotations

from collections.abc import Callable

from voicebot_openai.text.literal_tokens import LiteralTokens
from voicebot_openai.text.special_tokens import (
    ASSISTANT_ROLES,
    OTHER_ROLES,
    SpecialToken,
    TokenKind,
    may_begin_at,
    next_candidate,
    token_at,
)
from voicebot_openai.text.turn_headers import channel_header_at, role_at

_LOOKAHEAD = 48
_TURN_CHANGES = frozenset(
    {TokenKind.ASSISTANT_TURN, TokenKind.TURN_END, TokenKind.ROLE_HEADER, TokenKind.CHANNEL_HEADER}
)


class ReasoningFilter:
    """Takes the text of a reply in chunks and returns what is to be spoken, as soon as that is certain.

    Args:
        begins_inside: whether the reply begins with reasoning of which only the end is marked; if that end
            never comes, it was not reasoning.
        keeps_calls: whether tool calls that the server left in the text are returned, for the engine to read,
            or dropped.
    """

    def __init__(self, *, begins_inside: bool = False, keeps_calls: bool = False) -> None:
        self.has_reasoning = False
        """Whether there was any reasoning."""
        self.began_inside: bool | None = None
        """Whether the reply began with reasoning that was not marked, once that is known."""
        self._keeps_calls = keeps_calls
        self._text = ""
        self._at = 0
        self._final = False
        self._output: list[str] = []
        self._output_begun = False
        self._literals = LiteralTokens()
        self._after_token = self._after_reasoning = False
        self._inside_from_start = begins_inside
        self._held: list[str] | None = [] if begins_inside else None
        """Text that is reasoning only if its end comes; None if there is no doubt."""
        self._take = self._in_reasoning if begins_inside else self._in_reply
        self._states: dict[TokenKind, Callable[[], bool]] = {
            TokenKind.REASONING_START: self._in_reasoning,
            TokenKind.OTHER_TURN: self._in_other_turn,
            TokenKind.TOOL_CALL_START: self._in_tool_call,
            TokenKind.ROLE_HEADER: self._in_role,
            TokenKind.CHANNEL_HEADER: self._in_channel_header,
        }
        """The state that each kind of token leads to; all others lead to the reply."""

    def feed(self, text: str) -> str:
        """Return what can be spoken now that `text` has arrived."""
        self._text += text
        while self._at < len(self._text) and self._take():
            pass
        self._text, self._at = self._text[self._at :], 0
        output = "".join(self._output)
        self._output.clear()
        self._output_begun = self._output_begun or output != ""
        return output

    def finish(self, *, truncated: bool = False) -> str:
        """Return the text that was held back; reasoning without an end is dropped.

        Args:
            truncated: whether the reply reached its maximum length, so that reasoning may have no end.
        """
        self._final = True
        output = self.feed("")
        if truncated and self._inside_from_start:
            self.has_reasoning, self._held = True, None
        return output + self._release_held()

    def reasoning_is_separate(self) -> str:
        """Record that reasoning comes in a field of its own; return the text that was taken for reasoning."""
        return self._release_held() if self._inside_from_start else ""

    def _release_held(self) -> str:
        held, self._held = self._held, None
        if held is None:
            return ""
        if self._inside_from_start:
            self._inside_from_start = self.began_inside = False
        self._take = self._in_reply
        self._emit("".join((*held, self._text)))
        self._text = ""
        return self.feed("")

    def _in_reply(self) -> bool:
        """Take the next part of the reply; return whether there may be more to take."""
        start = self._at
        self._at = next_candidate(self._text, start)
        self._emit(self._text[start : self._at])
        if self._at == len(self._text):
            return False
        token = token_at(self._text, self._at)
        if token is None:
            if not self._final and may_begin_at(self._text, self._at):
                return False
            self._emit(self._text[self._at])
            self._at += 1
            return True
        after = self._text[token.end : token.end + _LOOKAHEAD]
        if not self._final and not after.strip(None if token.kind is TokenKind.REASONING_END else " \t"):
            return False
        text, self._at = self._text[self._at : token.end], token.end
        if self._literals.is_literal(token.kind, after):
            self._emit(text)
        else:
            self._follow(token, text, after)
        return True

    def _follow(self, token: SpecialToken, text: str, after: str) -> None:
        if token.kind is TokenKind.REASONING_START:
            doubtful = self._literals.within_sentence or (self._literals.last and after[:1] in (" ", "\t"))
            self._held = [text] if doubtful else None
            self.has_reasoning = self.has_reasoning or not doubtful
        elif token.kind is TokenKind.REASONING_END:
            self._end_unmarked_reasoning(after)
        elif token.kind in (TokenKind.TOOL_CALL_START, TokenKind.TOOL_CALL_END) and self._keeps_calls:
            self._emit(text)
        self._literals.add_token()
        self._after_token = True
        self._take = self._states.get(token.kind, self._in_reply)

    def _end_unmarked_reasoning(self, after: str) -> None:
        """Drop everything before the token that was not returned yet: it was reasoning."""
        if self.has_reasoning:
            return
        self.has_reasoning = self.began_inside = True
        if after.strip():
            self._output.clear()
        if not self._output_begun:
            self._literals = LiteralTokens()

    def _in_reasoning(self) -> bool:
        while (token := self._next_token()) is not None:
            if token.kind is TokenKind.REASONING_END:
                if self._inside_from_start:
                    self.began_inside = True
                self._inside_from_start, self._held, self.has_reasoning = False, None, True
                self._after_token = self._after_reasoning = True
                self._literals.add_token()
                self._take = self._in_reply
                return True
            if (
                token.kind is TokenKind.REASONING_START
                and self._inside_from_start
                and not "".join(self._held or ()).strip()
            ):
                self._inside_from_start, self._held, self.has_reasoning = False, None, True
                self.began_inside = False
            elif self._held is not None:
                self._held.append(self._text[token.start : token.end])
        return False

    def _in_tool_call(self) -> bool:
        """Skip or keep a tool call that the server left in the text."""
        start = self._at
        while (token := self._next_token()) is not None:
            if token.kind in (TokenKind.TOOL_CALL_END, TokenKind.TURN_END):
                self._take = self._in_reply
                break
        if self._keeps_calls:
            self._output.append(self._text[start : self._at])
        self._after_token = token is not None
        return token is not None

    def _in_other_turn(self) -> bool:
        """Skip the turn of another role."""
        while (token := self._next_token()) is not None:
            if token.kind in _TURN_CHANGES:
                self._literals.add_token()
                self._after_token = True
                self._take = self._states.get(token.kind, self._in_reply)
                return True
        return False

    def _in_role(self) -> bool:
        """Read the role of the turn that begins; a word that is not a role belongs to the reply."""
        header = role_at(self._text, self._at, final=self._final)
        if header is None:
            return False
        if header.name in ASSISTANT_ROLES or header.name in OTHER_ROLES:
            self._at = header.end
        self._take = self._in_other_turn if header.name in OTHER_ROLES else self._in_reply
        return True

    def _in_channel_header(self) -> bool:
        """Read the header of a message; only the channel `final` is to be spoken."""
        header = channel_header_at(self._text, self._at, final=self._final)
        if header is None:
            return False
        self._at = header.end
        if header.continued:
            return True
        if not header.name or header.name == "final" or header.name in ASSISTANT_ROLES:
            self._take = self._in_reply
        else:
            self.has_reasoning = self.has_reasoning or header.name not in OTHER_ROLES
            self._take = self._in_other_turn
        return True

    def _next_token(self) -> SpecialToken | None:
        """Skip text up to and including the next token; return None if there is none yet."""
        while self._at < len(self._text):
            start = self._at
            self._at = next_candidate(self._text, start)
            if self._held is not None:
                self._held.append(self._text[start : self._at])
            if self._at == len(self._text):
                break
            if (token := token_at(self._text, self._at)) is not None:
                self._at = token.end
                return token
            if not self._final and may_begin_at(self._text, self._at):
                break
            if self._held is not None:
                self._held.append(self._text[self._at])
            self._at += 1
        return None

    def _emit(self, text: str) -> None:
        if not text:
            return
        last = self._literals.last
        if not last or (self._after_token and last.isspace()):
            text = text.lstrip()
        elif self._after_reasoning and not text[0].isspace():
            text = f" {text}"
        if text:
            self._output.append(text)
            self._literals.add_text(text)
            self._after_token = self._after_reasoning = False
