"""From browser to page: a real Chromium, a real server, a real database."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.core.numbers import duration_text
from tests.support.servers.api_client import ApiClient, JsonObject
from tests.support.servers.chromium import Watch
from tests.support.servers.running_server import RunningServer

MESSAGES = 20
WAIT_MS = 30_000


@dataclass(frozen=True)
class Scenario:
    """The demo page on the echo route, or in a room, which each of two connections joins first."""

    app: str
    query: str
    joined: int

    @property
    def message_count(self) -> int:
        """Messages sent, and as many received, in the entire journey."""
        return MESSAGES + 2 * self.joined


ECHO, ROOM = Scenario("journey-echo", "&echo", 0), Scenario("journey-room", "", 1)


@pytest.fixture
def signed_in(page: Page, live_server: RunningServer) -> Page:
    """The page after signing in as the first admin."""
    page.goto(live_server.url + "/login")
    page.fill("#email", live_server.admin_email)
    page.fill("#password", live_server.admin_password)
    page.press("#password", "Enter")
    page.wait_for_url("**/admin/websocket-client-metrics**")
    return page


@pytest.mark.parametrize("scenario", [ECHO, ROOM], ids=lambda scenario: scenario.app)
def test_browser_measurements_reach_the_api_and_the_pages(
    signed_in: Page, live_server: RunningServer, watch: Watch, api: ApiClient, scenario: Scenario
) -> None:
    page, app = signed_in, scenario.app
    attempts = talk_through_a_crash(page, live_server, scenario, api)
    assert all("ERR_CONNECTION" in error for error in watch.console_errors)  # while it was down
    watch.console_errors.clear()
    page.goto("about:blank")  # leaves the demo page, which flushes its last report

    summary = stored_summary(page, live_server, app, reports_until=lambda s: s["opened"] == 2)
    metrics = api.metrics_when(lambda m: sum(m["connections"]["closed"].values()) == 2, app=app)

    assert_measured(summary, attempts, scenario.message_count)
    page.goto(f"{live_server.url}/admin/websocket-client-metrics?app={app}&range=1h")
    assert_client_page(page, summary, scenario.message_count)
    assert_measured_by_the_server(metrics, summary, scenario.message_count)
    if scenario is ROOM:
        assert_room_messages(metrics)
    page.goto(f"{live_server.url}/admin/websocket-analytics?app={app}")
    assert_server_page(page, scenario.message_count)


def talk_through_a_crash(
    page: Page, server: RunningServer, scenario: Scenario, api: ApiClient
) -> int:
    """Send twenty messages, kill and restart the server; the number of sockets the browser opened.

    A killed server loses its last seconds, so its counts are awaited in the store before.
    """
    addresses: list[str] = []
    page.on("websocket", lambda socket: addresses.append(socket.url))
    page.goto(f"{server.url}/demo?messages={MESSAGES}&every=20&app={scenario.app}{scenario.query}")
    before = MESSAGES + scenario.joined
    expect(page.locator("#received")).to_have_text(str(before), timeout=WAIT_MS)
    api.metrics_when(lambda m: m["messages"]["sent"] == before, app=scenario.app)
    server.kill()
    expect(page.locator("#drops")).to_have_text("1", timeout=WAIT_MS)
    server.start()
    expect(page.locator("#opened")).to_have_text("2", timeout=WAIT_MS)
    expect(page.locator("#received")).to_have_text(str(before + scenario.joined), timeout=WAIT_MS)
    return len(addresses)


def stored_summary(
    page: Page,
    server: RunningServer,
    app: str,
    reports_until: Callable[[dict[str, Any]], bool],
) -> dict[str, Any]:
    """The API's summary of `app` once what the leaving page sent is stored."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while True:
        now = datetime.now(UTC)
        window = {
            "start": (now - timedelta(hours=1)).isoformat(),
            "end": (now + timedelta(minutes=2)).isoformat(),
        }
        response = page.request.get(
            server.url + "/api/ws/client-metrics/summary", params={**window, "app": app}
        )
        summary: dict[str, Any] = response.json()
        assert response.status == 200, summary
        if reports_until(summary["connection"]):
            return summary
        assert time.monotonic() < deadline, summary
        page.wait_for_timeout(50)


