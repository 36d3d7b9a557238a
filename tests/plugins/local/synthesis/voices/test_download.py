"""Fetching a voice, from a server on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from voicebot import ProviderError
from voicebot_local.synthesis.voices.download import download_to, fetch_voice
from voicebot_local.synthesis.voices.known_voices import KnownVoice, PublishedFile

NAME = "pt_PT-tugão-medium"
MODEL, CONFIG = bytes(range(256)) * 4_000, b'{"num_speakers": 1}'
PATHS = {f"/pt/pt_PT/tugão/medium/{NAME}.onnx": MODEL, f"/pt/pt_PT/tugão/medium/{NAME}.onnx.json": CONFIG}
TEMPLATE = (
    "{lang_family}/{lang_code}/{voice_name}/{voice_quality}/"
    "{lang_code}-{voice_name}-{voice_quality}{extension}"
)


def published(content: bytes) -> PublishedFile:
    return PublishedFile(len(content), hashlib.md5(content).hexdigest())


VOICE = KnownVoice(NAME, 1, published(MODEL), published(CONFIG))


class Answers(BaseHTTPRequestHandler):
    """Answers with the files, each changed by `change`; with a status alone if that returns one."""

    protocol_version = "HTTP/1.1"

    def __init__(self, change: Callable[[bytes], bytes | int], *args: object) -> None:
        self._change = change
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        whole = PATHS[unquote(self.path.partition("?")[0])]
        content = self._change(whole)
        self.close_connection = True
        if isinstance(content, int):
            self.send_response(content)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        if len(content) <= len(whole):
            self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        with suppress(ConnectionError):  # the client had enough
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[bytes], bytes | int]], str]]:
    """Return a function that serves the files, changed, and returns the template of their addresses."""
    servers = []

    def start(change: Callable[[bytes], bytes | int]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answers, change))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/{TEMPLATE}?download=true"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def ignore(done: int, size: int | None) -> None:
    """Show no progress."""


def test_a_voice_is_fetched_with_progress(serve, tmp_path: Path):
    told = []
    files = fetch_voice(VOICE, tmp_path / "new", lambda *progress: told.append(progress), serve(bytes))

    assert files.model.read_bytes() == MODEL
    assert files.config.read_bytes() == CONFIG
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (VOICE.size, VOICE.size)
    assert len(told) > 3
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [f"{NAME}.onnx", f"{NAME}.onnx.json"]


@pytest.mark.parametrize(
    ("change", "message", "retryable"),
    [
        (lambda content: content[:-1] + b"x", "arrived damaged", True),
        (lambda content: content[: len(content) // 2], "arrived damaged (9 of 19 bytes)", True),
        (lambda _: 404, "127.0.0.1 answered 404 and has no such voice any more", False),
        (lambda _: 503, "127.0.0.1 answered 503 and refuses it for now, so try later", True),
    ],
)
def test_what_arrives_damaged_is_not_kept(serve, tmp_path: Path, change, message, retryable):
    with pytest.raises(ProviderError) as caught:
        fetch_voice(VOICE, tmp_path, ignore, serve(change))
    assert message in str(caught.value)
    assert caught.value.retryable is retryable
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_does_not_end_is_broken_off(serve, tmp_path: Path):
    told = []
    with pytest.raises(ProviderError, match="arrived damaged"):
        fetch_voice(
            VOICE,
            tmp_path,
            lambda done, _: told.append(done),
            serve(lambda content: content + bytes(1 << 24)),
        )
    assert told == []  # the config, which comes first, was too long already
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_is_longer_than_published_is_broken_off(serve, tmp_path: Path):
    told = []
    address = serve(lambda content: content if content == CONFIG else content + bytes(1 << 24))
    with pytest.raises(ProviderError, match="arrived damaged") as caught:
        fetch_voice(VOICE, tmp_path, lambda done, _: told.append(done), address)
    assert caught.value.retryable
    assert max(told) <= VOICE.size
    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.onnx.json"]


def test_without_a_network_it_says_what_to_do(tmp_path: Path):
    with pytest.raises(ProviderError, match=r"cannot fetch .* connect to the network, or copy its") as caught:
        fetch_voice(VOICE, tmp_path, ignore, f"http://127.0.0.1:1/{TEMPLATE}")
    assert caught.value.retryable


def test_an_interruption_is_passed_on_and_leaves_no_model(serve, tmp_path: Path):
    def interrupt(done: int, size: int | None) -> None:
        if done > len(MODEL) // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_voice(VOICE, tmp_path, interrupt, serve(bytes))
    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.onnx.json"]


def test_a_voice_that_does_not_fit_is_not_begun(tmp_path: Path):
    huge = KnownVoice(NAME, 1, PublishedFile(1 << 60, ""), published(CONFIG))
    with pytest.raises(ProviderError, match=rf"no space is left in {tmp_path} for the voice .* make room"):
        fetch_voice(huge, tmp_path, ignore, "http://127.0.0.1:1/")


def test_space_that_runs_out_meanwhile_is_reported(serve):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("only Linux has /dev/full")
    address = f"{serve(bytes).partition('{')[0]}{quote(next(iter(PATHS))[1:])}"

    with full.open("wb") as file, pytest.raises(ProviderError, match=r"no space is left in /dev for"):
        list(download_to(file, address, VOICE.model, VOICE))


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProviderError, match="cannot be written to"):
        fetch_voice(VOICE, tmp_path / "file" / "voices", ignore, "http://127.0.0.1:1/")
