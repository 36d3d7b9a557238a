"""Taking calls of tools out of the text that a chat model writes: they are called, and not spoken.

Small models on local servers often write calls into their text, since the server does not know their form.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from voicebot.engine.text.written_calls import (
    Incomplete,
    Reading,
    WrittenCall,
    begins_like_call,
    json_calls,
    named_call,
    python_calls,
    tagged_call,
)

_FENCES = ("```", "```json", "```tool_call", "```tool_code", "```python", "```xml", "```js", "```javascript")
_MARKS = (
    *("<tool_call>", "<tool_calls>", "<function_call>", "<function_calls>", "<functioncall>", "<tools>"),
    *(
        "<tool_code>",
        "[TOOL_CALLS]",
        "[TOOL_CALL]",
        "<|python_tag|>",
        "<|tool_call|>",
        "<|tool_calls|>",
        ">>>",
    ),
    *("<|tool_calls_section_begin|>", "<|tool_call_begin|>", "<|tool_calls_begin|>"),
    *("<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>"),
)
"""What models write before a call."""
_ENDS = (
    *(
        "</tool_call>",
        "</tool_calls>",
        "</function_call>",
        "</function_calls>",
        "</functioncall>",
        "</tools>",
    ),
    *("</tool_code>", "</function>", "</invoke>", "</tool>", "[/TOOL_CALLS]", "[/TOOL_CALL]", "<|eom_id|>"),
    *("<|eot_id|>", "<|/tool_call|>", "<|/tool_calls|>", "<|tool_call_end|>", "<|tool_calls_section_end|>"),
    *("<|tool_calls_end|>", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>", "<｜end▁of▁sentence｜>"),
)
"""What they write after one."""
_TAGS = ("<function=", '<invoke name="', '<function name="', '<tool name="')
_OPENING = "<[{`>"
_CANDIDATE = re.compile(r"[<\[{`>]|^[ \t]*\w", re.MULTILINE)
_CLOSING = re.compile(r"[)\]}>`]")
_SHORT = 300
"""Characters within which it turns out that text is no call; after that, only closing marks matter."""
_BETWEEN_CALLS = " \t\r\n;,"
_SENTENCE_ENDS = "\n.!?:…。！？："


def is_quoted(name: str, texts: Iterable[str]) -> bool:
    """Return whether one of some texts may contain a call of this tool, which a model may have copied."""
    written = rf"""["'=]{re.escape(name)}\\?["'>]|\b{re.escape(name)}(?:\[ARGS\])?\s*[({{]"""
    return any(re.search(written, text) for text in texts)


class CallSyntaxFilter:
    """Takes the text of a reply in pieces and returns what is to be spoken, as soon as that is certain.

    JSON is taken for a call at the beginning of a sentence, `weather(city="Bonn")` only at that of a line.
    It counts as one only at the beginning of the reply or, if it is marked, at its end: anywhere else, it is
    left out like a broken one, since the model may be quoting.

    Args:
        names: the names of the tools; without any, all text is returned.
    """

    def __init__(self, names: Collection[str]) -> None:
        self.calls: list[WrittenCall] = []
        """The calls found at the beginning of the reply and, once it is finished, at its end."""
        self.has_dropped = False
        """Whether anything was left out that looks like a call, but is broken, quoted or of no known tool."""
        self._at_end: list[WrittenCall] = []
        """Calls after words, which count if no more words follow."""
        self._has_words = False
        self._names = frozenset(names)
        self._held = ""
        self._before = ""
        """The end of the text before what is held."""
        self._after_call = self._in_fence = self._is_final = False

    def feed(self, text: str) -> str:
        """Return what can be spoken now that `text` has arrived."""
        if not self._names:
            return text
        waits = len(self._held) > _SHORT and not _CLOSING.search(text)
        self._held += text
        return "" if waits else self._take()

    def finish(self) -> str:
        """Return the rest of the text; a call that is broken off is left out."""
        self._is_final = True
        rest = self._take()
        self.calls += self._at_end
        self._at_end = []
        return rest

    def _take(self) -> str:
        spoken: list[str] = []
        try:
            while self._skip_ends():
                if at := self._candidate():
                    spoken.append(self._speak(at))
                elif (found := self._read()) is None:
                    spoken.append(self._speak(1))
                else:
                    self._leave_out(*found)
        except Incomplete:
            pass
        return "".join(spoken)

    def _skip_ends(self) -> bool:
        """Leave out what follows a call; return whether there is more text."""
        while self._after_call:
            self._held = text = self._held.lstrip(_BETWEEN_CALLS)
            ends = (*_ENDS, _FENCES[0]) if self._in_fence else _ENDS
            if text and not self._is_final and any(end.startswith(text) and end != text for end in ends):
                raise Incomplete
            if not (end := next(filter(text.startswith, ends), "")):
                break
            self._in_fence = self._in_fence and end != _FENCES[0]
            self._held = text[len(end) :]
        return self._held != ""

    def _candidate(self) -> int:
        """Return where call syntax may begin, or the end of what is held."""
        for found in _CANDIDATE.finditer(self._held):
            at = found.end() - 1
            if self._held[at] in _OPENING or found.start() or self._begins_line():
                return at
        return len(self._held)

    def _speak(self, size: int) -> str:
        text, self._held = self._held[:size], self._held[size:]
        self._before = (self._before + text)[-_SHORT:]
        self._after_call = self._in_fence = False
        if any(map(str.isalnum, text)):
            self._has_words = True
            self.has_dropped = self.has_dropped or bool(self._at_end)
            self._at_end = []
        return text

    def _leave_out(self, size: int, calls: list[WrittenCall]) -> None:
        self._in_fence = self._in_fence or _FENCES[0] in self._held[:size]
        is_marked = self._held.startswith((*_MARKS, *_TAGS)) or (self._after_call and bool(self._at_end))
        self._held = self._held[size:]
        if not self._has_words:
            self.calls += calls
        elif is_marked:
            self._at_end += calls
        else:
            calls = []
        self.has_dropped = self.has_dropped or not calls
        self._after_call = True

    def _read(self) -> Reading:
        """Read the call that begins the held text; None if there is none."""
        at, is_marked = 0, False
        try:
            at, is_marked = self._end_of_marks()
            return self._read_call(at, is_marked=is_marked)
        except Incomplete:
            if not self._is_final:
                raise
            return (len(self._held), []) if self._is_certain(at, is_marked=is_marked) else None

    def _read_call(self, at: int, *, is_marked: bool) -> Reading:
        text, names, first = self._held, self._names, self._held[at : at + 1]
        if not first or any(tag.startswith(text[at:]) for tag in _TAGS):
            raise Incomplete
        if text.startswith(_TAGS, at):
            return tagged_call(text, at, names)
        found: Reading = None
        if (first == "[" and (at or self._begins_sentence())) or (
            first not in _OPENING and (at or self._begins_line())
        ):
            if is_marked and first != "[":
                found = named_call(text, at, names)
            found = found or python_calls(text, at, names)
        if found is None and first in "{[" and (at or self._begins_sentence()):
            found = json_calls(text, at, names, is_marked=is_marked)
        return found

    def _end_of_marks(self) -> tuple[int, bool]:
        """Return where the marks before a call end, and whether there are any other than a fence."""
        text, at, is_marked = self._held, 0, False
        while True:
            rest = text[at:]
            marks = (*_MARKS, *_FENCES) if at or self._begins_line() else _MARKS
            if rest and any(mark.startswith(rest) and mark != rest for mark in marks):
                raise Incomplete
            mark = max(filter(rest.startswith, marks), key=len, default="")
            if not mark:
                return at, is_marked
            is_marked = is_marked or mark not in _FENCES
            at += len(mark)
            at += len(text[at:]) - len(text[at:].lstrip())

    def _is_certain(self, at: int, *, is_marked: bool) -> bool:
        """Return whether what is held at the end of the reply is the beginning of a call."""
        text, first = self._held, self._held[at : at + 1]
        if not first:
            return is_marked and self._begins_sentence()
        if (is_marked and first in "{[<") or (text.startswith(_TAGS, at) and ">" in text[at:]):
            return True
        is_called = first not in "{<" and "(" in text[at:]
        return is_called or begins_like_call(text, at, self._names, certainly=True)

    def _begins_line(self) -> bool:
        before = self._before.rstrip(" \t")
        return self._after_call or not before or before[-1] == "\n"

    def _begins_sentence(self) -> bool:
        before = self._before.rstrip(" \t")
        return self._after_call or not before or before[-1] in _SENTENCE_ENDS
