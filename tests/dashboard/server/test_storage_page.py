"""Storage & jobs in a real browser, over a scheduler's work done by hand."""

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Page, expect

from analytics.jobs import exports as job
from analytics.jobs.job import JobContext
from models.database.engine import Database
from models.database.leases import Leases
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.servers.api_client import ApiClient
from tests.support.servers.running_server import RunningServer
from tests.support.servers.sign_in import sign_in

STORAGE = "/admin/websocket-analytics/storage"


@pytest.fixture
def opened(page: Page, live_server: RunningServer) -> Page:
    sign_in(page, live_server)
    page.goto(live_server.url + STORAGE)
    expect(page.locator(".strip .card-value")).to_have_count(6)
    return page


@pytest.fixture
def stored(live_server: RunningServer) -> Iterator[Database]:
    """Reports of one app, a few minutes old."""
    database = Database(live_server.database_url)
    now = datetime.now(UTC)
    ClientReports(database).insert(
        [
            ClientReport(
                session_id=uuid4(), report_id=uuid4(), app="kept", received_at=now,
                period_start=now, period_end=now - timedelta(minutes=n),
            )
            for n in range(1, 6)
        ]
    )  # fmt: skip
    yield database
    database.dispose()


def test_what_is_posted_shows_up(live_server: RunningServer, api: ApiClient) -> None:
    wrong = {"reports": [{"session_id": "no"}]}
    requests.post(live_server.url + "/api/ws/client-metrics", json=wrong, timeout=5)
    deadline = datetime.now(UTC) + timedelta(seconds=20)
    reasons: set[str] = set()
    while "session_id" not in reasons and datetime.now(UTC) < deadline:
        storage = api.get("/api/ws/storage").json()
        reasons = {fate["reason"] for fate in storage["ingest"]["reasons"]}
    assert "session_id" in reasons


def test_the_page_shows_days_jobs_and_the_retention(opened: Page, stored: Database) -> None:
    opened.reload()
    expect(opened.locator("[data-panel=storage-days].is-ready")).to_have_count(1)
    expect(opened.locator("[data-panel=storage-jobs]")).to_contain_text("retention")
    expect(opened.locator("[data-panel=storage-kept]")).to_contain_text("30 days")
    expect(opened.locator("[data-panel=storage-tables]")).to_contain_text("client_reports")
    expect(opened.locator(".reading")).to_contain_text("No scheduler is running")


def test_a_small_export_is_downloaded_at_once(
    opened: Page, live_server: RunningServer, stored: Database
) -> None:
    opened.goto(live_server.url + STORAGE + "?app=kept")
    button = opened.get_by_role("button", name="ISO 8601: export client reports")
    with opened.expect_download() as download:
        button.click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_bytes().decode())))
    assert {row["app"] for row in rows} == {"kept"}
    expect(opened.locator(".exports-notice")).to_contain_text("the download starts")


def test_a_large_export_is_prepared_and_then_downloaded(
    opened: Page, live_server: RunningServer, stored: Database, api: ApiClient
) -> None:
    query = {"prepare": "true", "app": "kept"}
    address = f"{live_server.url}/api/ws/export/client-reports.csv"
    headers = {"Authorization": f"Bearer {api.token('analyst')}"}
    status = requests.get(address, params=query, headers=headers, timeout=5).json()
    opened.reload()
    row = opened.locator(".table-plain tr", has_text="Client reports").first
    expect(row.get_by_role("progressbar")).to_be_visible()
    lease = Leases(stored).take("scheduler", "a test", 60)
    assert lease is not None
    settings = Settings(data_dir=live_server.data_dir)
    job.step(JobContext(stored, settings, lambda: datetime.now(UTC), lease))
    Leases(stored).release("scheduler", "a test")
    with opened.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    path = Path(download.value.path())
    content = path.read_bytes()
    plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    assert plain.count(b"\r\n") == 1 + status["rows_expected"]
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
