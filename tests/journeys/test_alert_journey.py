"""One country slows down and recovers, end to end: browsers, rule, mail, webhook, page, resolve."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.installation import (
    AlertInstallation,
    ReceivedMessages,
    alert_installation,
)
from tests.support.clock import NOON, Clock
from tests.support.servers.running_server import ADMIN_EMAIL, ADMIN_PASSWORD

WINDOW, FOR, KEEP, REPEAT = 60, 60, 60, 300
RULE = a_rule(
    name="Slow country", split_by="country", minimum_n=1, window_seconds=WINDOW,
    for_seconds=FOR, keep_firing_seconds=KEEP, repeat_seconds=REPEAT,
)  # fmt: skip
NOTE = "calling the provider"
NOTHING: ReceivedMessages = ([], [])
TIMELINE = (
    (15, "pending", 400, 10, ""),
    (75, "firing", 400, 40, ""),
    (382, "acknowledged", 400, 40, ADMIN_EMAIL),
    (802, "recovering", 40, 40, ""),
    (862, "resolved", 40, 40, ""),
)


@pytest.fixture
def installation(database: Database, clock: Clock, tmp_path: Path) -> Iterator[AlertInstallation]:
    with alert_installation(database, clock, tmp_path, RULE) as running:
        yield running


def test_a_slow_country_from_report_to_resolved_notice(
    installation: AlertInstallation, clock: Clock, page: Page
) -> None:
    installation.simulate(FOR, BR=400, DE=40)
    assert installation.take_messages() == NOTHING
    installation.simulate(15, BR=400, DE=40)
    link = assert_notified(installation.take_messages(), "Firing", now="400 ms")
    installation.simulate(REPEAT - 15, BR=400, DE=40)
    assert installation.take_messages() == NOTHING
    installation.simulate(15, BR=400, DE=40)
    link_of_repeat = assert_notified(installation.take_messages(), "Still firing", now="400 ms")
    assert link_of_repeat.startswith(installation.url)

    clock.advance(seconds=7)
    follow_link(page, link)
    acknowledge(page)
    installation.simulate(REPEAT + 60, BR=400, DE=40)
    assert installation.take_messages() == NOTHING

    installation.simulate(WINDOW, BR=40, DE=40)
    (alert,) = installation.get("/api/ws/alerts")["alerts"]
    assert (alert["state"], alert["labels"]) == ("recovering", {"country": "BR"})
    installation.simulate(KEEP - 15, BR=40, DE=40)
    assert installation.take_messages() == NOTHING
    installation.simulate(15, BR=40, DE=40)
    assert_notified(installation.take_messages(), "Resolved", now="40 ms", ended=after(862))
    installation.simulate(REPEAT, BR=40, DE=40)
    assert installation.take_messages() == NOTHING

    assert installation.get("/api/ws/alerts")["alerts"] == []
    (resolved,) = installation.get("/api/ws/alerts", state="resolved")["alerts"]
    assert resolved["id"] == alert["id"]
    assert_timeline_of_the_api(installation, alert["id"])
    assert_timeline_of_the_page(page, installation.url)


def test_below_a_path_mail_and_webhook_lead_there(
    database: Database, clock: Clock, tmp_path: Path, page: Page
) -> None:
    with alert_installation(database, clock, tmp_path, RULE, prefix="/monitor") as installation:
        installation.simulate(FOR + 15, BR=400)
        (mail,), (hook,) = installation.take_messages()
        body = mail.get_body(("plain",))
        assert body is not None
        (link,) = re.findall(r"http\S+", body.get_content())
        assert link == hook["alerts"][0]["generatorURL"]
        assert link.startswith(f"{installation.url}/admin/")
        assert hook["externalURL"] == installation.url
        follow_link(page, link)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def assert_notified(
    arrived: ReceivedMessages, title: str, *, now: str, ended: datetime | None = None
) -> str:
    """One mail and one webhook came, about BR alone; returns the link in the mail."""
    (mail,), (hook,) = arrived
    assert (mail["To"], mail["Subject"]) == (
        ADMIN_EMAIL,
        f"{title}: Slow country, Brazil (warning)",
    )
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content().replace("\u202f", " ")
    assert "Country Brazil" in text
    assert f"{now} (95th percentile of round trip)" in text
    assert_webhook_names_only_brazil(hook, ended)
    assert "DE" not in text + str(hook)
    (link,) = re.findall(r"http\S+", text)
    return str(link)


def assert_webhook_names_only_brazil(hook: Mapping[str, Any], ended: datetime | None) -> None:
    """The body is Alertmanager's, version 4, about one alert."""
    status = "resolved" if ended else "firing"
    labels = {"alertname": "Slow country", "severity": "warning", "country": "BR"}
    (alert,) = hook["alerts"]
    assert (hook["version"], hook["status"], hook["commonLabels"]) == ("4", status, labels)
    assert (alert["status"], alert["labels"]) == (status, labels)
    assert datetime.fromisoformat(alert["startsAt"]) == after(15)
    assert ended is None or datetime.fromisoformat(alert["endsAt"]) == ended


