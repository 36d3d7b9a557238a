"""The line editor: the line being typed stays at the bottom while text is written above it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TextIO, cast

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Size
from prompt_toolkit.filters import Condition, is_done
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    Window,
)
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.output import ColorDepth, Output, create_output
from rich.cells import cell_len
from rich.console import RenderableType

from voicebot.cli.conversation.typed_lines import terminal
from voicebot.cli.conversation.typed_lines.screen import AboveInput, Screen
from voicebot.cli.conversation.typed_lines.stream import TypedStream
from voicebot.cli.output.printing import console, screen
from voicebot.plain_text import printable_words

_END, _SUSPENDED, _AGAIN = "end", "suspended", "again"


class Editor:
    """Lets the user edit lines, with a history that is kept only in memory.

    Args:
        prompt: the text before the line.
        style: the style of the prompt.
    """

    def __init__(self, prompt: str, style: str = "") -> None:
        self.console = console(file=AboveInput(self.print))
        """A console whose output appears above the line."""
        self.prompt = prompt
        self._screen = Screen(screen())
        self._claim = terminal.Claim()
        self._lower: RenderableType = ""
        self._stream: TypedStream | None = None
        self._line = Buffer(accept_handler=self._accept, multiline=False)
        line = BufferControl(self._line, input_processors=[BeforeInput(lambda: self.prompt, style)])
        above = Window(FormattedTextControl(lambda: ANSI("\n".join(self._rows()))), dont_extend_height=True)
        self._app: Application[str] = Application(
            layout=Layout(
                HSplit(
                    [
                        ConditionalContainer(above, ~is_done & Condition(lambda: bool(self._rows()))),
                        Window(line, height=self._height, wrap_lines=True, dont_extend_height=True),
                    ]
                )
            ),
            key_bindings=self._keys(),
            input=_input(self._claim),
            output=self._output(),
            erase_when_done=True,
            color_depth=ColorDepth.from_env(),  # no colours with NO_COLOR
        )

    def show(self, lower: RenderableType) -> None:
        """Show something between the printed text and the line, replacing what was shown there before."""
        self._lower = lower
        self._app.invalidate()

    def print(self, text: str) -> None:
        """Print complete lines above the line."""
        if self._app.is_running:
            self._app.renderer.erase()
        self._screen.write(text)
        self._screen.flush()
        self._app.invalidate()

    async def run(self, stream: TypedStream) -> None:
        """Pass on lines until Ctrl-D; while in the background of a shell, wait."""
        self._stream = stream
        with self._job_control():
            while True:
                await terminal.wait_for_foreground()
                try:
                    ended = await self._app.run_async(handle_sigint=False, set_exception_handler=False)
                except EOFError:
                    ended = _END
                if ended == _END:
                    break
                if ended == _SUSPENDED:
                    self._stop()
        stream.end()

    def _accept(self, line: Buffer) -> bool:
        if self._stream is not None:
            self._stream.take(printable_words(line.text))
        return False

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add(Keys.ControlD, filter=Condition(lambda: not self._line.text))
        def _(event: KeyPressEvent) -> None:
            self._exit(_END)

        @keys.add(Keys.BracketedPaste)
        def _(event: KeyPressEvent) -> None:
            # several pasted lines are one turn, which is sent only when Enter is pressed
            before, after = (" " if edge.isspace() else "" for edge in (event.data[:1], event.data[-1:]))
            if words := printable_words(event.data):
                self._line.insert_text(f"{before}{words}{after}")

        if sys.platform == "win32":  # elsewhere Ctrl-C sends a signal

            @keys.add(Keys.ControlC)
            def _(event: KeyPressEvent) -> None:
                signal.raise_signal(signal.SIGINT)

        return keys

    def _exit(self, result: str) -> None:
        if self._app.is_running and not self._app.is_done:
            self._app.exit(result=result)

    @contextmanager
    def _job_control(self) -> Iterator[None]:
        """Restore the terminal while the program is suspended (Ctrl-Z), and claim it again afterwards."""
        loop = asyncio.get_running_loop()
        if (
            sys.platform == "win32"
            or threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL
        ):
            yield
            return
        loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        loop.add_signal_handler(signal.SIGCONT, self._exit, _AGAIN)  # it may also be stopped by others
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGTSTP)
            loop.remove_signal_handler(signal.SIGCONT)

    def _suspend(self) -> None:
        if self._app.is_running:
            self._exit(_SUSPENDED)
        else:
            self._stop()

    def _stop(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_signal_handler(signal.SIGTSTP)
        signal.raise_signal(signal.SIGTSTP)  # it continues here when the shell resumes it
        loop.add_signal_handler(signal.SIGTSTP, self._suspend)

    def _rows(self) -> list[str]:
        """Return the lower part as lines for the terminal; the last ones if there is no room for all."""
        with self.console.capture() as captured:
            self.console.print(self._lower)
        rows = captured.get().rstrip("\n").splitlines() if self._lower else []
        return rows[-max(1, self.console.height - self._height().max - 1) :]

    def _height(self) -> Dimension:
        rows = 1 + cell_len(self.prompt + self._line.text) // max(1, self.console.width)
        return Dimension(min=1, max=min(rows, max(1, self.console.height // 2)))

    def _output(self) -> Output:
        if sys.platform == "win32":
            return create_output(screen())
        from prompt_toolkit.output.vt100 import Vt100_Output

        return Vt100_Output(
            cast(TextIO, self._screen),
            lambda: Size(rows=self.console.height, columns=self.console.width),
            term=os.environ.get("TERM"),
            enable_bell=False,
            enable_cpr=False,  # a late response would be typed into the shell
        )


def _input(claim: terminal.Claim) -> Input:
    if sys.platform == "win32":
        return create_input()
    from prompt_toolkit.input.vt100 import Vt100Input

    class Keyboard(Vt100Input):
        def raw_mode(self) -> AbstractContextManager[None]:
            return claim.keys()

    return Keyboard(sys.stdin)
