"""The page as it is served: small, closed to everything from elsewhere, kept by browsers until it changes."""

from __future__ import annotations

import asyncio
import gzip
import re
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

import voicebot_serve.page
from voicebot import Settings
from voicebot_serve.access.refusals import REFUSALS
from voicebot_serve.options import ServeOptions
from voicebot_serve.page.files import File, Files

from ..serving import Running, serving

WEB = Path(voicebot_serve.page.__file__).with_name("web")
NODE = Path(__file__).with_name("node")
SCRIPTS = sorted(WEB.glob("*.js"))
INDEX = (WEB / "index.html").read_text()
STYLE = (WEB / "style.css").read_text()


class Elements(HTMLParser):
    """All elements of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def ids() -> list[str]:
    return [str(attributes["id"]) for _, attributes in Elements(INDEX).found if "id" in attributes]


def served(test: Callable[[Running], Awaitable[None]]) -> None:
    """Run a test with two bots, whose name is not HTML."""

    async def run() -> None:
        bots = {"pirate": ServeOptions(), "cook": ServeOptions()}
        async with serving(bots, settings=Settings(name='Flint & <b>"Co"</b>')) as running:
            await test(running)

    asyncio.run(run())


def test_all_that_a_browser_fetches_is_at_most_60_kb_uncompressed() -> None:
    files = Files.load()
    index = files.index("A bot with a long name")
    names = [path.name for path in WEB.iterdir() if path.name != index.name]
    fetched = [index, *(files.find(files.version, name) for name in names)]
    assert sum(len(each.content) for each in fetched if each) <= 60_000
    assert all(fetched)


def test_the_page_needs_nothing_from_elsewhere_and_has_no_script_or_style_in_it() -> None:
    for tag, attributes in Elements(INDEX).found:
        assert not {name for name in attributes if name == "style" or name.startswith("on")}, tag
        for name in ("src", "href"):
            assert attributes.get(name, "{files}/").startswith("{files}/"), tag  # type: ignore[union-attr]
        assert tag != "style"
        assert tag != "script" or "src" in attributes
    for path in SCRIPTS:
        text = path.read_text()
        assert not re.search(r"https?://|innerHTML|insertAdjacentHTML|document\.write|\beval\(", text), (
            path.name
        )
        assert all(each.startswith("./") for each in re.findall(r'from "([^"]+)"', text)), path.name
    assert not re.search(r"url\(|@import", STYLE)


def test_every_element_that_the_code_asks_for_exists_and_every_id_is_used() -> None:
    asked = set()
    for path in SCRIPTS:
        asked |= set(re.findall(r'\bget\("([a-z-]+)"\)', path.read_text()))
    known = ids()
    assert len(known) == len(set(known))
    assert asked <= set(known)
    pointed = {
        str(a[name]) for _, a in Elements(INDEX).found for name in ("for", "aria-labelledby") if name in a
    }
    styled = set(re.findall(r"#([a-z][a-z-]*)", re.sub(r":[^;{}]*[;}]", "", STYLE)))
    assert set(known) == (asked | pointed | styled) & set(known)
    assert pointed | styled <= set(known)


def test_every_control_has_a_name() -> None:
    labelled = {attributes.get("for") for tag, attributes in Elements(INDEX).found if tag == "label"}
    for match in re.finditer(r"<button([^>]*)>(.*?)</button>", INDEX, re.DOTALL):
        words = re.sub(r"<[^>]+>", "", match[2]).strip()
        assert words or "aria-label" in match[1], match[0]
    inside = " ".join(re.findall(r"<label[^>]*>.*?</label>", INDEX))
    for tag, attributes in Elements(INDEX).found:
        if tag in {"input", "select"} and "hidden" not in attributes:
            named = "aria-label" in attributes or f'name="{attributes.get("name")}"' in inside
            assert named or attributes.get("id") in labelled, attributes


def test_every_problem_that_the_page_can_have_is_explained() -> None:
    known = set(re.findall(r"^  (\w+): \[", (WEB / "view.js").read_text(), re.MULTILINE))
    session, audio = (WEB / "session.js").read_text(), (WEB / "audio.js").read_text()
    closed = re.findall(r'10\d\d: "(\w+)"', session)
    microphone = re.findall(r'\w+Error: "(\w+)"', audio)
    assert closed
    assert microphone
    others = {
        "missing",
        "insecure",
        "soundless",
        "unusable",
        "unavailable",
        "network",
        "offline",
        "idle",
        "noHold",
    }
    unavailable = {"store", "unsigned"}  # the words for what is not known; the other is a carrier's
    assert others | set(closed) | set(microphone) | set(REFUSALS) - unavailable <= known


def test_the_modules_pass_their_tests_in_node() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the page's state machine is not tested")
    imports = "".join(f"import {str(path)!r};" for path in sorted(NODE.glob("*.test.mjs")))
    done = subprocess.run(
        [node, "--input-type=module", "-e", imports], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"^# pass (\d+)", done.stdout, re.MULTILINE)[0]) > 50


def test_the_page_of_a_bot_is_at_its_name_and_the_first_one_at_the_root() -> None:
    async def run(running: Running) -> None:
        for path in ("/", "/pirate/", "/cook/"):
            status, headers, body = await running.get(path)
            assert (status, headers["cache-control"]) == (200, "no-cache")
            assert "<title>Flint &amp; &lt;b&gt;&quot;Co&quot;&lt;/b&gt;</title>" in body
        assert (await running.get("/parrot/"))[0] == 404
        status, headers, _ = await running.get("/cook")
        assert (status, headers["location"]) == (308, "cook/")

    served(run)


def test_row_9_the_page_is_closed_to_everything_else() -> None:
    async def run(running: Running) -> None:
        version = Files.load().version
        for path in ("/", "/cook/", f"/page/{version}/main.js"):
            _, headers, _ = await running.get(path)
            policy = dict(each.split(" ", 1) for each in headers["content-security-policy"].split("; "))
            assert policy.pop("require-trusted-types-for") == "'script'"
            assert {
                policy[each] for each in ("default-src", "base-uri", "form-action", "frame-ancestors")
            } == {"'none'"}
            assert set(policy.values()) == {"'none'", "'self'"}
            assert "microphone=(self)" in headers["permissions-policy"]
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"

    served(run)


def test_everything_that_the_page_names_is_there_and_may_be_kept() -> None:
    async def run(running: Running) -> None:
        _, _, body = await running.get("/cook/")
        named = set(re.findall(r'(?:src|href)="([^"]+)"', body))
        imported = set(re.findall(r'from "./(.+?)"', "".join(path.read_text() for path in SCRIPTS)))
        all_files = {path.name for path in WEB.iterdir()} - {"index.html"}
        assert {path.rpartition("/")[2] for path in named} | imported | {"worklet.js"} == all_files
        for path in {f"page/{Files.load().version}/{name}" for name in all_files}:
            status, headers, content = await running.get(f"/{path}")
            assert status == 200
            assert "immutable" in headers["cache-control"]
            assert content == (WEB / path.rpartition("/")[2]).read_text()
        assert (await running.get(f"/cook/{path}"))[0] == 200

    served(run)


@pytest.mark.parametrize(
    "path", ["other/main.js", "{version}/none.js", "{version}/index.html", "{version}/..%2ffiles.py"]
)
def test_no_other_file_is_served(path: str) -> None:
    async def run(running: Running) -> None:
        assert (await running.get("/page/" + path.format(version=Files.load().version)))[0] == 404

    served(run)


def test_a_browser_that_has_the_page_is_told_so() -> None:
    async def run(running: Running) -> None:
        _, headers, _ = await running.get("/")
        status, _, body = await running.get("/", headers={"If-None-Match": headers["etag"]})
        assert (status, body) == (304, "")

    served(run)


def test_a_changed_file_changes_the_address_of_all() -> None:
    before = {path.name: File(path.name, path.read_bytes()) for path in WEB.iterdir()}
    after = before | {"main.js": File("main.js", b"changed")}
    assert Files(before).version != Files(after).version
    assert Files(before).index("A").tag != Files(after).index("A").tag


def test_a_browser_that_can_gets_files_compressed() -> None:
    file = File("main.js", b"a" * 1000)
    assert gzip.decompress(file.compressed) == file.content
    assert len(file.compressed) < 100
