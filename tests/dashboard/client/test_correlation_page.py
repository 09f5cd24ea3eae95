"""The page of correlations in Chromium, offline: the matrix, a pair by a click, files, refusals."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.correlation.sessions.making import SessionSummaries
from dashboard.core import addresses
from models.raw.report_insert import ClientReports
from tests.support.alerts.alert_pages import database_with_people, now, open_signed_in, own_server
from tests.support.servers.chromium import watched_page
from tests.support.servers.running_server import RunningServer
from tests.support.store.csv_exports import csv_rows
from tests.support.store.report_factory import report

ADDRESS = f"{addresses.CLIENT_CORRELATION}?range=24h"
MATRIX = '[data-panel="correlation-matrix"]'
CELLS = f"{MATRIX}.is-ready .barlayer .point"
# The middle of the cell of each pair, by its key.
SPOTS = f"""() => {{
  const keys = document.querySelector('{MATRIX} .js-plotly-plot').data[0].customdata;
  return Object.fromEntries([...document.querySelectorAll('{CELLS}')].map((cell, index) => {{
    const {{ x, y, width, height }} = cell.getBoundingClientRect();
    return [keys[index], [x + width / 2, y + height / 2]];
  }}));
}}"""


@pytest.fixture(scope="module")
def server(embedded_url: str) -> Iterator[RunningServer]:
    """A session that is summed up: too little for any figure."""
    with own_server(embedded_url, "correlation") as started, database_with_people(started) as store:
        end = now() - timedelta(hours=3)
        ClientReports(store).insert([report((40.0,), period_end=end, inp_ms=80)])
        SessionSummaries(store, lambda _: None).sum_up(now())
        yield started


@pytest.fixture(scope="module")
def page(server: RunningServer, chromium: Browser) -> Iterator[Page]:
    """A signed-in page; nothing may be asked of another host, nor fail."""
    with watched_page(chromium) as (opened, watch):
        open_signed_in(opened, server, path=ADDRESS)
        yield opened
        watch.assert_clean()


def test_a_click_on_a_cell_draws_its_pair_and_refusals_say_why(
    page: Page, server: RunningServer
) -> None:
    expect(page.locator(CELLS)).to_have_count(36)
    expect(page.locator(".pair-cell")).to_have_count(3)
    spots = page.evaluate(SPOTS)
    page.mouse.move(*spots["latency_p95_ms~inp_ms"])
    expect(page.locator(f"{MATRIX} .hover-box")).to_contain_text("shorter than three days")
    page.mouse.click(*spots["latency_p95_ms~inp_ms"])
    expect(page).to_have_url(re.compile("pair=latency_p95_ms"))
    summary = page.locator('[data-panel="correlation-pair"]')
    expect(summary.locator(".panel-title")).to_have_text("Round trip p95 and INP")
    expect(summary).to_contain_text("how much days differ is told from 7 on")


def test_a_panel_is_saved_as_a_picture_and_as_a_table(page: Page, server: RunningServer) -> None:
    for act in ("png", "csv"):
        page.locator(f"{MATRIX} .panel-more").click()
        with page.expect_download() as download:
            page.locator(f'{MATRIX} [data-act="{act}"]').click()
        assert download.value.suggested_filename.endswith(act)
    rows = csv_rows(download.value.path().read_text(encoding="utf-8"))
    assert len(rows) == 36
    assert {row["coefficient"] for row in rows} == {""}


def test_a_panel_without_a_chart_is_saved_as_a_picture_of_all_of_it(
    page: Page, server: RunningServer
) -> None:
    for name in ("correlation-pair", "correlation-pairs"):
        panel = page.locator(f'[data-panel="{name}"].is-ready')
        with page.expect_download() as download:
            panel.locator('[data-act="png"]').dispatch_event("click")
        picture = download.value.path().read_bytes()
        assert picture.startswith(b"\x89PNG")
        width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
        body = panel.locator(".panel-body table, .pair-body").first
        size = body.evaluate("each => [each.scrollWidth, each.scrollHeight]")
        assert width >= 2 * size[0]
        assert height >= 2 * size[1]
        assert len(picture) > 10_000  # of one colour it would have a tenth


def test_a_filter_without_reports_offers_to_clear_itself(page: Page, server: RunningServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}{ADDRESS}&app=nobody&by=sessions")
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.locator(CELLS)).to_have_count(36)
    expect(page).to_have_url(re.compile("by=sessions"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
