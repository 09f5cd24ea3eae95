"""A restart of our own server under 40 pages: each loses once, and each recovery is timed.

The API, the dashboard and an alert tell it.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL
from ingest.site import sdk
from models.database import migrate
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_pages import now
from tests.support.alerts.alert_world import World
from tests.support.clock import Clock
from tests.support.matrix import programs, running, truth
from tests.support.matrix.figures import TOLERANCE_MS, Figures
from tests.support.matrix.journeys import Stage, now_ms
from tests.support.matrix.link import Link
from tests.support.matrix.site import Site, site
from tests.support.matrix.tabs.chromium import Chromium
from tests.support.servers.api_client import ApiClient
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    RunningServer,
    free_port,
    running_server,
)
from tests.support.servers.sign_in import sign_in
from tests.support.store.postgres import new_database

PAGES = 40
OPENED_AT_ONCE = 8
RULE = a_rule(
    name="Drops", metric="drops", aggregation="count", window_seconds=600, fire=PAGES - 1,
    clear=None, for_seconds=0, minimum_n=0,
)  # fmt: skip


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_each_page_loses_once_and_the_product_tells_it(
    embedded_url: str, tmp_path: Path, page: Page
) -> None:
    tmp_path.chmod(0o711)
    url = new_database(embedded_url, "restart")
    migrate.upgrade(url)
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    with running_server(
        url, tmp_path / "server",
        METRICS_ALLOWED_ORIGINS=origin, WEBSOCKET_ALLOWED_ORIGINS=origin,
    ) as server:  # fmt: skip
        figures, summary = running.in_thread(restart_under_pages(server, port))
        assert [(f.drops, len(f.recovery_ms)) for f in figures] == [(1, 1)] * PAGES
        check(summary, figures)
        check_dashboard(page, server)
    check_alert(url, tmp_path)


def check_dashboard(page: Page, server: RunningServer) -> None:
    """Read the drops on the Overview."""
    database = Database(server.database_url)
    AccountActions(database, now).add_person(SHELL, ADMIN_EMAIL, "admin", ADMIN_PASSWORD)
    database.dispose()
    sign_in(page, server)
    page.goto(f"{server.url}/admin/websocket-client-metrics")
    drops = page.locator(".strip .card-cell", has_text="Drops")
    expect(drops.locator(".card-value")).to_have_text(str(PAGES))


def check_alert(url: str, folder: Path) -> None:
    """Evaluate a rule that fires when every page has dropped."""
    database = Database(url)
    world = World(database, Clock(now()), folder).with_rules(RULE)
    world.simulate(15)
    assert world.alerts("rule, state") == [("Drops", "firing")]
    database.dispose()


def final_summary(server: RunningServer) -> dict[str, Any]:
    """The summary, polled until the pages' last reports are in it, for at most 30 s."""
    api, deadline = ApiClient(server), time.monotonic() + 30
    try:
        while True:
            summary: dict[str, Any] = api.get("/api/ws/client-metrics/summary").json()
            is_complete = summary["connection"]["reconnect_successes"] == PAGES
            if is_complete or time.monotonic() > deadline:
                return summary
            time.sleep(0.2)
    finally:
        api.close()


def check(summary: dict[str, Any], figures: Sequence[Figures]) -> None:
    """Compare the API with the recorders' sums."""
    connection = summary["connection"]
    assert (summary["sessions"], summary["stability"]["value"]) == (PAGES, 0.0)
    assert (connection["drops"], connection["reconnect_successes"]) == (PAGES, PAGES)
    down = sum(figure.downtime_ms for figure in figures)
    assert connection["downtime_ms"] == pytest.approx(down, abs=TOLERANCE_MS * PAGES)


async def restart_under_pages(
    server: RunningServer, port: int
) -> tuple[list[Figures], dict[str, Any]]:
    """The recorders' figures of all pages, and what the API says of them."""
    async with AsyncExitStack() as stack:
        monitor = server.url + sdk.PATH
        pages = await stack.enter_async_context(site(monitor, programs.bundles(), port))
        browser = await Chromium().start()
        stack.push_async_callback(browser.end)
        slots = asyncio.Semaphore(OPENED_AT_ONCE)

        async def opened(number: int) -> Stage:
            async with slots:
                stage = new_stage(f"page-{number}", pages, server)
                stage.tab = await browser.open()
                await stage.begin()
                return stage

        stages = await asyncio.gather(*map(opened, range(PAGES)))
        since = now_ms()
        await asyncio.to_thread(server.restart)
        await asyncio.gather(*(stage.returned(since, 60) for stage in stages))
        await asyncio.sleep(running.DWELL_SECONDS)
        await asyncio.gather(*(stage.tab.close() for stage in stages))
        summary = await asyncio.to_thread(final_summary, server)  # while the browser still sends
        return [truth.of_view(stage.records.ordered(), []) for stage in stages], summary


def new_stage(name: str, pages: Site, server: RunningServer) -> Stage:
    """A page that connects to the server itself, without a link between."""
    return Stage(name, pages, Link(server.port), pages.add(name, "ours", server.url))
