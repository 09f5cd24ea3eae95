"""Commands and their results over one WebSocket: the DevTools protocol and WebDriver BiDi."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Mapping
from typing import Any

import aiohttp

from .tab import JsonObject

COMMAND_SECONDS = 30


class Protocol:
    """A connection to a browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._pending: dict[int, asyncio.Future[JsonObject]] = {}
        self.events: Counter[tuple[str, str]] = Counter()  # by session and method
        self._reading = asyncio.create_task(self._read())

    async def send(
        self, method: str, params: Mapping[str, Any], session: str | None = None
    ) -> JsonObject:
        """The result of a command. Raises `RuntimeError` with the reason."""
        number = next(self._numbers)
        self._pending[number] = asyncio.get_running_loop().create_future()
        message: JsonObject = {"id": number, "method": method, "params": params}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        try:
            message = await asyncio.wait_for(self._pending[number], COMMAND_SECONDS)
        except TimeoutError as fault:
            raise RuntimeError(f"{method} was not answered") from fault
        finally:
            del self._pending[number]
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']} {message.get('message', '')}")
        result: JsonObject = message.get("result", {})
        return result

    async def end(self) -> None:
        """Stop reading."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        async for frame in self._socket:
            message = frame.json()
            if (pending := self._pending.get(message.get("id"))) and not pending.done():
                pending.set_result(message)
            elif "method" in message:
                self.events[message.get("sessionId", ""), message["method"]] += 1
