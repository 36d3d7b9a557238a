"""A chat model that says no word twice in a timeline, and fails as the setting says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from voicebot import ChatEvent, ChatModel, ChatRequest, Options, ProviderError, ReplyEnded, TextDelta

from ..timeline import ChatFault, Setting
from .vocabulary import bot_word

_WORDS = 5
"""Words of a sentence."""
_GAP = 0.02
_SLOW = 2.0


@dataclass(slots=True)
class Written:
    """A request, when it came, and what was written; `whole` if the model said that it was complete."""

    at: float
    request: ChatRequest
    fault: ChatFault
    text: str = ""
    whole: bool = False


class TimelineChatModel(ChatModel[Options]):
    """Answers everything with sentences of words that were not used before."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(Options())
        self.written: list[Written] = []
        self.open = 0
        """Replies in progress."""
        self._setting = setting
        self._words = 0
        self._asked_for_marks = 0

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream one reply."""
        faults = self._setting.chat_faults
        fault = faults[min(len(self.written), len(faults) - 1)]
        written = Written(asyncio.get_running_loop().time(), request, fault)
        self.written.append(written)
        self.open += 1
        try:
            await asyncio.sleep(self._setting.first_token + (_SLOW if fault == "slow" else 0))
            match fault:
                case "fails":
                    raise ProviderError("the chat_model is elsewhere", retryable=True)
                case "leaks":
                    raise asyncio.CancelledError
                case "hangs":
                    await asyncio.get_running_loop().create_future()
                case "refused":
                    yield ReplyEnded("filtered")
                    return
                case "empty":
                    yield ReplyEnded()
                    return
                case _:
                    pass
            if self._says_unfinished(request):
                for piece in (" [Unfi", "nished", "] What else"):
                    yield TextDelta(piece)
                    await asyncio.sleep(_GAP)
                raise AssertionError("a reply with the mark is not read to its end")
            for number in range(self._setting.sentences):
                for word in self._sentence():
                    piece = f" {word}" if written.text else word
                    written.text += piece
                    yield TextDelta(piece)
                    await asyncio.sleep(_GAP)
                if number:
                    continue
                if fault == "breaks":
                    raise ProviderError("the chat_model broke", retryable=True)
                if fault == "stalls":
                    await asyncio.get_running_loop().create_future()
            if fault == "taken back":
                yield ReplyEnded("filtered", withdrawn=len(written.text) // 2)
                return
            written.whole = True
            yield ReplyEnded()
        finally:
            self.open -= 1

    def _says_unfinished(self, request: ChatRequest) -> bool:
        if not (self._setting.marks and "[unfinished]" in request.messages[0].content):
            return False
        number, self._asked_for_marks = self._asked_for_marks, self._asked_for_marks + 1
        return self._setting.marks[min(number, len(self._setting.marks) - 1)]

    def _sentence(self) -> list[str]:
        words = [bot_word(self._words + number) for number in range(_WORDS)]
        self._words += _WORDS
        return [words[0].capitalize(), *words[1:-1], f"{words[-1]}."]
