"""Chromium by the DevTools protocol: one connection, a session for each tab."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.servers.chromium import PROGRAMS, USER_AGENT

from .protocol import Protocol
from .tab import JsonObject

OPTIONS = (
    *("--headless", "--no-sandbox", "--remote-debugging-port=0", "--no-first-run"),
    *("--disable-dev-shm-usage", "--disable-component-update", "--disable-background-networking"),
    *("--disable-gpu", "--window-size=800,600"),
    f"--user-agent={USER_AGENT}",  # a headless one is counted apart from people
)
START_SECONDS = 20


class ChromiumTab:
    """A tab in a window and a profile of its own: visible until another covers it."""

    def __init__(self, protocol: Protocol, context: str, target: str, session: str) -> None:
        self._protocol, self._context = protocol, context
        self._target, self._session = target, session
        self._cover: str | None = None

    async def send(self, method: str, **params: Any) -> JsonObject:
        """A command of this tab."""
        return await self._protocol.send(method, params, self._session)

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

    async def count_frames(self) -> None:
        """From now on count what its WebSockets receive."""
        await self.send("Network.enable")

    @property
    def frames(self) -> int:
        """Frames its WebSockets received since `count_frames`, without those of workers."""
        return self._protocol.events[self._session, "Network.webSocketFrameReceived"]

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
            self._cover = (await self._protocol.send("Target.createTarget", options))["targetId"]
            await self._protocol.send("Target.activateTarget", {"targetId": self._cover})
        else:
            await self._protocol.send("Target.activateTarget", {"targetId": self._target})

    async def close(self) -> None:
        """Close it as a person does: the page hears of it."""
        try:
            await self.send("Page.close")
        except RuntimeError:  # while the page is being replaced
            await self._protocol.send("Target.closeTarget", {"targetId": self._target})


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
        context = (await send("Target.createBrowserContext", {}))["browserContextId"]
        options = {"url": "about:blank", "browserContextId": context, "newWindow": True}
        target = (await send("Target.createTarget", options))["targetId"]
        attached = await send("Target.attachToTarget", {"targetId": target, "flatten": True})
        session = attached["sessionId"]
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
