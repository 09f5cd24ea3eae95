"""Two hundred clients over two workers: every counter is exact, in the API and in Prometheus."""

import asyncio
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from analytics.load_tests.agreement import differences
from scripts import first_start
from scripts.load.api import Api
from settings import Settings
from tests.support.load_runs.all_scenarios import app_of, reports
from tests.support.run_folder import RUN_FOLDER
from tests.support.servers.api_client import ApiClient, JsonObject
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    RunningServer,
    running_server,
)
from tests.support.store.postgres import new_database
from tests.support.threads import in_thread

CLIENTS, ROOMS, MESSAGES = 200, 20, 3
VANISHING, OVERSIZE, NOT_UTF8 = 30, 10, 5
PER_ROOM = CLIENTS // ROOMS
LIMIT = 65536


@dataclass
class ClientCounts:
    """What the clients themselves counted."""

    sent_bytes: int = 0
    received_by_type: Counter[str] = field(default_factory=Counter)
    received_bytes: int = 0

    def count_received(self, text: str) -> str:
        kind = str(json.loads(text)["type"])
        self.received_by_type[kind] += 1
        self.received_bytes += len(text.encode())
        return kind


@pytest.fixture(scope="module")
def two_workers(embedded_url: str) -> Iterator[RunningServer]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    url = new_database(embedded_url, "truth_" + worker)
    data_dir = Path(os.environ[RUN_FOLDER]) / f"truth-{worker}"
    first_start.prepare(
        Settings(
            data_dir=data_dir, database_url=url,
            admin_email=ADMIN_EMAIL, admin_password=ADMIN_PASSWORD,
        ),
        lambda _: None,
    )  # fmt: skip
    with running_server(url, data_dir, workers=2) as server:
        yield server


@pytest.fixture(scope="module")
def truth(two_workers: RunningServer) -> ClientCounts:
    address = two_workers.url.replace("http", "ws", 1) + "/ws?app=truth"
    with ThreadPoolExecutor(
        1
    ) as executor:  # a browser of other tests may run a loop in this thread
        return executor.submit(asyncio.run, run_clients(address)).result()


@pytest.fixture(scope="module")
def metrics_and_api(
    two_workers: RunningServer, truth: ClientCounts
) -> Iterator[tuple[JsonObject, ApiClient]]:
    client = ApiClient(two_workers)
    metrics = client.metrics_when(
        lambda candidate: sum(candidate["connections"]["closed"].values()) == CLIENTS, app="truth"
    )
    yield metrics, client
    client.close()


async def run_clients(address: str) -> ClientCounts:
    truth = ClientCounts()
    clients = [await connect(address, max_queue=None) for _ in range(CLIENTS)]
    for number, client in enumerate(clients):
        await send(truth, client, type="join", room=f"room {number % ROOMS}")
        assert truth.count_received(str(await client.recv())) == "joined"
    await asyncio.sleep(1)  # the workers exchange their room members
    for number, client in enumerate(clients):
        for turn in range(MESSAGES):
            await send(
                truth, client, type="message", room=f"room {number % ROOMS}", data=turn * "ü"
            )
    await asyncio.gather(*(receive_all(truth, client) for client in clients))
    await disconnect_all(clients)
    return truth


async def send(truth: ClientCounts, client: ClientConnection, **request: object) -> None:
    text = json.dumps(request, ensure_ascii=False)
    truth.sent_bytes += len(text.encode())
    await client.send(text)


async def receive_all(truth: ClientCounts, client: ClientConnection) -> None:
    for _ in range(PER_ROOM * MESSAGES):
        async with asyncio.timeout(30):
            assert truth.count_received(str(await client.recv())) == "message"


async def disconnect_all(clients: list[ClientConnection]) -> None:
    vanishing, remaining = clients[:VANISHING], clients[VANISHING:]
    oversize, remaining = remaining[:OVERSIZE], remaining[OVERSIZE:]
    not_utf8, orderly = remaining[:NOT_UTF8], remaining[NOT_UTF8:]
    for client in vanishing:
        client.transport.abort()
    for client in oversize:
        await client.send("x" * (LIMIT + 1))
        await expect_close(client, 1009)
    for client in not_utf8:
        client.protocol.send_text(b"\xff")
        client.transport.write(b"".join(client.protocol.data_to_send()))
        await expect_close(client, 1007)
    await asyncio.gather(*(client.close() for client in orderly))


async def expect_close(client: ClientConnection, code: int) -> None:
    with pytest.raises(ConnectionClosed):
        await client.recv()
    assert client.close_code == code


def test_connections(metrics_and_api: tuple[JsonObject, ApiClient]) -> None:
    connections = metrics_and_api[0]["connections"]
    orderly = CLIENTS - VANISHING - OVERSIZE - NOT_UTF8
    assert connections["opened"] == CLIENTS
    assert connections["active"] == 0
    assert connections["closed"] == {
        "1000": orderly, "1006": VANISHING, "1009": OVERSIZE, "1007": NOT_UTF8,
    }  # fmt: skip
    assert connections["closed_by"] == {
        "client": orderly, "nobody": VANISHING, "server": OVERSIZE + NOT_UTF8,
    }  # fmt: skip
    assert connections["duration_ms"]["n"] == CLIENTS
    assert len(metrics_and_api[0]["workers"]) == 2


