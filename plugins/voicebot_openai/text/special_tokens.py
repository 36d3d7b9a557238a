"""The special tokens that models write between their text: where reasoning begins and ends, whose turn it is.

Servers should interpret and remove them; many let some of them through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_REASONING = (
    r"(?:[a-z]{1,12}[:_])?(?:(?:ant)?think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratchpad|analysis"
    r"|monologue|cot|deliberation)"
)
ASSISTANT_ROLES = frozenset({"assistant", "model", "bot", "ai", "gpt", "chatbot", "chatbot_token"})
OTHER_ROLES = frozenset(
    {
        *("user", "human", "system", "developer", "tool", "function", "ipython", "environment"),
        *("observation", "user_token", "system_token"),
    }
)
_REASONING_STARTS = frozenset({"begin_of_thought", "start_thinking", "think", "thinking", "unused94"})
_REASONING_ENDS = frozenset({"end_of_thought", "end_thinking", "/think", "/thinking", "unused95"})
_TOOL_CALL_STARTS = frozenset(
    {"tool_calls_section_begin", "tool_calls_begin", "tool_call_begin", "python_tag"}
)
_TOOL_CALL_ENDS = frozenset({"tool_calls_section_end", "tool_calls_end", "tool_call_end"})
_TURN_ENDS = frozenset(
    {"end", "return", "call", "im_end", "eot_id", "eom_id", "endoftext", "end_of_turn", "eot", "endofturn"}
)
_ROLE_HEADERS = frozenset({"im_start", "start_header_id", "header_start", "start_of_turn", "start_of_role"})

_CANDIDATE = re.compile(r"[<\[◁]")
_TOKEN = re.compile(
    rf"""
      <(?P<end>/?){_REASONING}>
    | (?-i:\[(?P<end_>/?)(?:THINK|THINKING|REASONING)\])
    | ◁(?P<end__>/?)think▷
    | <[|｜](?P<name>[\w:/▁.-]{{1,40}})[|｜]>
    | <\|(?P<opens>channel|turn)> | <(?P<closes>channel|turn)\|>
    | (?-i:\[\|(?P<boxed>[\w:/.-]{{1,20}})\|\])
    | <(?P<bare>start_of_turn|end_of_turn|end_of_utterance|bos|eos|pad|unk|sop|eop|unused\d+)>
    | <(?P<spare>(?:reserved|special)_\d+|0x[0-9a-f][0-9a-f])>
    | </?(?P<wraps>answer|final_answer|response)>
    | (?-i:\[(?P<caps>BOS|EOS|PAD|UNK|SEP|CLS|gMASK)\])
    | <(?P<calls>/?)(?:tool_calls?|function(?:=[\w.-]+|(?<=</function)))> | (?-i:(?P<called>\[TOOL_CALLS\]))
    | <(?P<line>/?s)>
    | (?-i:\[(?P<instruction>/?)INST\])
    | <<(?P<system>/?)SYS>> | (?-i:\[(?P<system_>/?)SYSTEM_PROMPT\])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_INCOMPLETE = re.compile(
    r"<{0,2}[/|｜]{0,2}[\w:/▁.=-]{0,40}[|｜]?|\[(?:/?[A-Za-z_]{0,14}|\|[\w:/.-]{0,20}\|?)|◁/?[a-z]{0,5}"
)


class TokenKind(Enum):
    """What a special token does."""

    REASONING_START = auto()
    REASONING_END = auto()
    ASSISTANT_TURN = auto()
    OTHER_TURN = auto()
    ROLE_HEADER = auto()
    """The role of the next turn follows."""
    CHANNEL_HEADER = auto()
    """The role or channel of the next message follows."""
    MESSAGE_START = auto()
    TURN_END = auto()
    SEQUENCE_START = auto()
    TOOL_CALL_START = auto()
    TOOL_CALL_END = auto()
    IGNORED = auto()


@dataclass(frozen=True, slots=True)
class SpecialToken:
    """A token and its position in the text."""

    kind: TokenKind
    start: int
    end: int


def next_candidate(text: str, start: int) -> int:
    """Return the position where the next token may begin, or the end of the text."""
    found = _CANDIDATE.search(text, start)
    return found.start() if found else len(text)


def token_at(text: str, start: int) -> SpecialToken | None:
    """Return the token that begins at a position, None if there is none."""
    found = _TOKEN.match(text, start)
    return SpecialToken(_kind_of(found), start, found.end()) if found else None


def may_begin_at(text: str, start: int) -> bool:
    """Return whether the rest of the text may be the beginning of a token."""
    return _INCOMPLETE.fullmatch(text, start) is not None


def _kind_of(found: re.Match[str]) -> TokenKind:
    for group in ("end", "end_", "end__"):
        if found[group] is not None:
            return TokenKind.REASONING_END if found[group] else TokenKind.REASONING_START
    if found["opens"]:
        return TokenKind.REASONING_START if found["opens"] == "channel" else TokenKind.ROLE_HEADER
    if found["closes"]:
        return TokenKind.REASONING_END if found["closes"] == "channel" else TokenKind.TURN_END
    if found["line"]:
        return TokenKind.TURN_END if found["line"].startswith("/") else TokenKind.SEQUENCE_START
    if found["instruction"] is not None:
        return TokenKind.ASSISTANT_TURN if found["instruction"] else TokenKind.OTHER_TURN
    if found["calls"] is not None:
        return TokenKind.TOOL_CALL_END if found["calls"] else TokenKind.TOOL_CALL_START
    if found["called"]:
        return TokenKind.TOOL_CALL_START
    if found["wraps"] or found["caps"] or found["spare"]:
        return TokenKind.IGNORED
    for group in ("system", "system_"):
        if found[group] is not None:
            return TokenKind.IGNORED if found[group] else TokenKind.OTHER_TURN
    return _kind_of_name((found["name"] or found["boxed"] or found["bare"]).lower())


def _kind_of_name(name: str) -> TokenKind:
    for kind, names in _KINDS_BY_NAME:
        if name.replace("▁", "_") in names:
            return kind
    return TokenKind.IGNORED


_KINDS_BY_NAME = (
    (TokenKind.REASONING_START, _REASONING_STARTS),
    (TokenKind.REASONING_END, _REASONING_ENDS),
    (TokenKind.ASSISTANT_TURN, ASSISTANT_ROLES),
    (TokenKind.OTHER_TURN, OTHER_ROLES),
    (TokenKind.ROLE_HEADER, _ROLE_HEADERS),
    (TokenKind.CHANNEL_HEADER, {"start", "channel"}),
    (TokenKind.MESSAGE_START, {"message"}),
    (TokenKind.TURN_END, _TURN_ENDS),
    (TokenKind.TOOL_CALL_START, _TOOL_CALL_STARTS),
    (TokenKind.TOOL_CALL_END, _TOOL_CALL_ENDS),
)
