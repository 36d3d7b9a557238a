"""Choosing how typed lines are read during `voicebot run`, and running a conversation with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from voicebot.cli.conversation.typed_lines import terminal
from voicebot.cli.conversation.typed_lines.plain_lines import PlainLines
from voicebot.cli.conversation.typed_lines.slash_commands import Configurable, SlashCommands
from voicebot.cli.conversation.typed_lines.stream import TypedStream
from voicebot.cli.output.printing import is_animated
from voicebot.interfaces import AudioStream
from voicebot.messages import DeviceEvent

if TYPE_CHECKING:
    from voicebot.cli.conversation.typed_lines.editor import Editor
    from voicebot.engine.conversation import Conversation
    from voicebot.engine.live.live_bot import LiveBot

    LineReader: TypeAlias = Editor | PlainLines | None
    """Reads typed lines; None if standard input is not a terminal, or the bot answers a recording."""

_KEYBOARD = "keyboard"


@asynccontextmanager
async def open_stream(live: LiveBot) -> AsyncGenerator[AudioStream, None]:
    """Open the device of a bot; the line editor replaces the keyboard device where it can run."""
    if live.bot.names["device"] == _KEYBOARD and _can_edit():
        yield _SilentStream()
        return
    async with live.open() as stream:
        yield stream


def choose_reader(stream: TypedStream, device: str) -> LineReader:
    """Return the reader of typed lines that suits a device, given by name."""
    spoken = stream.live and stream.microphone is not None
    if _can_edit() and (spoken or device == _KEYBOARD):
        from voicebot.cli.conversation.typed_lines.editor import Editor

        return Editor("> ") if spoken else Editor("You: ", "bold ansicyan")
    return PlainLines() if spoken and terminal.is_typed_at() and terminal.gives_lines() else None


def _can_edit() -> bool:
    return terminal.is_typed_at() and is_animated()


async def converse(
    conversation: Conversation,
    stream: TypedStream,
    reader: LineReader,
    *,
    show: Callable[[str], None],
    show_error: Callable[[str], None],
    config: Configurable,
) -> None:
    """Run a conversation until it ends, or until the user ends it by typing.

    Args:
        show: shows the answer to a command.
        show_error: shows why a command did nothing.
        config: what commands change.
    """
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        if reader is not None:
            await stack.enter_async_context(stream.merging())
        try:
            async with asyncio.timeout(None) as limit:
                commands = SlashCommands(
                    has_microphone=stream.microphone is not None,
                    show=show,
                    show_error=show_error,
                    hang_up=lambda: limit.reschedule(loop.time()),
                    config=config,
                )
                stream.use(commands)
                try:
                    await conversation.run()
                finally:
                    commands.hung_up = True
        except TimeoutError:
            if not limit.expired():
                raise


class _SilentStream(AudioStream):
    """A stream without a device: it yields nothing."""

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        await asyncio.get_running_loop().create_future()
        yield b""
