"""The marks that models write beside their text: where thoughts begin and end, whose turn it is.

Servers ought to read them and keep them to themselves; many pass some of them on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_THOUGHTS = (
    r"(?:[a-z]{1,12}[:_])?(?:(?:ant)?think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratchpad|analysis"
    r"|monologue|cot|deliberation)"
)
ASSISTANT = frozenset({"assistant", "model", "bot", "ai", "gpt", "chatbot", "chatbot_token"})
OTHERS = frozenset(
    {
        *("user", "human", "system", "developer", "tool", "function", "ipython", "environment"),
        *("observation", "user_token", "system_token"),
    }
)
_THOUGHT_BEGINS = frozenset({"begin_of_thought", "start_thinking", "think", "thinking", "unused94"})
_THOUGHT_ENDS = frozenset({"end_of_thought", "end_thinking", "/think", "/thinking", "unused95"})
_CALLS = frozenset({"tool_calls_section_begin", "tool_calls_begin", "tool_call_begin", "python_tag"})
_CALL_ENDS = frozenset({"tool_calls_section_end", "tool_calls_end", "tool_call_end"})
_ENDS = frozenset(
    {"end", "return", "call", "im_end", "eot_id", "eom_id", "endoftext", "end_of_turn", "eot", "endofturn"}
)
_NAMED_NEXT = frozenset({"im_start", "start_header_id", "header_start", "start_of_turn", "start_of_role"})

_CANDIDATE = re.compile(r"[<\[◁]")
_TOKEN = re.compile(
    rf"""
      <(?P<end>/?){_THOUGHTS}>
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
_BEGINNING = re.compile(
    r"<{0,2}[/|｜]{0,2}[\w:/▁.=-]{0,40}[|｜]?|\[(?:/?[A-Za-z_]{0,14}|\|[\w:/.-]{0,20}\|?)|◁/?[a-z]{0,5}"
)


class Kind(Enum):
    """What a mark does."""

    THOUGHT = auto()
    THOUGHT_ENDS = auto()
    ASSISTANT = auto()
    OTHERS = auto()
    NAMED_NEXT = auto()
    MESSAGE_HEADER = auto()
    MESSAGE = auto()
    TURN_ENDS = auto()
    BEGINNING = auto()
    CALL = auto()
    CALL_ENDS = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A mark, and where it stands in the text it was found in."""

    kind: Kind
    start: int
    end: int


def next_candidate(text: str, start: int) -> int:
    """Return where the next mark may begin, or the end of the text."""
    found = _CANDIDATE.search(text, start)
    return found.start() if found else len(text)


def token_at(text: str, start: int) -> Token | None:
    """Return the mark that begins there."""
    found = _TOKEN.match(text, start)
    return Token(_kind(found), start, found.end()) if found else None


def may_begin_at(text: str, start: int) -> bool:
    """Return whether the rest of a text may be the beginning of a mark."""
    return _BEGINNING.fullmatch(text, start) is not None


def _kind(found: re.Match[str]) -> Kind:
    for group in ("end", "end_", "end__"):
        if found[group] is not None:
            return Kind.THOUGHT_ENDS if found[group] else Kind.THOUGHT
    if found["opens"]:
        return Kind.THOUGHT if found["opens"] == "channel" else Kind.NAMED_NEXT
    if found["closes"]:
        return Kind.THOUGHT_ENDS if found["closes"] == "channel" else Kind.TURN_ENDS
    if found["line"]:
        return Kind.TURN_ENDS if found["line"].startswith("/") else Kind.BEGINNING
    if found["instruction"] is not None:
        return Kind.ASSISTANT if found["instruction"] else Kind.OTHERS
    if found["calls"] is not None:
        return Kind.CALL_ENDS if found["calls"] else Kind.CALL
    if found["called"]:
        return Kind.CALL
    if found["wraps"] or found["caps"] or found["spare"]:
        return Kind.NOTHING
    for group in ("system", "system_"):
        if found[group] is not None:
            return Kind.NOTHING if found[group] else Kind.OTHERS
    return _named((found["name"] or found["boxed"] or found["bare"]).lower())


def _named(name: str) -> Kind:
    for kind, names in _KINDS:
        if name.replace("▁", "_") in names:
            return kind
    return Kind.NOTHING


_KINDS = (
    (Kind.THOUGHT, _THOUGHT_BEGINS),
    (Kind.THOUGHT_ENDS, _THOUGHT_ENDS),
    (Kind.ASSISTANT, ASSISTANT),
    (Kind.OTHERS, OTHERS),
    (Kind.NAMED_NEXT, _NAMED_NEXT),
    (Kind.MESSAGE_HEADER, {"start", "channel"}),
    (Kind.MESSAGE, {"message"}),
    (Kind.TURN_ENDS, _ENDS),
    (Kind.CALL, _CALLS),
    (Kind.CALL_ENDS, _CALL_ENDS),
)
