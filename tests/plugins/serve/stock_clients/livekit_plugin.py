"""livekit-plugins-openai: a question in text, a function, and a story that sound interrupts."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from livekit import rtc
from livekit.agents import function_tool, llm
from livekit.plugins import openai

LOUD, SILENT = b"\x10\x20" * 2400, bytes(4800)  # 100 ms


@function_tool
async def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"sunny in {city}"


class Talk:
    def __init__(self, session: Any) -> None:
        self.seen: dict[str, Any] = {"sound": 0, "results": [], "errors": [], "interrupted": 0, "said": []}
        self._session = session
        self._heard: asyncio.Queue[str] = asyncio.Queue()
        self._own: asyncio.Queue[Any] = asyncio.Queue()
        session.on("error", lambda error: self.seen["errors"].append(str(error.error)))
        session.on("input_speech_started", self._speech_started)
        session.on(
            "input_audio_transcription_completed", lambda event: self._heard.put_nowait(event.transcript)
        )
        session.on("generation_created", self._created)

    def _speech_started(self, _: Any) -> None:
        self.seen["interrupted"] += 1
        self._session.interrupt()

    def _created(self, event: Any) -> None:
        if not event.user_initiated:
            self._own.put_nowait(event)

    async def says(self, line: str) -> None:
        context = self._session.chat_ctx.copy()
        context.add_message(role="user", content=line)
        await self._session.update_chat_ctx(context)
        self.seen["said"].append(line)

    async def answer(self) -> None:
        """Have the bot answer, and run its calls."""
        generation = await self._session.generate_reply()
        calls = await self.read(generation)
        if calls:
            context = self._session.chat_ctx.copy()
            for call in calls:
                output = await weather(**json.loads(call.arguments))
                self.seen["results"].append(output)
                context.items.append(
                    llm.FunctionCallOutput(
                        call_id=call.call_id, name=call.name, output=output, is_error=False
                    )
                )
            await self._session.update_chat_ctx(context)
            await self.answer()

    async def read(self, generation: Any) -> list[Any]:
        """Read one answer to its end; return its calls."""
        async for message in generation.message_stream:

            async def listen(stream: Any) -> int:
                return sum([len(frame.data) * 2 async for frame in stream])

            listening = asyncio.create_task(listen(message.audio_stream))
            words = [str(text) async for text in message.text_stream]
            self.seen["sound"] += await listening
            self.seen["said"].append("".join(words))
        return [call async for call in generation.function_stream]

    async def run(self) -> None:
        await self._session.update_instructions("Be brief.")
        await self._session.update_tools([weather])
        for line in ("hello", "what is the weather"):
            await self.says(line)
            await self.answer()
        await self.says("tell me a story")
        generation = await self._session.generate_reply()
        reading = asyncio.create_task(self.read(generation))
        await asyncio.sleep(2)
        for sound in [LOUD] * 10 + [SILENT] * 15:
            self._session.push_audio(rtc.AudioFrame(sound, 24_000, 1, 2400))
            await asyncio.sleep(0.1)
        await reading
        self.seen["said"].append(await self._heard.get())
        await self.read(await self._own.get())


async def main(url: str, key: str) -> None:
    model = openai.realtime.RealtimeModel(base_url=url, api_key=key, model="bot")
    session = model.session()
    talk = Talk(session)
    try:
        async with asyncio.timeout(40):
            await talk.run()
    finally:
        print(json.dumps(talk.seen))
    await session.aclose()


asyncio.run(main(sys.argv[1], sys.argv[2]))
