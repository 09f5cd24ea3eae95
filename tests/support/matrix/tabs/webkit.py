"""WebKitGTK's MiniBrowser by WebDriver: a driver and a browser for each tab, on one display."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.servers.running_server import free_port

from .tab import JsonObject

DRIVER, DISPLAY = "WebKitWebDriver", "Xvfb"
MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
START_SECONDS = 60
LINGER_SECONDS = 20
EVALUATE = """const done = arguments[arguments.length - 1]
;(async () => (EXPRESSION))().then(value => done([value]), fault => done(String(fault)))"""


class WebKitTab:
    """The tab of one browser process."""

    def __init__(self, http: aiohttp.ClientSession, url: str, driver: asyncio.subprocess.Process):
        self._http, self.url, self._driver = http, url, driver
        self._window = ""

    async def send(self, method: str, path: str, **body: Any) -> Any:
        """The value of a command. Raises `RuntimeError` with the reason."""
        content = body if method == "POST" else None
        async with self._http.request(method, self.url + path, json=content) as response:
            value = (await response.json())["value"]
        if response.status != 200:
            raise RuntimeError(f"{path}: {value['message']}")
        return value

    async def navigate(self, url: str) -> None:
        """Load an address."""
        await self.send("POST", "/url", url=url)

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited."""
        script = EVALUATE.replace("EXPRESSION", expression)
        value = await self.send("POST", "/execute/async", script=script, args=[])
        if not isinstance(value, list):
            raise RuntimeError(str(value))
        return value[0]

    async def back(self) -> None:
        """Go back in history."""
        await self.send("POST", "/back")

    async def reload(self) -> None:
        """Load the page anew."""
        await self.send("POST", "/refresh")

    async def hide(self, hidden: bool) -> None:
        """Put another tab of the window before it, or go back to it."""
        if hidden:
            self._window = await self.send("GET", "/window")
            other = (await self.send("POST", "/window/new", type="tab"))["handle"]
            await self.send("POST", "/window", handle=other)
        else:
            await self.send("POST", "/window", handle=self._window)

    async def close(self) -> None:
        """Close it as a person does: the browser goes on for a while, and sends what waits."""
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self.end)
        window = await self.send("GET", "/window")
        await self.send("POST", "/window/new", type="tab")
        await self.send("POST", "/window", handle=window)
        await self.send("DELETE", "/window")

    def end(self) -> None:
        """End its browser."""
        if self._driver.returncode is None:
            self._driver.terminate()

    async def ended(self) -> None:
        """Wait for the end of its browser."""
        self.end()
        await self._driver.wait()


class WebKit:
    """A display, and the tabs on it."""

    name = "webkit"

    def __init__(self) -> None:
        self._tabs: list[WebKitTab] = []

    async def start(self) -> "WebKit":
        """Start the display."""
        self._display = await asyncio.create_subprocess_exec(
            DISPLAY, "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert self._display.stdout is not None
        line = await asyncio.wait_for(self._display.stdout.readline(), START_SECONDS)
        self._name = f":{line.decode().strip()}"
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(START_SECONDS))
        return self

    async def open(self) -> WebKitTab:
        """A new browser with one tab."""
        port = free_port()
        driver = await asyncio.create_subprocess_exec(
            "env", f"DISPLAY={self._name}", "GDK_BACKEND=x11", "WEBKIT_DISABLE_COMPOSITING_MODE=1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1", DRIVER, f"--port={port}",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        tab = WebKitTab(self._http, f"http://127.0.0.1:{port}", driver)
        session = await self._session(tab)
        tab.url += f"/session/{session['sessionId']}"
        self._tabs.append(tab)
        return tab

    async def end(self) -> None:
        """End all browsers and the display."""
        await asyncio.gather(*(tab.ended() for tab in self._tabs))
        await self._http.close()
        self._display.terminate()
        await self._display.wait()

    async def _session(self, tab: WebKitTab) -> JsonObject:
        """A new session, once the driver listens."""
        binary = str(next(Path("/").glob(MINI_BROWSERS.removeprefix("/"))))
        options = {"binary": binary, "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        for _ in range(START_SECONDS * 10):
            try:
                session: JsonObject = await tab.send("POST", "/session", capabilities=capabilities)
                return session
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.1)
        raise RuntimeError("WebKitWebDriver did not start")
