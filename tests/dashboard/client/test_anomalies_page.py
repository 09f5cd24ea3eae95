"""The page of anomalies in Chromium, offline: a series, an incident explained, and feedback."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.core import addresses
from models.metrics.anomalies.series_key import SeriesKey
from models.raw.report_insert import ClientReports
from tests.support.alerts.alert_pages import database_with_people, now, open_signed_in, own_server
from tests.support.anomalies.judged_series import JudgedSeries, Plant, explain, store_series
from tests.support.pages.accessibility import CONTRAST_ONLY, violations
from tests.support.servers.chromium import watched_page
from tests.support.servers.running_server import RunningServer
from tests.support.store.report_factory import report

ADDRESS, SERVER = addresses.CLIENT_ANOMALIES, addresses.SERVER_ANOMALIES
SERIES = '[data-panel="client-anomaly-series"]'
UNFINISHED = ".is-loading, [aria-busy=true], .is-updating"
HOUR = timedelta(hours=1)
SURGE = Plant(before=20 * HOUR, length=5 * HOUR, factor=3.0)
SLOW = Plant(before=2 * HOUR, length=HOUR, factor=1.6, severity="medium", is_ongoing=True)


@pytest.fixture(scope="module")
def server(embedded_url: str) -> Iterator[RunningServer]:
    with own_server(embedded_url, "anomalies") as started, database_with_people(started) as store:
        end = now().replace(minute=0, second=0, microsecond=0)
        with store.transaction() as connection:
            _, (incident,) = store_series(connection, JudgedSeries(plants=[SURGE]), end, 8)
            errors = SeriesKey("client", "portal", "error_rate")
            judged = JudgedSeries(key=errors, level=0.01, plants=[SLOW])
            store_series(connection, judged, end, 8)
            active = JudgedSeries(key=SeriesKey("server", "portal", "active"), plants=[SURGE])
            store_series(connection, active, end, 8)
        explain(store, incident)
        ClientReports(store).insert([
            report((50.0,), period_end=end - hour * HOUR, release=release, drops=number)
            for hour in range(30)
            for release, number in (("4.18.1", 9), ("4.17.0", 4))
        ])  # fmt: skip
        yield started


@pytest.fixture(scope="module")
def page(server: RunningServer, chromium: Browser) -> Iterator[Page]:
    """A signed-in admin; nothing may be asked of another host, nor fail."""
    with watched_page(chromium) as (opened, watch):
        opened.emulate_media(reduced_motion="reduce")
        open_signed_in(opened, server, path=ADDRESS)
        yield opened
        watch.assert_clean()


def open_page(page: Page, server: RunningServer, address: str) -> None:
    page.goto(server.url + address)
    page.wait_for_load_state("networkidle")
    expect(page.locator(UNFINISHED)).to_have_count(0)


def test_an_incident_is_opened_explained_and_judged(page: Page, server: RunningServer) -> None:
    open_page(page, server, ADDRESS)
    expect(page.locator(f"{SERIES}.is-ready .scatterlayer path").first).to_be_attached()
    expect(page.locator(f"{SERIES} .panel-title")).to_have_text("Drops")
    page.get_by_role("link", name="Message error rate").click()
    expect(page).to_have_url(re.compile(r"incident=\d+"))
    expect(page.locator(f"{SERIES} .panel-title")).to_have_text("Message error rate")
    page.get_by_role("link", name="Drops", exact=True).first.click()
    slice_panel = page.locator('[data-panel="client-incident-slice"]')
    expect(slice_panel).to_contain_text("Release 4.18.1 against all others")
    page.get_by_role("button", name="This was real").click()
    page.get_by_label("Note").fill("a bad release")
    page.get_by_role("button", name="Save").click()
    feedback = page.locator(".feedback-said")
    expect(feedback).to_contain_text("Real, said admin@example.com")
    expect(feedback).to_contain_text("a bad release")
    expect(page.locator('[data-panel="client-explanation"] .panel-foot')).to_contain_text(
        "High: 1 of 1 judged was real"
    )
    page.get_by_role("link", name="Close the incident").click()
    expect(slice_panel).to_be_hidden()


@pytest.mark.parametrize(("address", "width"), [(ADDRESS, 1440), (ADDRESS, 390), (SERVER, 390)])
def test_a_page_is_accessible_and_does_not_scroll_sideways(
    page: Page, server: RunningServer, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_page(page, server, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_the_dark_page_has_its_contrasts(page: Page, server: RunningServer) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    open_page(page, server, ADDRESS)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    expect(page.locator(UNFINISHED)).to_have_count(0)
    assert violations(page, CONTRAST_ONLY) == []
