"""Drives Firefox by WebDriver BiDi, which it speaks itself, with a microphone that plays a tone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.sync.connection import Connection

TONE = 700
"""Hertz of its microphone."""
_PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.navigator.audio.fake_frequency": TONE,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
}
_POLL = 100
"""Milliseconds between looks at the page."""


class Firefox:
    """One page in Firefox."""

    def __init__(self, socket: Connection) -> None:
        self._socket = socket
        self._count = 0
        self._ask("session.new", capabilities={})
        self._page = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _ask(self, method: str, **params: Any) -> Any:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._count:
                assert answer["type"] == "success", answer
                return answer["result"]

    def before_scripts(self, script: str) -> None:
        """Run a script before those of each page."""
        self._ask("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")

    def open(self, address: str) -> None:
        """Open a page."""
        self._ask("browsingContext.navigate", context=self._page, url=address, wait="complete")

    def value(self, expression: str) -> Any:
        """Return the value of an expression, once it is true."""
        look = (
            f"const found = {expression}; found ? resolve(JSON.stringify(found)) : setTimeout(look, {_POLL});"
        )
        once = f"new Promise((resolve) => {{ const look = () => {{ {look} }}; look(); }})"
        answer = self._ask(
            "script.evaluate", expression=once, target={"context": self._page}, awaitPromise=True
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def click(self, selector: str) -> None:
        """Click an element, as a user does, once it is there."""
        box = self.value(
            f"document.querySelector({selector!r})?.checkVisibility()"
            f" && document.querySelector({selector!r}).getBoundingClientRect()"
        )
        place = {"x": round(box["x"] + box["width"] / 2), "y": round(box["y"] + box["height"] / 2)}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act("pointer", {"type": "pointerMove", **place}, *press)

    def hold(self, key: str, seconds: float) -> None:
        """Hold a key."""
        self._act("key", {"type": "keyDown", "value": key})
        self._act("none", {"type": "pause", "duration": round(seconds * 1000)})
        self._act("key", {"type": "keyUp", "value": key})

    def _act(self, kind: str, *actions: dict[str, Any]) -> None:
        source = {"type": kind, "id": kind, "actions": list(actions)}
        self._ask("input.performActions", context=self._page, actions=[source])


@contextmanager
def firefox(profile: Path, environment: Mapping[str, str]) -> Iterator[Firefox]:
    """Start it with a new profile in a folder, and an environment in which there is a sound card."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.skip("no Firefox is installed: apt-get install firefox-esr")
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [
        program,
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
        "--remote-debugging-port",
        "0",
    ]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            found = (re.search(r"BiDi listening on (ws://\S+)", line) for line in process.stderr)
            address = next(match[1] for match in found if match)
            threading.Thread(
                target=process.stderr.read, daemon=True
            ).start()  # or it waits once the pipe is full
            with connect(f"{address}/session", max_size=None, open_timeout=60) as socket:
                yield Firefox(socket)
        finally:
            process.terminate()
