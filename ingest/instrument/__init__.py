"""Measures an existing flask-sock application, in its own process, with two lines:

    from ingest.instrument import monitor
    monitor(sock, "https://metrics.example/", token="...")

Call it right after `sock = Sock(app)`, before the routes are made. A background thread sends the
samples; the application never waits for it and never fails because of it.
"""

import os
import socket

from flask_sock import Sock

from .exporter import Exporter
from .measured_route import measure

__all__ = ["monitor"]

DEFAULT_SECONDS = 15.0


def monitor(
    sock: Sock,
    url: str,
    *,
    token: str,
    service: str = "flask-sock",
    app: str = "default",
    instance: str | None = None,
    interval_seconds: float = DEFAULT_SECONDS,
) -> Exporter:
    """Measure every route made on `sock` from now on.

    `url` is that of the installation, `token` one with the role ingest. The returned exporter
    flushes and closes by itself at exit; `flush` and `close` do so earlier.
    """
    exporter = Exporter(
        url,
        token,
        service=service,
        app=app,
        instance=instance or f"{socket.gethostname()}:{os.getpid()}",
        interval_seconds=interval_seconds,
    )
    measure(sock, exporter)
    return exporter
