"""Durable posts a second beside an empty route: `scripts/python -m scripts.bench.ingest`.

Same application, same guard, same gevent worker, same connections; rounds alternate, and the ratio
is the median over pairs of rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

from flask import Flask, Response

from models.database import migrate
from models.embedded import running
from settings import CHECKOUT, Settings
from wsgi import create_app

from . import http_load

EMPTY = "/static/empty"  # open to everybody like the collector, so both pass the same guard
PORT = 8971
SESSIONS = 40_000
START_SECONDS = 60


def application() -> Flask:
    """The product with one route that does nothing."""
    return with_empty_route(create_app())


def with_empty_route(app: Flask) -> Flask:
    """The application, whose static files are all empty: a route of its own would be closed."""
    app.view_functions["static"] = lambda **_: Response(b"{}")
    return app


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wsmon-bench-")))
        folder.chmod(0o711)
        settings = Settings(data_dir=folder)
        url = stack.enter_context(running(settings))
        migrate.upgrade(url)
        server = stack.enter_context(_gunicorn(url, folder))
        stack.callback(server.terminate)
        _wait_for_server()
        _measure(options.connections, options.seconds, options.rounds)
    return 0


def _measure(connections: int, seconds: float, rounds: int) -> None:
    report = _posts()
    http_load.run(PORT, report, connections, 1)  # warm
    ratios = []
    for number in range(rounds):
        empty = http_load.run(PORT, _empty, connections, seconds)
        posts = http_load.run(PORT, report, connections, seconds)
        ratios.append(posts.per_second / empty.per_second)
        print(
            f"round {number + 1}: empty {empty.per_second:,.0f}/s "
            f"(p99 {empty.percentile_ms(0.99):.0f} ms), durable posts {posts.per_second:,.0f}/s "
            f"(p99 {posts.percentile_ms(0.99):.0f} ms), ratio {ratios[-1]:.2f}, "
            f"posts not stored {len(posts.times) - posts.statuses.get(b'201', 0)}"
        )
    print(f"median ratio {statistics.median(ratios):.2f} over {rounds} pairs, {connections} conns")


def _gunicorn(url: str, folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder), "PORT": str(PORT),
        "WEB_WORKERS": "1",
    }  # fmt: skip
    target = "scripts.bench.ingest:application()"
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", target], cwd=CHECKOUT, env=environment
    )


def _wait_for_server() -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}{EMPTY}"):
            return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def _empty() -> bytes:
    return f"GET {EMPTY} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def _posts() -> Callable[[], bytes]:
    """Makes posts that differ only in their ids, as cheaply as the empty request. Each session
    reports again when all others have: about every 15 s, as browsers do."""
    report_id, session_id = str(uuid4()), str(uuid4())
    head, tail = _request(report_id, session_id).split(report_id.encode())
    middle, tail = tail.split(session_id.encode())
    report, session = report_id[:24].encode(), session_id[:24].encode()
    numbers = count()

    def post() -> bytes:
        number = next(numbers)
        ids = (head, report, number, middle, session, number % SESSIONS, tail)
        return b"%s%s%012x%s%s%012x%s" % ids

    return post


def _request(report_id: str, session_id: str) -> bytes:
    now = datetime.now(UTC)
    body = {
        "report_id": report_id, "session_id": session_id,
        "period_start": (now - timedelta(seconds=15)).isoformat(), "period_end": now.isoformat(),
        "app": "bench", "page": "/chat", "endpoint": "/ws", "sdk_version": "1.0.0",
        "connection": {"attempts": 1, "opened": 1, "open_ms": 15000, "close_codes": {"1000": 1}},
        "messages": {"sent": 20, "received": 21, "bytes_sent": 2000, "bytes_received": 2100},
        "latency": {"samples_ms": [41.5, 39.2, 44.1, 47.9, 40.3, 42.2, 51.0, 39.9]},
        "setup_ms": [88.4], "network": {"type": "wifi", "effective_type": "4g", "rtt_ms": 50},
        "ux": {"page_load_ms": 1200, "interactions": 12},
    }  # fmt: skip
    encoded = json.dumps(body).encode()
    head = (
        "POST /api/ws/client-metrics HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"User-Agent: Mozilla/5.0 Chrome/141.0.0.0\r\nContent-Length: {len(encoded)}\r\n\r\n"
    )
    return head.encode() + encoded


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
