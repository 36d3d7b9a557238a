"""Ways in which providers can harm the program around them."""

from __future__ import annotations

import asyncio
import ctypes
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from voicebot import VoiceActivityOptions

from .harm import Harm

SILENT = [sys.executable, "-S", "-E", "-c", "import time; time.sleep(60)"]


MEGABYTE = 1_000_000


class Kept:
    """What was left behind, for the test to clean up."""

    children: ClassVar[list[subprocess.Popen[bytes]]] = []
    objects: ClassVar[list[Any]] = []
    descriptors: ClassVar[list[int]] = []
    memory: ClassVar[list[int]] = []


class Sleeps(Harm):
    def at_once(self, text: str) -> None:
        time.sleep(0.06)


class Naps(Harm):
    """Waits for its sound to be played, piece by piece."""

    async def while_used(self, text: str) -> None:
        for _ in range(20):
            time.sleep(0.015)  # noqa: ASYNC251
            await asyncio.sleep(0)

    def at_once(self, text: str) -> None:
        time.sleep(0.3)


class Runs(Harm):
    def at_once(self, text: str) -> None:
        subprocess.run(["sleep", "0.06"], check=True)


class Computes(Harm):
    def at_once(self, text: str) -> None:
        end = time.thread_time() + 0.06
        while time.thread_time() < end:
            pass


class Shouts(Harm):
    """Has a shell read the text, in double quotes."""

    async def while_used(self, text: str) -> None:
        await shell(f'true "{text}"')


class ShoutsInQuotes(Harm):
    async def while_used(self, text: str) -> None:
        await shell(f"true '{text}'")


class ShoutsBare(Harm):
    async def while_used(self, text: str) -> None:
        await shell(f"true {text}")


class ShoutsCarefully(Harm):
    """Removes what a shell interprets inside double quotes, except for the quotes themselves."""

    async def while_used(self, text: str) -> None:
        await shell(f'true "{text.replace("$", "").replace("`", "")}"')


class Obeys(Harm):
    """Passes the text to a command that takes it for an option: the file to write to."""

    async def while_used(self, text: str) -> None:
        write = "import getopt, sys; [open(at, 'w') for _, at in getopt.getopt(sys.argv[1:], 'w:')[0]]"
        await run(sys.executable, "-S", "-E", "-c", write, text.replace("\0", ""))


class WritesByName(Harm):
    """Keeps the text in a file that is named like it."""

    async def while_used(self, text: str) -> None:
        write(Path(tempfile.gettempdir(), text), text)


class WritesByNameWithEnding(Harm):
    async def while_used(self, text: str) -> None:
        write(Path(f"{tempfile.gettempdir()}/{text}.wav"), text)


class Evaluates(Harm):
    async def while_used(self, text: str) -> None:
        with suppress(Exception):
            eval(text)  # noqa: S307


class LeavesAChild(Harm):
    def at_closing(self) -> None:
        Kept.children.append(subprocess.Popen(SILENT))


class LeavesAChildOnceForAll(Harm):
    def at_once(self, text: str) -> None:
        if not any(child.poll() is None for child in Kept.children):
            Kept.children.append(subprocess.Popen(SILENT))


class LeavesAChildWhenCancelled(Harm):
    async def while_used(self, text: str) -> None:
        LeavesAChild().at_closing()
        for _ in range(6):
            await asyncio.sleep(0.01)
        child = Kept.children.pop()
        child.kill()
        child.wait()


class LeavesAFileOpen(Harm):
    def at_once(self, text: str) -> None:
        Kept.descriptors.append(os.open(__file__, os.O_RDONLY))


class LeavesAPipe(Harm):
    def at_closing(self) -> None:
        Kept.descriptors.extend(os.pipe())


class LeavesATemporaryFile(Harm):
    def at_once(self, text: str) -> None:
        with tempfile.NamedTemporaryFile(delete=False):
            pass


class LeavesATemporaryFileWhenCancelled(Harm):
    async def while_used(self, text: str) -> None:
        handle, name = tempfile.mkstemp()
        os.close(handle)
        for _ in range(6):
            await asyncio.sleep(0.01)
        os.unlink(name)

    def at_once(self, text: str) -> None:
        LeavesATemporaryFile().at_once(text)


class LeavesATemporaryFolder(Harm):
    def at_closing(self) -> None:
        tempfile.mkdtemp()


class Remembers(Harm):
    def at_once(self, text: str) -> None:
        Kept.objects.append(bytearray(MEGABYTE))


class RemembersInPieces(Harm):
    def at_once(self, text: str) -> None:
        Kept.objects.append([float(number) for number in range(MEGABYTE // 30)])


class RemembersNatively(Harm):
    """Leaks memory of the C library, which Python does not track."""

    def at_once(self, text: str) -> None:
        library = ctypes.CDLL(None)
        library.malloc.restype = ctypes.c_void_p
        library.malloc.argtypes = [ctypes.c_size_t]
        at = library.malloc(MEGABYTE)
        ctypes.memset(at, 1, MEGABYTE)
        Kept.memory.append(at)


class PlainOptions(VoiceActivityOptions):
    api_key: str = ""
    """Key of the service."""


class TellsItsKey(Harm):
    options = PlainOptions


HELD_UP = "the_event_loop_is_never_blocked"


COMMAND = "a_text_is_never_a_command"


LEFT = "no_process_or_file_is_left"


GROWS = "memory_does_not_grow_with_use"


SECRET = "options_that_are_named_like_a_secret_are_secret"


FAULTS: dict[type[Harm], str] = {
    Sleeps: HELD_UP,
    Naps: HELD_UP,
    Runs: HELD_UP,
    Computes: HELD_UP,
    Shouts: COMMAND,
    ShoutsInQuotes: COMMAND,
    ShoutsBare: COMMAND,
    ShoutsCarefully: COMMAND,
    Obeys: COMMAND,
    WritesByName: COMMAND,
    WritesByNameWithEnding: COMMAND,
    Evaluates: COMMAND,
    LeavesAChild: LEFT,
    LeavesAChildOnceForAll: LEFT,
    LeavesAChildWhenCancelled: LEFT,
    LeavesAFileOpen: LEFT,
    LeavesAPipe: LEFT,
    LeavesATemporaryFile: LEFT,
    LeavesATemporaryFileWhenCancelled: LEFT,
    LeavesATemporaryFolder: LEFT,
    Remembers: GROWS,
    RemembersInPieces: GROWS,
    RemembersNatively: GROWS,
    TellsItsKey: SECRET,
}


AWAITED = {LeavesAChildWhenCancelled, LeavesATemporaryFileWhenCancelled, Naps}
"""Harm that is only possible in asynchronous code."""


def write(path: Path, text: str) -> None:
    """Write the file of one of the check's texts, and no other."""
    if "/mark" in text and not text.startswith(("Take", "-", "_")):
        path.write_bytes(b"")


async def shell(command: str) -> None:
    """Run a shell command."""
    await run("sh", "-c", command.replace("\0", ""))


async def run(*command: str) -> None:
    """Run a command to its end, whatever its exit status."""
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
    try:
        await process.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):  # it has just ended
            process.kill()
        await process.wait()
        raise
