"""What makes a page or a server knock: a few lines for each kind, with the real address."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.setup.setup import MonitorFile

DEFAULT_APP = "portal"
SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
LONGEST_APP = 64
TOKEN_TO_COME = "TOKEN"  # noqa: S105 - stands where the token of a server comes

TAG = """<script src="{url}{path}"
  integrity="{integrity}"
  crossorigin="anonymous" data-app="{app}"></script>"""
MODULE = """import { WebSocketClientMonitor }
  from '{url}/sdk/{version}/websocket-client-monitor.mjs'

const monitor = new WebSocketClientMonitor({
  app: '{app}', endpoint: '{url}/api/ws/client-metrics'
}).install({ optionsOf: url => ({ messageId: data => JSON.parse(data).id }) })"""
AGENT = """pip install wsmon-agent --find-links {url}/agents/"""
FLASK_SOCK = """from wsmon_agent.flask_sock import monitor

monitor(sock, "{url}/", token="{token}", service="{app}")"""
ASGI = """from wsmon_agent.asgi import Monitor

app = Monitor(app, "{url}/", token="{token}", service="{app}")"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One choice: where its `blocks` go is said by `steps`, one for each. Servers need a token."""

    label: str
    steps: tuple[str, ...]
    blocks: tuple[str, ...]
    is_server: bool = False


KINDS: Mapping[str, Kind] = {
    "page": Kind("Plain page", ("Into the head of the page, before every other script:",), (TAG,)),
    "react": Kind(
        "React",
        (
            "Into index.html, before the script of the application. Components need nothing; the "
            "socket that StrictMode closes first counts as abandoned, not as failed.",
        ),
        (TAG,),
    ),
    "vue": Kind("Vue", ("Into index.html, before the script of the application:",), (TAG,)),
    "socket.io": Kind(
        "Socket.IO",
        (
            "Before the script of Socket.IO, or of the bundle that holds it: it keeps the "
            "constructor it finds when it loads, and loaded first it is not seen.",
        ),
        (TAG,),
    ),
    "signalr": Kind(
        "SignalR", ("Before the script of SignalR, or of the bundle that holds it:",), (TAG,)
    ),
    "flask-sock": Kind(
        "flask-sock",
        ("On the server:", "Right after Sock(app), before the routes:"),
        (AGENT, FLASK_SOCK),
        is_server=True,
    ),
    "fastapi": Kind(
        "FastAPI",
        ("On the server:", "As the last lines of the module, after all routes:"),
        (AGENT, ASGI),
        is_server=True,
    ),
    "other": Kind(
        "Other",
        (
            "Into the head of the page, before every other script:",
            "Or as a module, where messages have ids of your own whose replies are round trips:",
        ),
        (TAG, MODULE),
    ),
}


def app_of(text: str | None) -> str:
    """The name of the app as it can stand in a snippet; others become the default."""
    name = (text or "").strip()
    return name if name and len(name) <= LONGEST_APP and set(name) <= SAFE else DEFAULT_APP


def snippets(
    kind: Kind, *, url: str, app: str, monitor: MonitorFile, token: str = ""
) -> list[tuple[str, str]]:
    """(where it goes, the lines) of each block; `url` is the address of this installation."""
    values = {
        "url": url, "app": app_of(app), "path": monitor.path, "integrity": monitor.integrity,
        "version": monitor.path.split("/")[2], "token": token or TOKEN_TO_COME,
    }  # fmt: skip
    return [
        (step, _filled(block, values)) for step, block in zip(kind.steps, kind.blocks, strict=True)
    ]


def _filled(block: str, values: Mapping[str, str]) -> str:
    for name, text in values.items():
        block = block.replace("{" + name + "}", text)
    return block
