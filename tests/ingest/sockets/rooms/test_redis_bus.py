"""The bus over a real Redis: batches arrive in order, and every failure is an `OSError`."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ingest.sockets.rooms.redis_bus import RedisConnection
from tests.ingest.sockets.test_bus import Redis, eventually

CHANNEL = "wsmon_test"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    folder: Path = tmp_path_factory.mktemp("redis")
    server = Redis(folder)
    server.start()
    eventually(lambda: _answers(server.url))
    yield server
    server.stop()


def _answers(url: str) -> bool:
    port = urlsplit(url).port
    try:
        socket.create_connection(("127.0.0.1", port or 0), timeout=1).close()
    except OSError:
        return False
    return True


def test_a_batch_arrives_in_order_and_again_after_reconnecting(redis: Redis) -> None:
    sender = RedisConnection(redis.url, CHANNEL, listening=False)
    listener = RedisConnection(redis.url, CHANNEL, listening=True)
    for batch in ([b'["a","hello"]', b"[2]", "é".encode()], [b"x" * 200_000]):
        sender.connect()
        listener.connect()
        sender.send(batch)
        assert _read_message(listener) == batch
        sender.hang_up()
        listener.hang_up()


def test_another_channel_is_not_heard(redis: Redis) -> None:
    listener = RedisConnection(redis.url, CHANNEL, listening=True)
    sender = RedisConnection(redis.url, CHANNEL, listening=False)
    listener.connect()
    RedisConnection(redis.url, "wsmon_other", listening=False).send([b"secret"])
    sender.send([b"ours"])
    assert _read_message(listener) == [b"ours"]
    listener.hang_up()


def test_a_refusal_of_the_server_is_an_os_error(redis: Redis) -> None:
    refused = RedisConnection(redis.url.replace("/0", "/99"), CHANNEL, listening=True)
    with pytest.raises(OSError, match="out of range"):
        refused.connect()
    with pytest.raises(OSError, match="out of range"):
        refused.send([b"[]"])
    refused.hang_up()


def test_reading_needs_a_subscription(redis: Redis) -> None:
    listener = RedisConnection(redis.url, CHANNEL, listening=True)
    with pytest.raises(OSError, match="not connected"):
        listener.read()
    listener.connect()
    listener.hang_up()
    with pytest.raises(OSError, match="not connected"):
        listener.read()
    listener.hang_up()


def _read_message(listener: RedisConnection) -> list[bytes]:
    """The first batch; confirmations of the subscription read as none."""
    while not (batch := listener.read()):
        pass
    return batch