def test_messages_and_bytes(
    metrics_and_api: tuple[JsonObject, ApiClient], truth: ClientCounts
) -> None:
    messages = metrics_and_api[0]["messages"]
    assert messages["received"] == CLIENTS * (1 + MESSAGES)
    assert messages["bytes_received"] == truth.sent_bytes
    assert messages["sent"] == truth.received_by_type.total() == CLIENTS * (1 + PER_ROOM * MESSAGES)
    assert messages["bytes_sent"] == truth.received_bytes


def test_types(metrics_and_api: tuple[JsonObject, ApiClient]) -> None:
    kinds = metrics_and_api[0]["messages"]["by_type"]
    sent_messages = CLIENTS * MESSAGES
    assert kinds == {
        "message": {"sent": sent_messages * PER_ROOM, "received": sent_messages},
        "join": {"sent": 0, "received": CLIENTS},
        "joined": {"sent": CLIENTS, "received": 0},
    }


def test_errors(metrics_and_api: tuple[JsonObject, ApiClient]) -> None:
    messages = metrics_and_api[0]["messages"]
    assert messages["errors"] == OVERSIZE + NOT_UTF8
    assert messages["errors_by_kind"] == {"too-big": OVERSIZE, "invalid-data": NOT_UTF8}


def test_rooms(metrics_and_api: tuple[JsonObject, ApiClient]) -> None:
    rooms = metrics_and_api[0]["rooms"]
    assert (rooms["active"], rooms["members"]) == (0, 0)
    assert sorted(room["room"] for room in rooms["top"]) == sorted(
        f"room {number}" for number in range(ROOMS)
    )
    assert {room["messages"] for room in rooms["top"]} == {PER_ROOM * MESSAGES}


def test_durations(metrics_and_api: tuple[JsonObject, ApiClient]) -> None:
    performance = metrics_and_api[0]["performance"]
    assert performance["broadcast_ms"]["n"] == CLIENTS * MESSAGES
    assert performance["processing_ms"]["n"] == CLIENTS * (1 + MESSAGES)
    assert performance["message_latency_ms"]["n"] > 0


def test_the_series_adds_up_to_the_same(metrics_and_api: tuple[JsonObject, ApiClient]) -> None:
    series = metrics_and_api[0]["series"]
    for of_point, total in (("opened", CLIENTS), ("closed", CLIENTS)):
        assert sum(point[of_point] for point in series) == total
    assert sum(point["sent"] for point in series) == metrics_and_api[0]["messages"]["sent"]


def test_promtool_accepts_the_exposition(metrics_and_api: tuple[JsonObject, ApiClient]) -> None:
    checked = subprocess.run(
        ["promtool", "check", "metrics"],
        input=metrics_and_api[1].get("/metrics").content, capture_output=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_prometheus_has_the_same_totals(metrics_and_api: tuple[JsonObject, ApiClient]) -> None:
    metrics, client = metrics_and_api
    totals: Counter[str] = Counter()
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if sample.labels.get("app") == "truth":
                totals[sample.name] += int(sample.value)
    assert totals["wsmon_connections_opened_total"] == CLIENTS
    assert totals["wsmon_connections_closed_total"] == CLIENTS
    assert totals["wsmon_messages_received_total"] == metrics["messages"]["received"]
    assert totals["wsmon_messages_sent_total"] == metrics["messages"]["sent"]
    assert totals["wsmon_message_sent_bytes_total"] == metrics["messages"]["bytes_sent"]
    assert totals["wsmon_errors_total"] == metrics["messages"]["errors"]
    assert totals["wsmon_connection_duration_seconds_count"] == CLIENTS


def have_ended(number: int, metrics: JsonObject) -> bool:
    return bool(sum(metrics["connections"]["closed"].values()) == number)


def test_every_scenario_of_load_tests_counts_as_the_server_does(
    two_workers: RunningServer, metrics_and_api: tuple[JsonObject, ApiClient]
) -> None:
    client, began = metrics_and_api[1], datetime.now(UTC)
    api = Api(two_workers.url, client.token("analyst"))
    for scenario, report in in_thread(asyncio.run, reports(two_workers.port)).items():
        connections, messages = report.connections, report.messages
        client.metrics_when(partial(have_ended, connections.connected), app=app_of(scenario))
        server = api.server_side(app_of(scenario), began)
        assert list(differences(report.plan, server, connections, messages)) == [], scenario
        assert connections.connected == connections.attempted > 0
        assert messages.received > 50 or scenario == "idle"
        assert messages.lost == messages.garbled == 0, scenario
