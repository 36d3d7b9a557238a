"""Fixtures for the whole test suite."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import zlib
from array import array
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .forking import ForkServer

# Programs under test are started hundreds of times, and twice as fast if their modules are compiled once.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# As in an activated environment, `pip` belongs to the Python that runs the tests.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Shells start background jobs with Ctrl-C ignored, and programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup` ignores SIGHUP in the same way


def pytest_xdist_auto_num_workers() -> int:
    """Run two workers per core, because tests with real sound spend much of their time waiting."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from going through thousands of tests again and again: they all stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


PROJECT = Path(__file__).resolve().parents[1]


def traces() -> dict[str, int]:
    """Return what no test may change: the installed packages and the project's files.

    Code may be edited while its tests run, so only names are compared; of configs and pages, the text too.
    """
    found = {}
    for folder in {sysconfig.get_path(name) for name in ("purelib", "platlib", "scripts")}:
        for entry in os.scandir(folder):
            if entry.name != "__pycache__":  # compiling modules changes the time of their folder
                dated = entry.name.endswith(".dist-info") or entry.is_file()
                found[entry.path] = entry.stat(follow_symlinks=False).st_mtime_ns if dated else 0
    for parent, folders, files in os.walk(PROJECT):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        written = os.path.relpath(parent, PROJECT).partition(os.sep)[0] in ("configs", "docs")
        for path in (os.path.join(parent, name) for name in files if not name.startswith(".")):
            found[path] = zlib.crc32(Path(path).read_bytes()) if written else 0
    return found


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_installed_or_left_in_the_project() -> Iterator[None]:
    before = traces()
    yield
    after = traces()
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    assert not changed, f"a test, or someone while it ran, has changed: {', '.join(changed[:20])}"


