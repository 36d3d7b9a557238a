"""openai-agents (Python): a question in text, a function, and a story that sound interrupts."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner

LOUD, SILENT = b"\x10\x20" * 2400, bytes(4800)  # 100 ms


@function_tool
def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"sunny in {city}"


class Talk:
    """What is said next, and what has been seen."""

    def __init__(self, session: Any) -> None:
        self.seen: dict[str, Any] = {"sound": 0, "results": [], "errors": [], "interrupted": 0}
        self._session = session
        self._lines = ["hello", "what is the weather", "tell me a story"]
        self._answers = ["Ahoy", "It is sunny"]
        self._is_interrupting = False

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            await self._next()
            async for event in self._session:
                match event.type:
                    case "audio":
                        self.seen["sound"] += len(event.audio.data)
                        if not self._lines and not self._is_interrupting:
                            self._is_interrupting = True
                            tasks.create_task(self._interrupt())
                    case "tool_end":
                        self.seen["results"].append(event.output)
                    case "error":
                        self.seen["errors"].append(str(event.error))
                    case "audio_interrupted":
                        self.seen["interrupted"] += 1
                    case "history_updated":
                        said = self._said(event.history)
                        if self._answers and said and said[-1].startswith(self._answers[0]):
                            self._answers.pop(0)
                            await self._next()
                        if (
                            len(said) > 1
                            and said[-2].startswith("stop")
                            and said[-1].startswith("Ahoy there.")
                        ):
                            self.seen["said"] = said
                            return

    async def _next(self) -> None:
        await self._session.send_message(self._lines.pop(0))

    async def _interrupt(self) -> None:
        await asyncio.sleep(1)
        for sound in [LOUD] * 10 + [SILENT] * 15:
            await self._session.send_audio(sound)
            await asyncio.sleep(0.1)

    def _said(self, history: list[Any]) -> list[str]:
        return [
            " ".join(
                getattr(part, "transcript", None) or getattr(part, "text", None) or ""
                for part in item.content
            )
            for item in history
            if item.type == "message"
        ]


async def main(url: str, key: str) -> None:
    agent = RealtimeAgent(name="sailor", instructions="Be brief.", tools=[weather])
    runner = RealtimeRunner(agent)
    async with await runner.run(model_config={"url": url, "api_key": key}) as session:
        talk = Talk(session)
        try:
            async with asyncio.timeout(40):
                await talk.run()
        finally:
            print(json.dumps(talk.seen))


asyncio.run(main(sys.argv[1], sys.argv[2]))
