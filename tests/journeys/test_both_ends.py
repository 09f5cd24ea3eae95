"""One connection, both ends: a real browser, a measured ASGI server and our own, nine endings."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page

from ingest.site import sdk
from tests.support.agents.installed import install
from tests.support.agents.recipes import CORE
from tests.support.agents.running import serving
from tests.support.servers.api_client import ApiClient
from tests.support.servers.chromium import Watch
from tests.support.servers.forwarder import forwarder
from tests.support.servers.running_server import RunningServer, running_server
from tests.support.servers.socket_server import SocketServer, socket_server

ENDED = "/api/ws/connections/ended"
PATIENCE_SECONDS = 20
TOO_BIG = "'x'.repeat(3e5)"
SCRIPT = """
    window.monitor = new WebSocketClientMonitor({
      app: 'default', endpoint: 'COLLECTOR', correlate: () => true }).install()
    window.opened = url => new Promise(resolve => {
      const socket = new WebSocket(url)
      window.last = socket
      for (const type of ['open', 'close']) socket.addEventListener(type, () => resolve(socket.url))
    })
    window.echoed = () => new Promise(resolve => {
      last.addEventListener('message', resolve, { once: true })
      last.send('{"type": "ping", "id": 1}')
    })
    window.ended = act => new Promise(resolve => {
      last.addEventListener('close', resolve)
      act(last)
    })"""


class Visitor:
    """A page with the monitor, which reports to an installation."""

    def __init__(self, page: Page, site: SocketServer, installation: RunningServer) -> None:
        self.page = page
        self._address = f"{site.site}visited"
        script = SCRIPT.replace("COLLECTOR", f"{installation.url}/api/ws/client-metrics")
        site.files["/visited"] = (
            f"<!doctype html><title>Page</title><script>{sdk.script()}{script}</script>"
        )
        page.goto(self._address)

    def ends(self, url: str, act: str) -> str:
        """Open, exchange a message, and end by `act`; the id of the connection."""
        connection_id = self.opens(url)
        self.page.evaluate(f"ended(socket => {{ {act} }})")
        return connection_id

    def opens(self, url: str) -> str:
        """Open and exchange a message; the id of the connection."""
        script = "async url => { const a = await opened(url); await echoed(); return a }"
        address: str = self.page.evaluate(script, url)
        return dict(parse_qsl(urlsplit(address).query))["wsmon"]

    def waits(self) -> None:
        """Wait for the `close` event of what ends without the page."""
        self.page.evaluate("last.readyState === 3 || ended(() => {})")

    def leaves(self) -> None:
        """Go to another page and come back."""
        self.page.goto("about:blank")
        self.page.goto(self._address)

    def reports(self) -> None:
        """Send what is counted, after the second in which ends are judged."""
        self.page.wait_for_timeout(1_100)
        self.page.evaluate("monitor.flush()")


@pytest.fixture(scope="module")
def site() -> Iterator[SocketServer]:
    with socket_server() as running:
        yield running


@pytest.fixture(scope="module")
def installation(
    site: SocketServer, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """One that takes reports and sockets of the site."""
    origin = site.site.rstrip("/")
    with running_server(
        database_url, tmp_path_factory.mktemp("both-ends"),
        METRICS_ALLOWED_ORIGINS=origin, WEBSOCKET_ALLOWED_ORIGINS=origin,
    ) as server:  # fmt: skip
        yield server


@pytest.fixture
def api(installation: RunningServer) -> Iterator[ApiClient]:
    client = ApiClient(installation)
    yield client
    client.close()


@pytest.fixture
def visitor(
    page: Page, watch: Watch, site: SocketServer, installation: RunningServer
) -> Iterator[Visitor]:
    yield Visitor(page, site, installation)
    watch.console_errors.clear()  # the browser logs what it lost


def stories(api: ApiClient, ids: dict[str, str]) -> dict[str, Any]:
    """The connections by the way they ended, once both ends of all were told."""

    def read() -> dict[str, Any]:
        listed = api.get(ENDED, range="1h", limit="500").json()["connections"]
        by_id = {row["id"]: row for row in listed if row["server"] and row["browser"]}
        return {way: by_id[each] for way, each in ids.items() if each in by_id}

    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(rows := read()) < len(ids) and time.monotonic() < deadline:
        time.sleep(0.2)
    return rows


def endings(rows: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    return {
        way: (row["server_ending"], row["browser_ending"], row["verdict"])
        for way, row in rows.items()
    }


def test_the_stories_of_a_measured_server_meet(
    visitor: Visitor, api: ApiClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", api.token("ingest"))
    recipe = next(each for each in CORE if "uvicorn" in str(each))
    with serving(recipe, Path(sys.executable), install(tmp_path), api.url) as (port, process):
        url = f"ws://127.0.0.1:{port}/echo"
        ids = {
            "client 1000": visitor.ends(url, "socket.close(1000)"),
            "client 4002": visitor.ends(url, "socket.close(4002, 'bye')"),
            "client without a code": visitor.ends(url, "socket.close()"),
            "own close": visitor.ends(url, "socket.send('close')"),
            "fault": visitor.ends(url, "socket.send('raise')"),
            "too big": visitor.ends(url, f"socket.send({TOO_BIG})"),
        }
        with forwarder(port) as network:
            ids["cut"] = visitor.opens(f"ws://127.0.0.1:{network.port}/echo")
            network.cut()
            visitor.waits()
        ids["left"] = visitor.opens(url)
        visitor.leaves()
        ids["stop"] = visitor.opens(url)
        process.send_signal(signal.SIGTERM)
        visitor.waits()
        visitor.reports()
        process.wait(PATIENCE_SECONDS)
    rows = stories(api, ids)
    assert endings(rows) == {
        "client 1000": ("1000/client", "1000/page", "agree"),
        "client 4002": ("4002/client", "4002/page", "agree"),
        "client without a code": ("1005/client", "1005/page", "agree"),
        "own close": ("4321/server", "4321/server", "agree"),
        "fault": ("1006/server", "1006/nobody", "agree"),
        "too big": ("1009/server", "1009/server", "agree"),
        "cut": ("1006/nobody", "1006/nobody", "agree"),
        "left": ("1001/client", "left", "agree"),
        "stop": ("1012/server", "1012/server", "agree"),
    }
    assert rows["client 1000"]["server"]["received"] == rows["client 1000"]["browser"]["sent"] == 1


def test_the_stories_of_our_own_endpoints_meet(
    visitor: Visitor, api: ApiClient, installation: RunningServer
) -> None:
    url = installation.url.replace("http", "ws") + "/ws"
    ids = {
        "client 1000": visitor.ends(url, "socket.close(1000)"),
        "client 4002": visitor.ends(f"{url}/echo", "socket.close(4002)"),
        "client without a code": visitor.ends(f"{url}/echo?x=1", "socket.close()"),
        "too big": visitor.ends(url, f"socket.send({TOO_BIG})"),
    }
    with forwarder(installation.port) as network:
        ids["cut"] = visitor.opens(f"ws://127.0.0.1:{network.port}/ws")
        network.cut()
        visitor.waits()
    ids["left"] = visitor.opens(url)
    visitor.leaves()
    visitor.reports()
    assert endings(stories(api, ids)) == {
        "client 1000": ("1000/client", "1000/page", "agree"),
        "client 4002": ("4002/client", "4002/page", "agree"),
        "client without a code": ("1005/client", "1005/page", "agree"),
        "too big": ("1009/server", "1009/server", "agree"),
        "cut": ("1006/nobody", "1006/nobody", "agree"),
        "left": ("1001/client", "left", "agree"),
    }
