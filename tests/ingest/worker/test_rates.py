"""The rate of an address holds over all workers of a node."""

import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import requests

from models.database.engine import Database
from tests.support.servers.running_server import running_server

WORKERS, POSTS, BURST = 3, 60, 10


def post(url: str) -> int:
    """Post a report over a connection of its own, which any worker may accept."""
    now = datetime.now(UTC).isoformat()
    ids = {"report_id": str(uuid4()), "session_id": str(uuid4())}
    body = {**ids, "period_start": now, "period_end": now}
    sender = {"X-Forwarded-For": "203.0.113.9:4711", "Connection": "close"}
    return requests.post(
        url + "/api/ws/client-metrics", json=body, headers=sender, timeout=10
    ).status_code


def test_workers_share_the_rate_of_an_address(database: Database, tmp_path: Path) -> None:
    rates = {"METRICS_RATE_PER_ADDRESS": "1", "TRUSTED_PROXY_HOPS": "1"}
    with running_server(database.url, tmp_path, workers=WORKERS, **rates) as server:
        began = time.monotonic()
        statuses = [post(server.url) for _ in range(POSTS)]
        seconds = time.monotonic() - began
    assert set(statuses) == {201, 429}
    assert BURST <= statuses.count(201) <= 1.2 * (BURST + seconds)
