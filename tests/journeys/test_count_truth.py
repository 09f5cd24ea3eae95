"""Two hundred clients over two workers: every counter is exactly right, wherever it is read."""

import asyncio
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from scripts import first_start
from settings import Settings
from tests.conftest import RUN_FOLDER, new_database
from tests.support.api_client import Answer, ApiClient
from tests.support.running_server import ADMIN_EMAIL, ADMIN_PASSWORD, RunningServer, running_server

CLIENTS, ROOMS, MESSAGES = 200, 20, 3
VANISHING, OVERSIZE, NOT_UTF8 = 30, 10, 5
PER_ROOM = CLIENTS // ROOMS
LIMIT = 65536


@dataclass
class Truth:
    """What the clients themselves counted."""

    sent_bytes: int = 0
    heard: Counter[str] = field(default_factory=Counter)
    heard_bytes: int = 0

    def hear(self, text: str) -> str:
        kind = str(json.loads(text)["type"])
        self.heard[kind] += 1
        self.heard_bytes += len(text.encode())
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
def truth(two_workers: RunningServer) -> Truth:
    address = two_workers.url.replace("http", "ws", 1) + "/ws?app=truth"
    with ThreadPoolExecutor(1) as aside:  # a browser of other tests may run a loop in this thread
        return aside.submit(asyncio.run, everybody(address)).result()


@pytest.fixture(scope="module")
def found(two_workers: RunningServer, truth: Truth) -> Iterator[tuple[Answer, ApiClient]]:
    client = ApiClient(two_workers)
    is_told = client.metrics_when(
        lambda answer: sum(answer["connections"]["closed"].values()) == CLIENTS, app="truth"
    )
    yield is_told, client
    client.close()


async def everybody(address: str) -> Truth:
    truth = Truth()
    clients = [await connect(address, max_queue=None) for _ in range(CLIENTS)]
    for number, client in enumerate(clients):
        await say(truth, client, type="join", room=f"room {number % ROOMS}")
        assert truth.hear(str(await client.recv())) == "joined"
    await asyncio.sleep(1)  # the workers tell each other who is where
    for number, client in enumerate(clients):
        for turn in range(MESSAGES):
            await say(truth, client, type="message", room=f"room {number % ROOMS}", data=turn * "ü")
    await asyncio.gather(*(hear_all(truth, client) for client in clients))
    await part(clients)
    return truth


async def say(truth: Truth, client: ClientConnection, **request: object) -> None:
    text = json.dumps(request, ensure_ascii=False)
    truth.sent_bytes += len(text.encode())
    await client.send(text)


async def hear_all(truth: Truth, client: ClientConnection) -> None:
    for _ in range(PER_ROOM * MESSAGES):
        async with asyncio.timeout(30):
            assert truth.hear(str(await client.recv())) == "message"


async def part(clients: list[ClientConnection]) -> None:
    vanishing, rest = clients[:VANISHING], clients[VANISHING:]
    oversize, rest = rest[:OVERSIZE], rest[OVERSIZE:]
    not_utf8, orderly = rest[:NOT_UTF8], rest[NOT_UTF8:]
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


def test_connections(found: tuple[Answer, ApiClient]) -> None:
    connections = found[0]["connections"]
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
    assert len(found[0]["workers"]) == 2


def test_messages_and_bytes(found: tuple[Answer, ApiClient], truth: Truth) -> None:
    messages = found[0]["messages"]
    assert messages["received"] == CLIENTS * (1 + MESSAGES)
    assert messages["bytes_received"] == truth.sent_bytes
    assert messages["sent"] == truth.heard.total() == CLIENTS * (1 + PER_ROOM * MESSAGES)
    assert messages["bytes_sent"] == truth.heard_bytes


def test_types(found: tuple[Answer, ApiClient]) -> None:
    kinds = found[0]["messages"]["by_type"]
    spoken = CLIENTS * MESSAGES
    assert kinds == {
        "message": {"sent": spoken * PER_ROOM, "received": spoken},
        "join": {"sent": 0, "received": CLIENTS},
        "joined": {"sent": CLIENTS, "received": 0},
    }


def test_errors(found: tuple[Answer, ApiClient]) -> None:
    messages = found[0]["messages"]
    assert messages["errors"] == OVERSIZE + NOT_UTF8
    assert messages["errors_by_kind"] == {"too-big": OVERSIZE, "invalid-data": NOT_UTF8}


def test_rooms(found: tuple[Answer, ApiClient]) -> None:
    rooms = found[0]["rooms"]
    assert (rooms["active"], rooms["members"]) == (0, 0)
    assert sorted(room["room"] for room in rooms["top"]) == sorted(
        f"room {number}" for number in range(ROOMS)
    )
    assert {room["messages"] for room in rooms["top"]} == {PER_ROOM * MESSAGES}


def test_durations(found: tuple[Answer, ApiClient]) -> None:
    performance = found[0]["performance"]
    assert performance["broadcast_ms"]["n"] == CLIENTS * MESSAGES
    assert performance["processing_ms"]["n"] == CLIENTS * (1 + MESSAGES)
    assert performance["message_latency_ms"]["n"] > 0


def test_the_series_adds_up_to_the_same(found: tuple[Answer, ApiClient]) -> None:
    series = found[0]["series"]
    for of_point, whole in (("opened", CLIENTS), ("closed", CLIENTS)):
        assert sum(point[of_point] for point in series) == whole
    assert sum(point["sent"] for point in series) == found[0]["messages"]["sent"]


def test_prometheus_has_nothing_to_object_to(found: tuple[Answer, ApiClient]) -> None:
    checked = subprocess.run(
        ["promtool", "check", "metrics"],
        input=found[1].get("/metrics").content, capture_output=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_prometheus_is_told_the_same(found: tuple[Answer, ApiClient]) -> None:
    answer, client = found
    totals: Counter[str] = Counter()
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if sample.labels.get("app") == "truth":
                totals[sample.name] += int(sample.value)
    assert totals["wsmon_connections_opened_total"] == CLIENTS
    assert totals["wsmon_connections_closed_total"] == CLIENTS
    assert totals["wsmon_messages_received_total"] == answer["messages"]["received"]
    assert totals["wsmon_messages_sent_total"] == answer["messages"]["sent"]
    assert totals["wsmon_message_sent_bytes_total"] == answer["messages"]["bytes_sent"]
    assert totals["wsmon_errors_total"] == answer["messages"]["errors"]
    assert totals["wsmon_connection_duration_seconds_count"] == CLIENTS