def follow_link(page: Page, link: str) -> None:
    """The mail's link leads through the sign-in to the figures, and the bell counts."""
    page.goto(link)
    page.fill("#email", ADMIN_EMAIL)
    page.fill("#password", ADMIN_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/websocket-client-metrics?**country=BR")
    expect(page.locator(".reading")).to_contain_text("round trip p95 400")
    expect(page.locator("#bell .firing-count")).to_have_text("1")


def acknowledge(page: Page) -> None:
    """In the Alerts tab, with a note; the bell counts no more."""
    page.locator("#bell").click()
    row = page.locator(".alert-row", has_text="Slow country, Brazil")
    expect(row).to_contain_text("fires above 200")
    expect(row).to_contain_text("sent to 2")
    row.locator("summary", has_text="Acknowledge").click()
    row.get_by_label("Note").first.fill(NOTE)
    row.get_by_role("button", name="Acknowledge", exact=True).click()
    expect(row).to_contain_text(f"Acknowledged by {ADMIN_EMAIL} until")
    expect(row).to_contain_text(f"“{NOTE}”")
    expect(page.locator("#bell")).to_have_attribute("title", "Alerts: 1 firing, 1 acknowledged")


def assert_timeline_of_the_api(installation: AlertInstallation, alert_id: int) -> None:
    """The API lists every transition with its second, value, threshold and actor."""
    timeline = installation.get(f"/api/ws/alerts/{alert_id}")["transitions"]
    assert [
        (datetime.fromisoformat(step["at"]), step["after"], round(step["value"]),
         step["threshold"], step["n"], step["actor"])
        for step in timeline
    ] == [
        (after(at), state, value, 200, n, actor) for at, state, value, n, actor in TIMELINE
    ]  # fmt: skip
    assert [step["reason"] for step in timeline if step["actor"]] == [NOTE]


def assert_timeline_of_the_page(page: Page, url: str) -> None:
    """The timeline in the history of the page lists the same transitions."""
    page.goto(f"{url}/admin/websocket-analytics/alerts")
    expect(page.locator(".state-title")).to_have_text("No alert now")
    expect(page.locator("#bell")).to_have_attribute("title", "Alerts: none firing")
    page.get_by_role("link", name="All history").click()
    expect(page.locator(".alerts-lists tbody tr")).to_contain_text(ADMIN_EMAIL)
    page.locator(".alerts-lists tbody").get_by_role("link", name="Slow country, Brazil").click()
    steps = [
        f"{after(at):%H:%M:%S}{state}{value} ms against 200 ms, n = {n} round trips"
        for at, state, value, n, _ in TIMELINE
    ]
    expect(page.locator(".timeline-step")).to_contain_text(steps)
    taken = page.locator(".timeline-step", has_text="acknowledged")
    expect(taken).to_contain_text(f"{NOTE} by {ADMIN_EMAIL}")
