"""Messages between processes over Redis: the bus of installations that set `REDIS_URL`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import redis

LONGEST_WAIT_SECONDS = 15.0  # then the connection is checked by a ping


class RedisConnection:
    """One connection that sends, or with `listening` receives. Methods raise `OSError`."""

    def __init__(self, url: str, channel: str, *, listening: bool) -> None:
        self._channel = channel
        self._listening = listening
        self._client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5)
        self._subscription: redis.client.PubSub | None = None

    def connect(self) -> None:
        """Open, and subscribe when listening."""
        with _redis_errors_as_os_errors():
            self._client.ping()
            if self._listening:
                # The library's publish and subscribe has no annotations, hence both ignores.
                subscription: redis.client.PubSub = self._client.pubsub(  # type: ignore[no-untyped-call]
                    ignore_subscribe_messages=True
                )
                subscription.subscribe(self._channel)  # type: ignore[no-untyped-call]
                self._subscription = subscription

    def send(self, batch: Sequence[bytes]) -> None:
        """Send JSON texts, in order, as one message."""
        with _redis_errors_as_os_errors():
            self._client.publish(self._channel, b"\n".join(batch))

    def read(self) -> list[bytes]:
        """Wait for messages; empty after 15 s without any."""
        if self._subscription is None:
            raise ConnectionError("not connected")
        with _redis_errors_as_os_errors():
            message = self._subscription.get_message(timeout=LONGEST_WAIT_SECONDS)
            if message is None:
                self._subscription.ping()
                return []
        data = message["data"]
        return bytes(data).split(b"\n") if message["type"] == "message" else []

    def hang_up(self) -> None:
        """Close; never raises."""
        with suppress(redis.RedisError, OSError):
            if self._subscription is not None:
                self._subscription.close()
            self._client.close()
        self._subscription = None


@contextmanager
def _redis_errors_as_os_errors() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as fault:
        raise ConnectionError(str(fault)) from fault
