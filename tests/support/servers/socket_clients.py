"""Clients of `/ws` for tests: JSON in and out, closed at the end of the block."""

import json
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from simple_websocket import Client

from tests.support.servers.running_server import RunningServer

RESPONSE_SECONDS = 10


class RoomClient:
    """One connection to `/ws`."""

    def __init__(self, server: RunningServer, app: str = "portal") -> None:
        address = server.url.replace("http", "ws", 1)
        self._client = Client.connect(f"{address}/ws?app={quote(app)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._client.connected:
            self._client.close()
        self._client.thread.join(5)
        self._client.sock.close()

    def send(self, text: str | bytes = "", **request: object) -> None:
        """Send a request as JSON, or `text` as it is."""
        self._client.send(text or json.dumps(request, ensure_ascii=False))

    def receive(self) -> dict[str, Any]:
        """The next message of the server."""
        text = self._client.receive(RESPONSE_SECONDS)
        assert text is not None, "the server sent nothing"
        message: dict[str, Any] = json.loads(text)
        return message

    def request(self, text: str | bytes = "", **request: object) -> dict[str, Any]:
        """Send a request and receive the next message."""
        self.send(text, **request)
        return self.receive()

    def close_code(self) -> int:
        """Wait for the server's close; its code. A `send` may fail before the code has arrived."""
        self._client.thread.join(RESPONSE_SECONDS)
        assert not self._client.connected, "the server has not closed"
        return int(self._client.close_reason)

    def join(self, room: str, members: int = 1) -> None:
        """Join, again and again until the room has `members`."""
        while self.request(type="join", room=room)["members"] != members:
            time.sleep(0.05)
