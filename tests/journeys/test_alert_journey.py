"""One country slows down and recovers, the whole way: browsers, rule, mail, webhook, page, end."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models.database.engine import Database
from tests.conftest import NOON, Clock
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.installation import Arrived, Installation, installed
from tests.support.running_server import ADMIN_EMAIL, ADMIN_PASSWORD

WINDOW, FOR, KEEP, REPEAT = 60, 60, 60, 300
RULE = a_rule(
    name="Slow country", split_by="country", minimum_n=10, window_seconds=WINDOW,
    for_seconds=FOR, keep_firing_seconds=KEEP, repeat_seconds=REPEAT,
)  # fmt: skip
NOTE = "calling the provider"
NOTHING: Arrived = ([], [])
STORY = (
    (15, "pending", 400, 10, ""),
    (75, "firing", 400, 40, ""),
    (382, "acknowledged", 400, 40, ADMIN_EMAIL),
    (802, "recovering", 40, 40, ""),
    (862, "resolved", 40, 40, ""),
)


@pytest.fixture
def here(database: Database, clock: Clock, tmp_path: Path) -> Iterator[Installation]:
    with installed(database, clock, tmp_path, RULE) as installation:
        yield installation


def test_the_whole_way(here: Installation, clock: Clock, page: Page) -> None:
    here.browsers(FOR, BR=400, DE=40)
    assert here.arrived() == NOTHING
    here.browsers(15, BR=400, DE=40)
    link = told(here.arrived(), "Firing", now="400 ms")
    here.browsers(REPEAT - 15, BR=400, DE=40)
    assert here.arrived() == NOTHING
    here.browsers(15, BR=400, DE=40)
    assert told(here.arrived(), "Still firing", now="400 ms").startswith(here.url)

    clock.advance(seconds=7)
    follow(page, link)
    acknowledge(page)
    here.browsers(REPEAT + 60, BR=400, DE=40)
    assert here.arrived() == NOTHING

    here.browsers(WINDOW, BR=40, DE=40)
    (alert,) = here.get("/api/ws/alerts")["alerts"]
    assert (alert["state"], alert["labels"]) == ("recovering", {"country": "BR"})
    here.browsers(KEEP - 15, BR=40, DE=40)
    assert here.arrived() == NOTHING
    here.browsers(15, BR=40, DE=40)
    told(here.arrived(), "Resolved", now="40 ms", ended=after(862))
    here.browsers(REPEAT, BR=40, DE=40)
    assert here.arrived() == NOTHING

    assert here.get("/api/ws/alerts")["alerts"] == []
    assert [one["id"] for one in here.get("/api/ws/alerts", state="resolved")["alerts"]] == [
        alert["id"]
    ]
    kept(here, alert["id"])
    shown(page, here.url)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told(arrived: Arrived, title: str, *, now: str, ended: datetime | None = None) -> str:
    """One mail and one webhook say it, of BR alone; the address the mail leads to."""
    (mail,), (hook,) = arrived
    assert (mail["To"], mail["Subject"]) == (ADMIN_EMAIL, f"{title}: Slow country, BR (warning)")
    body = mail.get_body(("plain",))
    assert body is not None
    words = body.get_content().replace("\u202f", " ")
    assert "Country BR" in words
    assert f"{now} (95th percentile of message latency)" in words
    says_of_br(hook, ended)
    assert "DE" not in words + str(hook)
    (link,) = re.findall(r"http\S+", words)
    return str(link)


def says_of_br(hook: Mapping[str, Any], ended: datetime | None) -> None:
    """The body is Alertmanager's, version 4, about one alert."""
    status = "resolved" if ended else "firing"
    labels = {"alertname": "Slow country", "severity": "warning", "country": "BR"}
    (alert,) = hook["alerts"]
    assert (hook["version"], hook["status"], hook["commonLabels"]) == ("4", status, labels)
    assert (alert["status"], alert["labels"]) == (status, labels)
    assert datetime.fromisoformat(alert["startsAt"]) == after(15)
    assert ended is None or datetime.fromisoformat(alert["endsAt"]) == ended


def follow(page: Page, link: str) -> None:
    """The mail's link leads through the sign-in to the figures, and the bell counts."""
    page.goto(link)
    page.fill("#email", ADMIN_EMAIL)
    page.fill("#password", ADMIN_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/websocket-client-metrics?**country=BR")
    expect(page.locator(".reading")).to_contain_text("95 of 100 round trips within 400")
    expect(page.locator("#bell .firing-count")).to_have_text("1")


def acknowledge(page: Page) -> None:
    """In the Alerts tab, with a note; the bell counts no more."""
    page.locator("#bell").click()
    row = page.locator(".alert-row", has_text="Slow country, BR")
    expect(row).to_contain_text("fires above 200")
    expect(row).to_contain_text("sent to 2")
    row.locator("summary", has_text="Acknowledge").click()
    row.get_by_label("Note").first.fill(NOTE)
    row.get_by_role("button", name="Acknowledge", exact=True).click()
    expect(row).to_contain_text(f"Acknowledged by {ADMIN_EMAIL} until")
    expect(row).to_contain_text(f"“{NOTE}”")
    expect(page.locator("#bell")).to_have_attribute("title", "Alerts: none firing")


def kept(here: Installation, alert_id: int) -> None:
    """The API tells every transition with its second, value, threshold and actor."""
    story = here.get(f"/api/ws/alerts/{alert_id}")["transitions"]
    assert [
        (datetime.fromisoformat(one["at"]), one["after"], round(one["value"]), one["threshold"],
         one["n"], one["actor"])
        for one in story
    ] == [(after(at), state, value, 200, n, who) for at, state, value, n, who in STORY]  # fmt: skip
    assert [one["reason"] for one in story if one["actor"]] == [NOTE]


def shown(page: Page, url: str) -> None:
    """The time line in the history of the page tells the same."""
    page.goto(f"{url}/admin/websocket-analytics/alerts")
    expect(page.locator(".state-title")).to_have_text("No alert now")
    expect(page.locator("#bell")).to_have_attribute("title", "Alerts: none firing")
    page.get_by_role("link", name="All history").click()
    expect(page.locator(".alerts-lists tbody tr")).to_contain_text(ADMIN_EMAIL)
    page.locator(".alerts-lists tbody").get_by_role("link", name="Slow country, BR").click()
    steps = [
        f"{after(at):%H:%M:%S}{state}{value} ms against 200 ms, n = {n} round trips"
        for at, state, value, n, _ in STORY
    ]
    expect(page.locator(".story-step")).to_contain_text(steps)
    taken = page.locator(".story-step", has_text="acknowledged")
    expect(taken).to_contain_text(f"{NOTE} by {ADMIN_EMAIL}")
