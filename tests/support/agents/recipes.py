"""Servers and frameworks: how each is started, and what it hides from its application."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CLIENT = {
    "client 1000": "1000/client",
    "client 4002": "4002/client",
    "empty frame": "1005/client",
    "FIN": "1006/nobody",
    "RST": "1006/nobody",
    "own close": "4321/server",
    "raise": "1006/server",
    "too big": "1009/server",
}
LIMIT = 65_536  # bytes of a message, as the programs and files below have it
FILES = {
    "hypercorn.toml": f"websocket_max_message_size = {LIMIT}\n",
    "worker.py": "from uvicorn_worker import UvicornWorker\n\n\nclass Worker(UvicornWorker):\n"
    f'    CONFIG_KWARGS = {{"ws_max_size": {LIMIT}}}\n',
    # An application has modules of these names too.
    "models.py": 'raise RuntimeError("imported by the agent")\n',
    "settings.py": 'raise RuntimeError("imported by the agent")\n',
}
UVICORN = ("uvicorn", "{program}:app", "--port", "{port}", "--ws-max-size", str(LIMIT))
HYPERCORN = ("hypercorn", "{program}:app", "-b", "127.0.0.1:{port}", "-c", "hypercorn.toml")
DAPHNE = ("daphne", "{program}:app", "-p", "{port}", "--websocket-max-message-size", str(LIMIT))
GUNICORN = ("gunicorn", "{program}:app", "-b", "127.0.0.1:{port}", "--graceful-timeout", "2")
HIDDEN_BY_HYPERCORN = dict.fromkeys(
    ("client 1000", "client 4002", "empty frame", "FIN", "RST", "too big"), "unknown"
)


@dataclass(frozen=True)
class Recipe:
    """A measured server. `labels` are what its agent counts for a way of ending, where it differs
    from `CLIENT`; `stop` is the code that clients read at a planned stop."""

    name: str
    program: str
    command: tuple[str, ...]
    stop: int
    labels: Mapping[str, str] = field(default_factory=dict)
    hides: frozenset[str] = frozenset()
    limit: int = LIMIT
    alike: Mapping[str, str] = field(default_factory=dict)  # labels that may stand for others

    def __str__(self) -> str:
        return self.name

    def label(self, way: str) -> str:
        """What the agent should count for one connection that ended so."""
        return {**CLIENT, "stop": f"{self.stop}/server", **self.labels}[way]


def _uvicorn(
    name: str, program: str, *options: str, labels: Mapping[str, str] | None = None
) -> Recipe:
    return Recipe(name, program, (*UVICORN, *options), 1012, labels or {})


CORE = (
    Recipe("flask-sock, flask run", "flask_app", ("flask_app", "{port}"), 1006),
    _uvicorn("ASGI, uvicorn", "asgi_app"),
    Recipe(
        "websockets", "websockets_app", ("websockets_app", "{port}"), 1001,
        {"raise": "1011/server"},
    ),
)  # fmt: skip
SOCKET_IO = _uvicorn("python-socketio, uvicorn", "socketio_app")
CHANNELS = _uvicorn("Channels, uvicorn", "channels_app")
OTHERS = (
    Recipe("flask-sock, gunicorn gthread", "flask_app",
           (*GUNICORN, "-k", "gthread", "--threads", "230"), 1006),
    Recipe("flask-sock, gunicorn gevent", "flask_app", (*GUNICORN, "-k", "gevent"), 1006),
    _uvicorn("ASGI, uvicorn wsproto", "asgi_app", "--ws", "wsproto"),
    # Its application learns of a message that is too big only when the stream has ended.
    _uvicorn("ASGI, uvicorn websockets", "asgi_app", "--ws", "websockets",
             labels={"too big": "1012/server"}),
    Recipe("ASGI, gunicorn uvicorn", "asgi_app", (*GUNICORN, "-k", "worker.Worker"), 1012),
    Recipe("ASGI, hypercorn", "asgi_app", (*HYPERCORN, "--graceful-timeout", "1"), 1011,
           {**HIDDEN_BY_HYPERCORN, "raise": "1011/server"}, frozenset({"closed", "closed_by"})),
    Recipe("ASGI, daphne", "asgi_app", DAPHNE, 1006,
           {"raise": "1011/server", "too big": "1006/nobody"}),
    Recipe("ASGI, granian", "asgi_app",
           ("granian", "{program}:app", "--interface", "asgi", "--port", "{port}"), 1006,
           {"raise": "1005/server",
            **dict.fromkeys(("empty frame", "FIN", "RST", "too big"), "unknown")},
           frozenset({"closed_by"}), limit=17_000_000,
           # At a stop it tells some sockets 1005, others nothing.
           alike={"1006/server": "unknown"}),
    _uvicorn("FastAPI, uvicorn", "fastapi_app"),
    _uvicorn("Starlette, uvicorn", "starlette_app"),
    _uvicorn("Litestar, uvicorn", "litestar_app", labels={"raise": "4500/server"}),
    _uvicorn("Quart, uvicorn", "quart_app", labels={"raise": "1000/server"}),
    Recipe("Quart, hypercorn", "quart_app", (*HYPERCORN, "--graceful-timeout", "1"), 1011,
           {**HIDDEN_BY_HYPERCORN, "raise": "1000/server"}, frozenset({"closed", "closed_by"})),
    CHANNELS,
    Recipe("Channels, daphne", "channels_app", DAPHNE, 1006,
           {"raise": "1011/server", "too big": "1006/nobody"}),
    Recipe("aiohttp", "aiohttp_app", ("aiohttp_app", "{port}"), 1006),
    Recipe("tornado", "tornado_app", ("tornado_app", "{port}"), 1006),
)  # fmt: skip
