"""One report as each server takes it: a POST of JSON for ours, a line for InfluxDB.

Posts of a maker differ only in their ids, and cost next to nothing to make. Each session reports
again when all others have: about every 15 s, as browsers do.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

SESSIONS = 40_000
DATABASE = "bench"
BROWSER = (
    "Connection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36\r\nAccept: */*\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\n"
)
Maker = Callable[[], bytes]


def report() -> dict[str, Any]:
    """A report of 15 s, as the monitor sends it."""
    now = datetime.now(UTC)
    return {
        "report_id": str(uuid4()), "session_id": str(uuid4()),
        "period_start": (now - timedelta(seconds=15)).isoformat(timespec="milliseconds"),
        "period_end": now.isoformat(timespec="milliseconds"),
        "app": "bench", "release": "2026.11.3", "page": "/chat", "endpoint": "/ws",
        "sdk_version": "2.4.0", "sample_rate": 1,
        "connection": {
            "attempts": 1, "opened": 1, "failed": 0, "drops": 0, "reconnect_attempts": 0,
            "reconnect_successes": 0, "open_ms": 15000, "downtime_ms": 0,
            "close_codes": {"1000": 1}, "recovery_ms": [], "lost": 0, "ended_by_server": 0,
            "replaced": 0, "never_back": 0, "abandoned": 0, "open_losses": 0,
        },
        "messages": {
            "sent": 20, "received": 21, "queued": 0, "errors": 0, "bytes_sent": 2000,
            "bytes_received": 2100,
        },
        "latency": {"histogram": {str(bucket): bucket % 7 + 1 for bucket in range(144, 168)}},
        "reply": {"samples_ms": [41.5, 39.2, 44.1, 47.9]}, "setup_ms": [88.4],
        "network": {"type": "wifi", "effective_type": "4g", "rtt_ms": 50, "downlink_mbps": 10},
        "ux": {"page_load_ms": 1200, "lcp_ms": 1500, "inp_ms": 80, "cls": 0.05, "interactions": 12},
        "custom": {"cart_items": 3, "render_ms": 42.5},
    }  # fmt: skip


def of_ours() -> Maker:
    """Makes posts to `/api/ws/client-metrics`."""
    each = report()
    body = json.dumps(each, separators=(",", ":")).encode()
    post = _post("/api/ws/client-metrics", body, f"Content-Type: application/json\r\n{BROWSER}")
    return _numbered(post, each)


def of_influxdb() -> Maker:
    """Makes writes of one line with the same fields; texts that are grouped by are tags."""
    each = report()
    post = _post(f"/write?db={DATABASE}", line(each).encode(), BROWSER)
    return _numbered(post, each)


def line(each: dict[str, Any]) -> str:
    """A report in InfluxDB's line protocol. Its instant is the moment at which it arrives."""
    tags, fields = [f"app={each['app']}"], []
    for name, value in _leaves(each):
        if name in ("release", "page", "endpoint", "type", "effective_type"):
            tags.append(f"{name}={value}")
        elif isinstance(value, str):
            fields.append(f'{name}="{value}"')
        elif name != "app":
            fields.append(f"{name}={value}" + "i" * isinstance(value, int))
    return f"reports,{','.join(sorted(tags))} {','.join(fields)}"


def created() -> str:
    """The path of the query that makes the database."""
    return f"/query?q={quote(f'CREATE DATABASE {DATABASE}')}"


def _leaves(section: dict[str, Any]) -> list[tuple[str, Any]]:
    """All fields by name; maps and lists, of which InfluxDB has none, as text."""
    leaves: list[tuple[str, Any]] = []
    for name, value in section.items():
        if name in ("connection", "messages", "latency", "reply", "network", "ux"):
            leaves += _leaves(value)
        elif isinstance(value, dict | list):
            leaves.append((name, json.dumps(value, separators=(",", ":")).replace('"', "'")))
        elif name != "app":
            leaves.append((name, value))
    return leaves


def _post(path: str, body: bytes, fields: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _numbered(post: bytes, each: dict[str, Any]) -> Maker:
    report_id, session_id = each["report_id"].encode(), each["session_id"].encode()
    head, middle = post.split(report_id)
    middle, tail = middle.split(session_id)
    numbers = count()

    def numbered() -> bytes:
        number = next(numbers)
        ids = (head, report_id[:24], number, middle, session_id[:24], number % SESSIONS, tail)
        return b"%s%s%012x%s%s%012x%s" % ids

    return numbered
