"""Chromium by the DevTools protocol: one connection, a session for each tab."""

import asyncio
import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.servers.chromium import PROGRAMS

from .tab import JsonObject

OPTIONS = (
    *("--headless", "--no-sandbox", "--remote-debugging-port=0", "--no-first-run"),
    *("--disable-dev-shm-usage", "--disable-component-update", "--disable-background-networking"),
    *("--disable-gpu", "--window-size=800,600"),
)
START_SECONDS = 20
COMMAND_SECONDS = 10


class Protocol:
    """Commands and their results over one WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._pending: dict[int, asyncio.Future[JsonObject]] = {}
        self._reading = asyncio.create_task(self._read())

    async def send(self, method: str, session: str | None = None, **params: Any) -> JsonObject:
        """The result of a command. Raises `RuntimeError` with the reason."""
        number = next(self._numbers)
        self._pending[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        try:
            message = await asyncio.wait_for(self._pending[number], COMMAND_SECONDS)
        except TimeoutError as fault:
            raise RuntimeError(f"{method} was not answered") from fault
        finally:
            del self._pending[number]
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
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


class ChromiumTab:
    """A tab in a window and a profile of its own: visible until another covers it."""

    def __init__(self, protocol: Protocol, context: str, target: str, session: str) -> None:
        self._protocol, self._context = protocol, context
        self._target, self._session = target, session
        self._cover: str | None = None

    async def send(self, method: str, **params: Any) -> JsonObject:
        """A command of this tab."""
        return await self._protocol.send(method, self._session, **params)

    async def navigate(self, url: str) -> None:
        """Load an address."""
        await self.send("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited."""
        options = {"awaitPromise": True, "returnByValue": True, "expression": expression}
        result = await self.send("Runtime.evaluate", **options)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    async def back(self) -> None:
        """Go back in history."""
        history = await self.send("Page.getNavigationHistory")
        entry = history["entries"][history["currentIndex"] - 1]
        await self.send("Page.navigateToHistoryEntry", entryId=entry["id"])

    async def reload(self) -> None:
        """Load the page anew."""
        await self.send("Page.reload")

    async def hide(self, hidden: bool) -> None:
        """Put another tab of the window before it, or close that."""
        if hidden:
            options = {"url": "about:blank", "browserContextId": self._context}
            self._cover = (await self._protocol.send("Target.createTarget", **options))["targetId"]
            await self._protocol.send("Target.activateTarget", targetId=self._cover)
        else:
            await self._protocol.send("Target.activateTarget", targetId=self._target)

    async def close(self) -> None:
        """Close it as a person does: the page hears of it."""
        await self.send("Page.close")


class Chromium:
    """A headless Chromium with the back-forward cache that people have."""

    name = "chromium"

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="wsmon-chromium-")

    async def start(self) -> "Chromium":
        """Start and connect."""
        program = next(filter(None, map(shutil.which, PROGRAMS)))
        self._process = await asyncio.create_subprocess_exec(
            program, *OPTIONS, f"--user-data-dir={self._folder}",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        port, path = (await self._address()).split()
        self._http = aiohttp.ClientSession()
        socket = await self._http.ws_connect(f"ws://127.0.0.1:{port}{path}", max_msg_size=0)
        self._protocol = Protocol(socket)
        return self

    async def open(self) -> ChromiumTab:
        """A new tab in a window of its own."""
        send = self._protocol.send
        context = (await send("Target.createBrowserContext"))["browserContextId"]
        options = {"url": "about:blank", "browserContextId": context, "newWindow": True}
        target = (await send("Target.createTarget", **options))["targetId"]
        session = (await send("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        return ChromiumTab(self._protocol, context, target, session)

    async def end(self) -> None:
        """End the process and delete its profile."""
        await self._protocol.end()
        await self._http.close()
        self._process.terminate()
        await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _address(self) -> str:
        """Port and path that it listens on."""
        address = Path(self._folder) / "DevToolsActivePort"
        for _ in range(START_SECONDS * 20):
            if address.exists() and "\n" in (text := address.read_text()):
                return text
            await asyncio.sleep(0.05)
        raise RuntimeError("Chromium did not start")
