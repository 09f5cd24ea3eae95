"""axe-core on every page in Chromium: nothing serious or critical, in light and in dark."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.load_tests.runs import LoadTestRuns
from analytics.permission.actor import SHELL
from dashboard.app import PAGES
from dashboard.core import addresses
from models.alerts.recipients import Recipients
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support import load_reports
from tests.support.alerts.alert_pages import (
    database_with_people,
    firing,
    now,
    open_signed_in,
    own_server,
)
from tests.support.pages.accessibility import CONTRAST_ONLY, violations
from tests.support.servers.running_server import RunningServer
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

ALERTS = addresses.SERVER_ALERTS
LISTS = ("history", "rules", "deliveries", "recipients", "silences")
OTHERS = (f"{ALERTS}?edit=0", f"{addresses.CLIENT}?app=nobody", "/admin/nowhere", "/demo")
ADDRESSES = [
    *(page.address for page in PAGES),
    *(f"{ALERTS}?list={name}" for name in LISTS),
    *OTHERS,
]
UNFINISHED = ".is-loading, [aria-busy=true], .is-updating"


@pytest.fixture(scope="module")
def server(embedded_url: str) -> Iterator[RunningServer]:
    with own_server(embedded_url, "axe") as started, database_with_people(started) as store:
        fill(store)
        yield started


@pytest.fixture(scope="module")
def page(server: RunningServer, chromium: Browser) -> Iterator[Page]:
    """A signed-in page without motion: no colour is caught half-way."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    open_signed_in(opened, server)
    yield opened
    context.close()


def fill(store: Database) -> None:
    """An hour of reports and samples, some with drops and errors; a firing alert; a recipient; two
    load tests."""
    ends = [now() - timedelta(minutes=minute) for minute in range(1, 60)]
    ClientReports(store).insert([
        report(
            (40.0, 50.0, 90.0), period_end=end, country="BR", attempts=2, opened=2, drops=1,
            abnormal_closes=1, close_codes={"1006": 1}, effective_type="4g",
        )
        for end in ends
    ])  # fmt: skip
    ServerSamples(store).insert([
        sample(period_end=end, active=3, opened=2, sent=9, received=7, errors={"not-json": 1})
        for end in ends
    ])  # fmt: skip
    firing(store)
    wants = {"wants_resolved": True, "wants_digest": False, "paused": False}
    person = {"kind": "email", "address": "ops@example.com", "name": "Ops"}
    Recipients(store).add(person | wants, now())
    for number, ms in enumerate((10.0, 30.0)):
        begun = now() - timedelta(minutes=20 - number)
        run = msgspec.structs.replace(
            load_reports.report(trips=[[ms] * 50] * 32), id=UUID(int=number + 1), started_at=begun,
            ended_at=begun + timedelta(seconds=37),
        )  # fmt: skip
        LoadTestRuns(store, now).store(SHELL, run)


def wait_until_drawn(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    expect(page.locator(UNFINISHED)).to_have_count(0)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_breaks_no_serious_rule_in_light_and_in_dark(
    page: Page, server: RunningServer, address: str
) -> None:
    page.goto(server.url + address)
    wait_until_drawn(page)
    assert violations(page) == []
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    expect(page.locator(UNFINISHED)).to_have_count(0)
    assert violations(page, CONTRAST_ONLY) == []


def test_the_open_menus_break_no_serious_rule(page: Page, server: RunningServer) -> None:
    page.goto(server.url + addresses.CLIENT)
    wait_until_drawn(page)
    for menu in page.locator("details.menu:visible").all():
        menu.evaluate("menu => { menu.open = true }")
    assert violations(page) == []


def test_the_choices_of_the_alert_form_carry_the_names_of_their_fields(
    page: Page, server: RunningServer
) -> None:
    page.goto(f"{server.url}{ALERTS}?edit=0")
    for name in ("Metric", "Aggregation", "Split by", "Severity"):
        expect(page.get_by_role("button", name=re.compile(f"^{name} "))).to_be_visible()


def test_the_sign_in_page_breaks_no_serious_rule(page: Page, server: RunningServer) -> None:
    page.context.clear_cookies()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(server.url + "/login")
        assert violations(page) == []
