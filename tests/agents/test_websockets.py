"""The face of `websockets`: round trips, broadcasts, fragments."""

import asyncio
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from assets.agents.python.wsmon_agent.websockets import monitor
from tests.support.agents.sink import Sink
from tests.support.threads import in_thread

HOST = "127.0.0.1"


@pytest.fixture
def sink() -> Iterator[Sink]:
    started = Sink()
    yield started
    started.close()


async def talk(measured: type[ServerConnection]) -> None:
    async def handler(connection: ServerConnection) -> None:
        assert await connection.recv() == "a fragment each"
        broadcast([connection], "to all")
        await connection.send(iter(["in ", "parts"]))
        await (await connection.ping())
        await connection.wait_closed()

    async with serve(handler, HOST, 0, create_connection=measured) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://{HOST}:{port}/?wsmon=0123abcd-4567") as client:
            await client.send(iter(["a fragment ", "each"]))
            assert [await client.recv(), await client.recv()] == ["to all", "in parts"]
            await client.ping()


def test_all_that_passes_the_protocol_is_counted(sink: Sink) -> None:
    measured = monitor(sink.url, token="t", service="chat", interval_seconds=600)
    in_thread(asyncio.run, talk(measured))
    measured.agent.close()  # type: ignore[attr-defined]
    (sample,) = sink.samples.values()
    messages = sample["messages"]
    assert (messages["received"], messages["bytes_received"]) == (1, 15)
    assert (messages["sent"], messages["bytes_sent"]) == (2, 14)
    assert sum(sample["performance"]["message_latency_ms"]["histogram"].values()) == 1
    assert sample["connections"]["closed"] == {"1000/client": 1}
    assert "latency" not in sample["agent"]["not_counted"]
