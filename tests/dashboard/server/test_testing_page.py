"""The Testing page in a real browser, over runs that were sent by the API."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import requests
from playwright.sync_api import Page, expect

from tests.support.load_reports import report
from tests.support.servers.api_client import ApiClient
from tests.support.servers.running_server import RunningServer
from tests.support.servers.sign_in import sign_in

TESTING = "/admin/websocket-analytics/testing"


def store(server: RunningServer, api: ApiClient, minutes_ago: int, ms: float) -> str:
    """Sends a run and returns its id."""
    begun, run_id = datetime.now(UTC) - timedelta(minutes=minutes_ago), uuid4()
    run = msgspec.structs.replace(
        report(trips=[[ms] * 50] * 32), id=run_id, started_at=begun,
        ended_at=begun + timedelta(seconds=37),
    )  # fmt: skip
    response = requests.post(
        f"{server.url}/api/ws/load-tests", data=msgspec.json.encode(run), timeout=10,
        headers={"Authorization": f"Bearer {api.token('admin')}",
                 "Content-Type": "application/json"},
    )  # fmt: skip
    assert response.status_code == 201, response.text
    return str(run_id)


def test_two_runs_are_compared_and_a_third_is_selected(
    page: Page, live_server: RunningServer, api: ApiClient
) -> None:
    first, second, third = (store(live_server, api, 30 - n, 10.0 * (n + 1)) for n in range(3))
    sign_in(page, live_server)
    page.goto(f"{live_server.url}{TESTING}?runs={first},{second}")
    expect(page.locator(".reading")).to_contain_text("It still holds. p95 is")
    expect(page.locator("[data-panel=testing-round-trips] .js-plotly-plot")).to_be_visible()
    expect(page.locator("[data-panel=testing-differences] tbody tr")).to_have_count(5)
    page.locator(f"[data-run='{third}'] .pick-box").click()
    expect(page.locator(f"[data-run='{third}'].is-selected")).to_have_count(1)
    expect(page.locator(f"[data-run='{first}'].is-selected")).to_have_count(0)
    assert page.url.endswith(f"runs={second},{third}")
    page.locator("[data-panel=testing-connections] .state-words").wait_for()
