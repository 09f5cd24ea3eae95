"""Clients of `/ws` for tests: they speak JSON and hang up at the end."""

import json
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from simple_websocket import Client

from tests.support.running_server import RunningServer

ANSWER_SECONDS = 10


class Talker:
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

    def tell(self, text: str | bytes = "", **request: object) -> None:
        """Send a request, or this very text."""
        self._client.send(text or json.dumps(request, ensure_ascii=False))

    def hear(self) -> dict[str, Any]:
        """The next thing the server says."""
        heard = self._client.receive(ANSWER_SECONDS)
        assert heard is not None, "the server says nothing"
        said: dict[str, Any] = json.loads(heard)
        return said

    def ask(self, text: str | bytes = "", **request: object) -> dict[str, Any]:
        """Send a request and hear the next thing."""
        self.tell(text, **request)
        return self.hear()

    def closed_with(self) -> int:
        """Wait for the server's close; its code. A failed `tell` tells less: it may come first."""
        self._client.thread.join(ANSWER_SECONDS)
        assert not self._client.connected, "the server has not closed"
        return int(self._client.close_reason)

    def join(self, room: str, members: int = 1) -> None:
        """Join, and ask again until so many members are known."""
        while self.ask(type="join", room=room)["members"] != members:
            time.sleep(0.05)
