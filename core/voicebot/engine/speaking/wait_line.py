"""What the bot says while tools run and nothing else is to be heard.

That is what the tools report, or a line of the config. It is no part of the reply: history does
not keep it, since chat models would imitate it.
"""

from __future__ import annotations

import asyncio

from voicebot.engine.speaking.playback.playback import PlaybackFailed
from voicebot.engine.speaking.prepared_line import PreparedLine, WaitLines
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.tools.reply_tools import ReplyTools


class WaitLine:
    """Says such lines in one reply.

    The first one comes `tool_use.wait_after` seconds after the release of the reply, and each other one as
    long after the one before.
    """

    def __init__(self, context: ReplyContext, lines: WaitLines, tools: ReplyTools, audio: ReplyAudio) -> None:
        self._lines = lines
        self._after = context.settings.tool_use.wait_after
        self._tools = tools
        self._audio = audio
        self._synthesizer = context.synthesizer

    async def say_when_due(self) -> None:
        """Say lines until the reply is heard; the config's at most once, and each report of a tool."""
        await self._audio.wait_until_released()
        tools, is_first = self._tools, True
        while True:
            await asyncio.sleep(self._after)
            await tools.working.wait()
            if self._audio.has_begun:
                return
            if tools.progress:
                line: PreparedLine | None = PreparedLine(tools.progress)
                tools.progress = ""
            else:
                line = self._lines.next() if is_first else None
            if line is not None:
                is_first = False
                await self._say(line)
                continue
            tools.reported.clear()
            await tools.reported.wait()

    async def _say(self, line: PreparedLine) -> None:
        if not line.audio:
            await self._synthesizer.prepare(line)
        if line.audio and self._tools.working.is_set() and not self._audio.has_begun:
            try:
                await self._audio.play(line.text, line.audio, is_part=False)
            except PlaybackFailed:  # the reply will fail in the same way
                return
