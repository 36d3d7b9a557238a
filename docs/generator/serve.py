"""serve.md: the endpoints of the server, how it refuses and closes, its metrics."""

from __future__ import annotations

import inspect

from generator.markdown import code, joined, table
from voicebot_serve.access.refusals import REFUSALS
from voicebot_serve.app import installed_transports
from voicebot_serve.bots import started
from voicebot_serve.endpoints import Endpoints
from voicebot_serve.running.metrics import Metrics
from voicebot_serve.server import Server
from voicebot_serve.sockets import CLOSINGS

_INTRO = """
# The server

`voicebot serve` serves bots over HTTP and WebSockets. [Serve a bot to many users](../how-to/serve.md) shows
how to use it; [commands](commands.md#serve) lists its options, and [configuration](configuration.md#serve)
those of the section `serve`.

## Endpoints

Those below `/v1` are also there for each bot, after its name: `/NAME/v1/realtime`. Without a name, or
`?model=NAME`, the first bot is meant.
"""
_REFUSED = """
## Refusals

A client that is not let in gets an HTTP status instead of a WebSocket. A page in a browser would learn
nothing of that, so it is accepted, told why in the words of its protocol, and closed.
"""
_CLOSED = """
## Close codes
"""
_METRICS = """
## Metrics

In the text format of Prometheus. With several workers, whichever of them is asked tells the sums of all; what
the others had counted in the last second may be missing.
"""


def page() -> str:
    """Return the page."""
    endpoints = [
        (f"{'POST' if 'secrets' in route.path else 'GET'} {route.path}", _doc(route.endpoint))  # type: ignore[attr-defined]
        for route in Endpoints(Server(started([]))).routes()
        if "{bot}" not in route.path  # type: ignore[attr-defined]
    ]
    endpoints.append(("GET /", "Shows [the page](page.md) of the first bot; `/NAME/` that of each."))
    for transport in installed_transports():
        endpoints += [(f"WebSocket {path}", _doc(type(transport))) for path in transport.paths]
    metrics = Metrics(dict, float, bool).all
    return joined(
        _INTRO,
        table(("endpoint", "what it does"), [(code(path), doc) for path, doc in endpoints]),
        _REFUSED,
        table(
            ("reason", "status", "close code", "when"),
            [(code(name), str(status), str(close), when) for name, (status, close, when) in REFUSALS.items()],
        ),
        _CLOSED,
        table(("close code", "when"), [(str(close), when) for close, when in CLOSINGS.items()]),
        _METRICS,
        table(
            ("metric", "type", "labels", "meaning"),
            [(code(m.name), m.kind, ", ".join(map(code, m.labels)), m.help) for m in metrics],
        ),
    )


def _doc(documented: object) -> str:
    return " ".join(inspect.cleandoc(getattr(documented, "__doc__", "") or "").split("\n\n")[0].split())
