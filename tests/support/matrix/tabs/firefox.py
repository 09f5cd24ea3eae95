"""Firefox by WebDriver BiDi, spoken to it without a driver in between."""

import asyncio
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from .protocol import Protocol
from .tab import JsonObject

PROGRAM = "firefox-esr"
START_SECONDS = 60
PREFERENCES = {
    "app.update.enabled": "false",
    "browser.shell.checkDefaultBrowser": "false",
    "datareporting.policy.dataSubmissionEnabled": "false",
    "browser.tabs.remote.separatePrivilegedContentProcess": "false",
    "dom.ipc.processPrelaunch.enabled": "false",
    "toolkit.telemetry.enabled": "false",
    "network.captive-portal-service.enabled": "false",
    "network.connectivity-service.enabled": "false",
}


class FirefoxTab:
    """A tab in a window of its own."""

    def __init__(self, protocol: Protocol, context: str) -> None:
        self._protocol, self._context = protocol, context

    async def send(self, method: str, **params: Any) -> JsonObject:
        """A command of this tab."""
        return await self._protocol.send(method, {"context": self._context, **params})

    async def navigate(self, url: str) -> None:
        """Load an address."""
        await self.send("browsingContext.navigate", url=url, wait="none")

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited; by JSON, which both sides know."""
        result = await self._protocol.send(
            "script.evaluate",
            {
                "expression": f"(async () => JSON.stringify([await ({expression})]))()",
                "target": {"context": self._context},
                "awaitPromise": True,
            },
        )
        if result["type"] != "success":
            raise RuntimeError(str(result["exceptionDetails"].get("text")))
        return json.loads(result["result"]["value"])[0]

    async def back(self) -> None:
        """Go back in history."""
        await self.send("browsingContext.traverseHistory", delta=-1)

    async def reload(self) -> None:
        """Load the page anew."""
        await self.send("browsingContext.reload", wait="none")

    async def hide(self, hidden: bool) -> None:
        """Put another tab of the window before it, or go back to it."""
        if hidden:
            options = {"type": "tab", "referenceContext": self._context}
            await self._protocol.send("browsingContext.create", options)
        else:
            await self.send("browsingContext.activate")

    async def close(self) -> None:
        """Close it as a person does: the page hears of it."""
        await self.send("browsingContext.close")


class Firefox:
    """A headless Firefox."""

    name = "firefox"

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="wsmon-firefox-")
        lines = (f'user_pref("{name}", {value});' for name, value in PREFERENCES.items())
        (Path(self._folder) / "user.js").write_text("\n".join(lines))

    async def start(self) -> "Firefox":
        """Start and connect."""
        self._process = await asyncio.create_subprocess_exec(
            PROGRAM, "--headless", "--no-remote", "--profile", self._folder,
            "--remote-debugging-port", "0",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        url = await asyncio.wait_for(self._address(), START_SECONDS)
        self._log = asyncio.create_task(self._discard())
        self._http = aiohttp.ClientSession()
        self._protocol = Protocol(await self._http.ws_connect(f"{url}/session", max_msg_size=0))
        await self._protocol.send("session.new", {"capabilities": {}})
        return self

    async def open(self) -> FirefoxTab:
        """A new tab in a window of its own."""
        result = await self._protocol.send("browsingContext.create", {"type": "window"})
        return FirefoxTab(self._protocol, result["context"])

    async def end(self) -> None:
        """End the process and delete its profile."""
        await self._protocol.end()
        await self._http.close()
        self._process.terminate()
        await self._process.wait()
        await self._log
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _address(self) -> str:
        assert self._process.stderr is not None
        while line := (await self._process.stderr.readline()).decode():
            if "BiDi listening on" in line:
                return line.split()[-1]
        raise RuntimeError("Firefox did not start")

    async def _discard(self) -> None:
        assert self._process.stderr is not None
        while await self._process.stderr.read(65536):
            pass
