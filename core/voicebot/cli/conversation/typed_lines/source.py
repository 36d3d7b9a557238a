"""Where typed lines come from during `voicebot run`, and how a conversation is held with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from voicebot.cli.conversation.typed_lines import terminal
from voicebot.cli.conversation.typed_lines.plain_lines import PlainLines
from voicebot.cli.conversation.typed_lines.slash_commands import Commands
from voicebot.cli.conversation.typed_lines.stream import TypedStream
from voicebot.cli.output.printing import is_animated
from voicebot.interfaces import AudioDevice, AudioStream
from voicebot.messages import DeviceEvent
from voicebot.options import Options

if TYPE_CHECKING:
    from voicebot.cli.conversation.typed_lines.editor import Editor
    from voicebot.cli.conversation.view import View
    from voicebot.engine.conversation import Conversation

    Lines: TypeAlias = Editor | PlainLines | None
    """Gives lines; nothing does where standard input is no terminal, or a recording is heard."""

_KEYBOARD = "keyboard"


@asynccontextmanager
async def opened(device: AudioDevice[Options], name: str) -> AsyncGenerator[TypedStream, None]:
    """Open a device of a name; in the place of the keyboard lines will be edited, if they can be."""
    if name == _KEYBOARD and _can_edit():
        yield TypedStream(_Nothing())
        return
    async with device.open() as stream:
        yield TypedStream(stream)


def choose_lines(stream: TypedStream, name: str) -> Lines:
    """Return what gives the lines that are typed beside a device of a name."""
    spoken = stream.live and stream.microphone is not None
    if _can_edit() and (spoken or name == _KEYBOARD):
        from voicebot.cli.conversation.typed_lines.editor import Editor

        return Editor("> ") if spoken else Editor("You: ", "bold ansicyan")
    return PlainLines() if spoken and terminal.is_typed_at() and terminal.gives_lines() else None


def _can_edit() -> bool:
    return terminal.is_typed_at() and is_animated()


async def converse(conversation: Conversation, stream: TypedStream, lines: Lines, view: View) -> None:
    """Hold a conversation until it ends, or the user types that it shall."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        if lines is not None:
            await stack.enter_async_context(stream.merging())
        try:
            async with asyncio.timeout(None) as limit:
                commands = Commands(
                    has_microphone=stream.microphone is not None,
                    tell=view.noticed,
                    complain=view.trouble,
                    hang_up=lambda: limit.reschedule(loop.time()),
                )
                stream.use(commands)
                try:
                    await conversation.run()
                finally:
                    commands.hung_up = True
        except TimeoutError:
            if not limit.expired():
                raise


class _Nothing(AudioStream):
    """The stream of no device: nothing is heard, for ever."""

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        await asyncio.get_running_loop().create_future()
        yield b""
