"""A pool test over several workers: where its connections land, and whether that is fair."""

import json
from pathlib import Path

import pytest
import requests

from analytics.connection_tests.spread import FAIR_FROM, spread_of
from ingest.api.connection_tests.connection_test_routes import CONNECTION_TESTS
from models.database.engine import Database
from tests.support.servers.api_client import new_token
from tests.support.servers.running_server import running_server

CONNECTIONS = 120


@pytest.mark.deep
@pytest.mark.parametrize("workers", [2, 3])
def test_each_connection_is_counted_at_its_worker(
    database: Database, tmp_path: Path, workers: int
) -> None:
    with running_server(database.url, tmp_path, workers=workers) as server:
        response = requests.post(
            server.url + CONNECTION_TESTS,
            json={"kind": "pool", "target": "own", "connections": CONNECTIONS},
            headers={"Authorization": f"Bearer {new_token(database, 'admin')}"},
            timeout=60,
        )
    test = json.loads(response.text.splitlines()[-1])["result"]
    counts = [worker["connections"] for worker in test["pool"]["workers"]]
    assert (len(counts), sum(counts), test["pool"]["opened"]) == (workers, CONNECTIONS, CONNECTIONS)
    spread = spread_of(counts)
    assert test["pool"]["p"] == pytest.approx(spread.p, abs=1e-6)
    assert test["outcome"] == ("passed" if (spread.p or 0) >= FAIR_FROM else "failed")
    assert test["sentence"] == (
        f"{CONNECTIONS} connections on {workers} workers. {spread.balancing}"
    )
    assert all(0 < each["open_files"] < each["most_open_files"] for each in test["pool"]["workers"])
    assert len({each["worker"] for each in test["pool"]["workers"]}) == workers
    assert 0 < test["pool"]["database_open"] <= test["pool"]["database_most"]