def assert_measured(summary: dict[str, Any], attempts: int, message_count: int) -> None:
    """The exact numbers of the journey."""
    connection, messages = summary["connection"], summary["messages"]
    assert connection["attempts"] == attempts
    assert connection["failed"] == attempts - 2
    assert (connection["opened"], connection["drops"]) == (2, 1)
    assert connection["reconnect_attempts"] == attempts - 1
    assert connection["reconnect_successes"] == 1
    assert connection["close_codes"] == {"1006": 1}
    assert connection["downtime_ms"] > 0
    assert (messages["sent"], messages["received"], messages["errors"]) == (
        message_count,
        message_count,
        0,
    )
    assert messages["bytes_received"] >= messages["bytes_sent"] > 0
    assert summary["latency_ms"]["n"] == message_count
    assert summary["setup_ms"]["n"] == 2
    assert summary["sessions"] == 1
    assert summary["stability"]["value"] == 0
    assert summary["connect_success"]["value"] == pytest.approx(2 / attempts, abs=1e-5)


def assert_client_page(page: Page, summary: dict[str, Any], message_count: int) -> None:
    """The client page shows the figures of the API."""
    connection, latency = summary["connection"], summary["latency_ms"]
    attempts, failed = connection["attempts"], connection["failed"]
    for label in (
        "Sessions: 1 .",
        "Drops: 1 .",
        f"n = {attempts} attempts",
        f"n = {latency['n']} round trips",
        f"2 opened, {failed} failed, 1 dropped.",
    ):
        expect(page.locator(f'[aria-label*="{label}"]').first).to_be_visible(timeout=WAIT_MS)
    chain = page.locator(".chain-bar")
    expect(chain.filter(has_text="Dropped").locator(".chain-number")).to_have_text("1")
    expect(chain.filter(has_text="Reconnected").locator(".chain-number")).to_have_text("1")
    expect(page.get_by_text(f"p95 over the range {duration_text(latency['p95'])}")).to_be_visible()
    for name in ("sent", "received"):
        expect(page.locator(f"#messages-{name}")).to_have_text(str(message_count))


def assert_measured_by_the_server(
    metrics: JsonObject, summary: JsonObject, message_count: int
) -> None:
    """The server's counts of the same sockets; who found the killed worker counted its close."""
    connections, messages = metrics["connections"], metrics["messages"]
    assert (connections["opened"], connections["active"]) == (2, 0)
    assert connections["closed"].get("1006") == 1
    assert sum(connections["closed"].values()) == 2
    assert (messages["received"], messages["sent"]) == (message_count, message_count)
    assert messages["bytes_received"] == summary["messages"]["bytes_sent"]
    assert messages["bytes_sent"] == summary["messages"]["bytes_received"]


def assert_room_messages(metrics: JsonObject) -> None:
    """By type and by room."""
    assert metrics["messages"]["by_type"] == {
        "message": {"sent": MESSAGES, "received": MESSAGES},
        "join": {"sent": 0, "received": 2},
        "joined": {"sent": 2, "received": 0},
    }
    top = metrics["rooms"]["top"]
    assert [(room["room"], room["messages"]) for room in top] == [("lobby", MESSAGES)]


def assert_server_page(page: Page, message_count: int) -> None:
    """The server page shows the same figures."""
    for label in (
        "Connections: 0 .",
        "n = 2 opens",
        "n = 2 closes",
        f"n = {2 * message_count} messages",
        "Opens and closes over time: 2 opened, 2 closed,",
    ):
        expect(page.locator(f'[aria-label*="{label}"]').first).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("#live-badge")).to_have_text("Live", timeout=WAIT_MS)