class SoundServer:
    """A private PulseAudio server with one virtual microphone and one virtual speaker, both the defaults.

    Programs reach it with `environment` as their environment (in a process of their own: the sound
    libraries read it once). `play` speaks into the microphone, `recording` records the speaker.
    """

    MICROPHONE = "VirtualMicrophone"
    SPEAKER = "VirtualSpeaker"
    LOUD = 300
    """Speech has samples far above this level; nothing else does."""
    # Without "norewinds" an idle null sink sleeps for two seconds before it notices a new stream.
    MODULES: tuple[str, ...] = (
        "module-null-sink sink_name=speaker norewinds=1 rate=48000 "
        f"sink_properties=device.description={SPEAKER}",
        "module-null-sink sink_name=wire norewinds=1 rate=48000 sink_properties=device.description=Wire",
        "module-remap-source source_name=microphone master=wire.monitor "
        f"source_properties=device.description={MICROPHONE}",
    )

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SERVER": f"unix:{folder / 'socket'}",
        }
        self.environment.pop("PULSE_SINK", None)
        self.environment.pop("PULSE_SOURCE", None)
        command = "pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --disable-shm=yes"
        command += " --high-priority=no --realtime=no --log-level=error"
        modules = [f"module-native-protocol-unix socket={folder / 'socket'} auth-anonymous=1", *self.MODULES]
        loads = [argument for module in modules for argument in ("-L", module)]
        self._log = (folder / "log").open("w+")
        self._process = subprocess.Popen(
            [*command.split(), *loads], env=self.environment, stdout=self._log, stderr=self._log
        )
        try:
            self._wait_until_up()
            self._choose_defaults()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def play(self, audio: bytes, rate: int = 16_000) -> None:
        """Speak mono s16le into the microphone; returns when it has been spoken."""
        self._client("pacat", "--playback", "--device=wire", rate, audio)

    @contextmanager
    def playing(self, recording: Path) -> Iterator[None]:
        """Play a WAV file into the microphone while the block runs."""
        with subprocess.Popen(["paplay", "--device=wire", str(recording)], env=self.environment) as paplay:
            try:
                yield
            finally:
                paplay.terminate()

    @contextmanager
    def recording(self, rate: int = 16_000, source: str = "speaker.monitor") -> Iterator[Path]:
        """Record the speaker, including silence, into a file of raw mono s16le until the block ends.

        With "microphone" as the source, what is said to the microphone is recorded instead.

        The file grows while the block runs: its size is the server's own clock.
        """
        path = Path(self.environment["HOME"]) / f"recording-{time.monotonic_ns()}"
        options = ["--raw", f"--device={source}", f"--rate={rate}", "--channels=1", "--format=s16le"]
        with (
            path.open("wb") as file,
            subprocess.Popen(
                ["parec", *options, "--latency-msec=10"], env=self.environment, stdout=file
            ) as parec,
        ):
            try:
                self.wait_for_growth(path)
                yield path
            finally:
                parec.terminate()

    def wait_for_growth(self, path: Path, size: int = 1) -> None:
        """Wait until a recording has `size` more bytes."""
        target = path.stat().st_size + size
        deadline = time.monotonic() + 60
        while path.stat().st_size < target:
            assert time.monotonic() < deadline, "the virtual speaker has stopped"
            time.sleep(0.005)

    def wait_for_sound(self, path: Path, after: int = 0) -> int:
        """Wait for sound in a recording from a given sample on; return the sample at which it starts."""
        return self._wait_for(path, after, 1, loud=True)

    def wait_for_silence(self, path: Path, after: int = 0, rate: int = 16_000) -> int:
        """Wait for a second of silence in a recording; return the sample at its end."""
        return self._wait_for(path, after, rate, loud=False)

    def _wait_for(self, path: Path, after: int, count: int, *, loud: bool) -> int:
        """Wait for a number of consecutive samples that are loud, or not."""
        run = 0
        while True:
            sound = path.read_bytes()
            for sample in array("h", sound[2 * after : len(sound) & ~1]):
                after += 1
                run = run + 1 if (abs(sample) > self.LOUD) is loud else 0
                if run == count:
                    return after
            self.wait_for_growth(path, 3200)

    @contextmanager
    def echo(self, decibels: int) -> Iterator[None]:
        """Let the microphone hear the speaker, amplified by a factor, while the block runs."""
        loop = "source=speaker.monitor", "sink=wire", "latency_msec=30"
        module = self.pactl("load-module", "module-loopback", *loop).strip()
        try:
            (stream,) = self.pactl("list", "short", "sink-inputs").split("\n")[0].split()[:1]
            self.pactl("set-sink-input-volume", stream, f"{decibels}dB")
            yield
        finally:
            self.pactl("unload-module", module)

    def unplug(self) -> None:
        """Unplug the microphone and the speaker."""
        self.pactl("unload-module", "module-remap-source")
        self.pactl("unload-module", "module-null-sink")

    def plug_in(self) -> None:
        """Plug the microphone and the speaker in again."""
        for module in self.MODULES:
            self.pactl("load-module", *module.split())
        self._choose_defaults()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the server from answering while the block runs."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def pactl(self, *arguments: str) -> str:
        """Run pactl on the server."""
        command = ["pactl", *arguments]
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=30
        ).stdout

    def _client(self, program: str, mode: str, device: str, rate: int, audio: bytes) -> None:
        options = [mode, "--raw", device, f"--rate={rate}", "--channels=1", "--format=s16le"]
        subprocess.run(
            [program, *options, "--latency-msec=20"],
            env=self.environment,
            input=audio,
            check=True,
            timeout=60 + len(audio) / rate,
        )

    def _choose_defaults(self) -> None:
        self.pactl("set-default-sink", "speaker")
        self.pactl("set-default-source", "microphone")

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                if "microphone" in self.pactl("list", "short", "sources"):
                    return
            except subprocess.CalledProcessError:
                pass
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._log.seek(0)
                pytest.fail(f"pulseaudio does not start: {self._log.read()}")
            time.sleep(0.05)


@pytest.fixture(scope="session")
def sound_server() -> Iterator[SoundServer]:
    """Start a private PulseAudio with a virtual microphone and speaker; skip where it is not installed."""
    for program in ("pulseaudio", "pactl", "pacat", "paplay", "parec"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (apt-get install pulseaudio pulseaudio-utils)")
    # Not pytest's own folder: the path of a socket may have no more than 107 characters.
    with tempfile.TemporaryDirectory(prefix="vb") as folder:
        server = SoundServer(Path(folder))
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer | None]:
    """Run the server that forks for each command, where the system can tell when a fork ends (Linux)."""
    if not hasattr(os, "pidfd_open"):
        yield None
        return
    server = ForkServer({n: value for n, value in os.environ.items() if not n.startswith("PYTHON")})
    try:
        yield server
    finally:
        server.close()
