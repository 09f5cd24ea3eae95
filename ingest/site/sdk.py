"""`/sdk/websocket-client-monitor.js`: the browser monitor as one plain script.

Its modules under `assets/sdk` are concatenated into one closure, so that a page needs a single
script tag, no module loader and no build step.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, request

from analytics.services.services import Services
from settings import CHECKOUT

PATH = "/sdk/websocket-client-monitor.js"
FOLDER = CHECKOUT / "assets" / "sdk"
# Each module after those it imports.
MODULES = (
    "core/limits",
    "core/payload",
    "core/histogram",
    "core/tally",
    "core/clock",
    "core/endpoint_name",
    "core/ends",
    "core/endpoint",
    "core/handshakes",
    "core/unanswered",
    "protocols/scan",
    "protocols/events",
    "protocols/action-cable",
    "protocols/centrifuge",
    "protocols/ddp",
    "protocols/graphql-ws",
    "protocols/json-rpc",
    "protocols/mqtt",
    "protocols/phoenix",
    "protocols/pusher",
    "protocols/rooms",
    "protocols/signalr",
    "protocols/socket-io",
    "protocols/sockjs",
    "protocols/stomp",
    "protocols/recognise",
    "instruments/wrap",
    "instruments/connection",
    "instruments/round_trips",
    "instruments/observation",
    "instruments/interactions",
    "instruments/experience",
    "instruments/blindness",
    "instruments/page_life",
    "instruments/streams",
    "instruments/event_source",
    "instruments/workers",
    "instruments/frames",
    "instruments/installation",
    "transport/kept_queue",
    "transport/delivery",
    "transport/report",
    "websocket-client-monitor",
)
CACHE_SECONDS = 3600

_imports = re.compile(r"^import [^;]*? from '[^']+'\n+", re.MULTILINE)
_exports = re.compile(r"^export ", re.MULTILINE)


def script(folder: Path = FOLDER) -> str:
    """The monitor as a classic script that defines `WebSocketClientMonitor`."""
    body = joined((folder / f"{name}.js").read_text(encoding="utf-8") for name in MODULES)
    return (
        f"(() => {{\n'use strict'\n\n{body}\n"
        "globalThis.WebSocketClientMonitor = WebSocketClientMonitor\n})()\n"
    )


def joined(modules: Iterable[str]) -> str:
    """The modules' sources as statements of one scope, imports and exports removed."""
    return "\n".join(_exports.sub("", _imports.sub("", module)) for module in modules)


def register(app: Flask, _services: Services) -> None:
    """Serve the monitor to pages of every origin."""
    text = script().encode()
    etag = hashlib.sha256(text).hexdigest()[:32]

    def serve_script() -> Response:
        response = Response(text, content_type="text/javascript; charset=utf-8")
        response.set_etag(etag)
        response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.make_conditional(request)
        return response

    app.add_url_rule(PATH, "sdk", serve_script)
