"""The pages of the journeys, and what they post: the recorder's events and the reports."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

HERE = Path(__file__).parent
JsonObject = dict[str, Any]
PAGE = """<!doctype html><title>{name}</title><link rel="icon" href="data:,">
<script>{recorder}</script>
<script src="{monitor}" data-app="{name}"></script>
<script src="/pages/{library}.js"></script>
<script>client.start('{url}')</script>"""
ELSEWHERE = '<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,">'


@dataclass
class Records:
    """What one journey posted.

    `arrived` is when anything did last, by `time.monotonic()`; `reported` when a report did, in
    epoch milliseconds.
    """

    library: str
    url: str
    events: dict[tuple[str, int], JsonObject] = field(default_factory=dict)
    reports: list[JsonObject] = field(default_factory=list)
    arrived: float = field(default_factory=time.monotonic)
    reported: float = 0

    def ordered(self) -> list[JsonObject]:
        """The recorder's events by time."""
        return sorted(self.events.values(), key=lambda event: (event["at"], event["sequence"]))

    def last(self, *types: str) -> float:
        """When an event of these types was last, in epoch milliseconds; 0 for never."""
        return max((e["at"] for e in self.events.values() if e["type"] in types), default=0)


class Site:
    """Serves one page for each journey by name, and collects what it posts.

    `monitor` is the script's text, or the address of one elsewhere, to which reports then go.
    """

    def __init__(self, monitor: str, bundles: Path) -> None:
        self.monitor, self.bundles = monitor, bundles
        self._monitor_url = monitor if monitor.startswith("http") else "/monitor.js"
        self.journeys: dict[str, Records] = {}
        self.url = ""
        self._recorder = (HERE / "recorder.js").read_text()

    def add(self, name: str, library: str, url: str) -> Records:
        """Make the page of a journey, whose client connects to `url`."""
        self.journeys[name] = Records(library, url)
        return self.journeys[name]

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=4 << 20)
        app.add_routes(
            [
                web.get("/journey/{name}", self._page),
                web.get("/elsewhere", _elsewhere),
                web.get("/monitor.js", self._monitor),
                web.static("/pages", self.bundles),
                web.post("/record/{name}", self._record),
                web.post("/api/ws/client-metrics", self._collect),
            ]
        )
        return app

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        records = self.journeys[name]
        recorder = self._recorder.replace("RECORD_URL", f"/record/{name}")
        values = {"library": records.library, "url": records.url, "recorder": recorder}
        values["monitor"] = self._monitor_url
        return _html(PAGE.format(name=name, **values))

    async def _monitor(self, _: web.Request) -> web.Response:
        return web.Response(text=self.monitor, content_type="text/javascript")

    async def _record(self, request: web.Request) -> web.Response:
        records = self.journeys[request.match_info["name"]]
        for event in json.loads(await request.read()):
            records.events[event["view"], event["sequence"]] = event
        records.arrived = time.monotonic()
        return web.Response()

    async def _collect(self, request: web.Request) -> web.Response:
        reports = json.loads(await request.read())["reports"]
        for report in reports:
            records = self.journeys[report["app"]]
            if all(report["report_id"] != other["report_id"] for other in records.reports):
                records.reports.append(report)
            records.arrived, records.reported = time.monotonic(), time.time() * 1000
        receipt: Mapping[str, object] = {
            "accepted": len(reports), "duplicates": 0, "rejected": [],
            "server_time": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }  # fmt: skip
        return web.json_response(receipt, status=201)


async def _elsewhere(_: web.Request) -> web.Response:
    return _html(ELSEWHERE)


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-cache"})


@asynccontextmanager
async def site(monitor: str, bundles: Path, port: int = 0) -> AsyncIterator[Site]:
    """A site on a port, by default one of its own, stopped with the block."""
    pages = Site(monitor, bundles)
    runner = web.AppRunner(pages.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", port)
    await server.start()
    pages.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield pages
    finally:
        await runner.cleanup()
