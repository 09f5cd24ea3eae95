"""The Alerts tab in a real browser: editing a rule, looking only, the bell; and what it does."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.delivery.recipient_reports import RecipientReports
from analytics.permission.actor import Actor
from dashboard import AlertServices
from dashboard.server.alerts.commands import ACTS, Command, Outcome, form_of, perform
from dashboard.server.alerts.editor.rule_form import fields_of
from dashboard.server.data import Reading
from dashboard.server.overview import firing as overview_firing
from models.alerts.recipients import Recipients
from models.database.engine import Database
from models.people.audit import Audit
from settings import Settings
from tests.conftest import NOON, Clock
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_pages import (
    ANALYST,
    PAGE,
    firing,
    now,
    own_server,
    peopled,
    sign_in,
)
from tests.support.running_server import ADMIN_EMAIL, RunningServer

ADA = Actor("ada", "admin")
MARKUP = "<b>portal</b>"


@pytest.fixture(scope="module")
def server(embedded_url: str) -> Iterator[RunningServer]:
    with own_server(embedded_url, "alerts") as started:
        yield started


@pytest.fixture
def store(server: RunningServer) -> Iterator[Database]:
    with peopled(server) as database:
        yield database


def test_a_rule_made_in_the_editor_is_stored_as_typed(
    page: Page, server: RunningServer, store: Database
) -> None:
    sign_in(page, server)
    page.locator("#alerts-bar").get_by_role("link", name="New rule").click()
    page.get_by_label("Name", exact=True).fill("Slow portal")
    page.get_by_label("Clears at").fill("900")
    page.get_by_label("Fires at").fill("350.5")
    page.get_by_role("button", name="Create rule").click()
    fault = page.locator(".held-clear .field-fault")
    expect(fault).to_have_text("Must not lie above fire.")
    page.get_by_label("Clears at").fill("300")
    page.get_by_label("Filters").fill("app=portal")
    page.get_by_role("button", name="Create rule").click()
    expect(page.get_by_role("button", name="Save as version 2")).to_be_visible()
    expect(page.locator("#alerts-notice")).to_contain_text("watches now")
    expect(page.locator(".preview-sentence")).to_contain_text("no data of the last 30 days")
    (stored,) = AlertReports(store, now).rules().rules
    assert stored.rule == a_rule(
        name="Slow portal", fire=350.5, clear=300, filters={"app": "portal"}, minimum_n=50,
        for_seconds=300, keep_firing_seconds=300,
    )  # fmt: skip
    assert stored.changed_by == ADMIN_EMAIL
    assert Audit(store).latest()[0].action == "added alert rule"


def test_a_rule_on_one_close_code_is_made_by_keyboard(
    page: Page, server: RunningServer, store: Database
) -> None:
    sign_in(page, server)
    page.locator("#alerts-bar").get_by_role("link", name="New rule").click()
    words = page.locator(".field-words")
    expect(words).to_contain_text("page")
    expect(words).not_to_contain_text("code")
    expect(page.locator(".preview-sentence")).to_contain_text("30 days")
    page.get_by_label("Name", exact=True).fill("Lost connections")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[value='client/latency_ms']")).to_be_focused()
    page.locator("input[value='client/close_codes']").press("Enter")
    expect(words).to_contain_text("code")
    expect(page.locator(".held-aggregation")).to_contain_text("Rate")
    page.get_by_label("Filters").fill("code=1006")
    page.get_by_role("button", name="Create rule").click()
    expect(page.locator("#alerts-notice")).to_contain_text("watches now")
    (stored,) = AlertReports(store, now).rules().rules
    assert stored.rule is not None
    assert (stored.rule.metric, stored.rule.aggregation) == ("close_codes", "rate")
    assert stored.rule.filters == {"code": "1006"}


def test_who_may_only_look_sees_everything_and_is_offered_nothing(
    page: Page, server: RunningServer, store: Database
) -> None:
    firing(store, app=MARKUP)
    secret = {"kind": "webhook", "address": "https://example.com/secret", "name": "Pager"}
    wants = {"wants_resolved": True, "wants_digest": False, "paused": False}
    Recipients(store).add(secret | wants, now())
    sign_in(page, server, ANALYST)
    expect(page.locator(".alert-name").first).to_have_text(f"Slow, {MARKUP}")
    expect(page.locator(".held-fire input")).to_be_disabled()
    for shown in ("active", "history", "rules", "deliveries", "recipients", "silences"):
        page.goto(f"{server.url}{PAGE}?list={shown}")
        expect(page.locator(".alerts-lists .panel-title").first).to_be_visible()
        assert page.locator(".acts button, .acts summary, .form-foot button").count() == 0
    page.goto(f"{server.url}{PAGE}?list=recipients")
    expect(page.locator(".table-recipients")).to_contain_text("Pager")
    assert "secret" not in page.content()


@pytest.fixture
def desk(database: Database, clock: Clock, tmp_path: Path) -> AlertServices:
    settings = Settings(data_dir=tmp_path)
    return AlertServices(
        reports=AlertReports(database, clock),
        actions=AlertActions(database, clock),
        recipients=RecipientReports(database, settings, clock),
        recipient_actions=RecipientActions(database, settings, clock),
    )


def do(
    desk: AlertServices, act: str, subject: object, actor: Actor = ADA, **values: object
) -> Outcome:
    form = form_of(act, str(subject))
    asked = Command(
        desk=desk, actor=actor, subject=str(subject), form=form, values=values, now=NOON
    )
    return perform(act, asked)


@pytest.mark.parametrize("act", sorted(ACTS))
def test_no_act_is_done_for_who_may_only_look(
    act: str, desk: AlertServices, database: Database
) -> None:
    alert = firing(database)
    whom = {"kind": "email", "address": "ops@example.com", "name": "Ops", "wants_resolved": True}
    ops = Recipients(database).add(whom | {"wants_digest": False, "paused": False}, NOON)
    before = (desk.reports.rules(), desk.reports.story(alert), desk.recipients.all())
    subject = ops.id if act.startswith("recipient") else alert
    values = {"hours": "4", "kind": "email", "address": "a@example.com"}
    assert do(desk, act, subject, Actor("eve", "analyst"), **values, **fields_of(a_rule())).is_fault
    assert before == (desk.reports.rules(), desk.reports.story(alert), desk.recipients.all())
    assert desk.reports.silences().silences == []


def test_what_an_admin_does_is_done_and_stands_in_the_trail(
    desk: AlertServices, database: Database
) -> None:
    alert = firing(database)
    assert not do(desk, "acknowledge", alert, note="on it", hours="").is_fault
    assert not do(desk, "withdraw", alert).is_fault
    assert not do(desk, "silence", alert, hours="24", note="known").is_fault
    (silence,) = desk.reports.silences().silences
    assert (silence.rule, silence.labels) == ("Slow", {"app": "portal"})
    assert not do(desk, "silence-end", silence.id).is_fault
    assert not do(desk, "rule-disable", 1).is_fault
    rule = desk.reports.rule(1).rule
    assert rule is not None
    assert not rule.enabled
    assert do(desk, "rule-delete", 1).has_left_editor
    assert [entry.action for entry in Audit(database).latest()] == [
        "removed alert rule", "changed alert rule", "ended silence", "silenced alerts",
        "withdrew acknowledgement", "acknowledged alert",
    ]  # fmt: skip


def test_a_silence_ends_at_a_typed_time(desk: AlertServices) -> None:
    late = do(desk, "silence-add", "", hours="until", until="2026-03-02 11:00")
    assert (late.is_fault, late.field) == (True, "until")
    made = do(desk, "silence-add", "", hours="until", until="2026-03-04 09:00")
    assert made.words == "Nobody is told of any rule until 4 Mar 09:00 (UTC)."
    (silence,) = desk.reports.silences().silences
    assert silence.ends_at == NOON.replace(day=4, hour=9)


def test_what_nobody_takes_care_of_stands_on_the_overview(
    desk: AlertServices, database: Database
) -> None:
    alert = firing(database, app=MARKUP)
    reading = cast("Reading", SimpleNamespace(now=now(), zone=ZoneInfo("UTC")))
    draw = overview_firing.drawer(desk.reports)
    assert f"Slow, {MARKUP}" in str(draw(reading).body)
    do(desk, "acknowledge", alert, hours="")
    assert draw(reading).is_empty


def test_a_recipient_is_added_changed_tried_and_removed(desk: AlertServices) -> None:
    wrong = do(desk, "recipient-add", "", kind="email", address="nobody", name="")
    assert (wrong.is_fault, wrong.field) == (True, "address")
    asked: dict[str, Any] = {"kind": "email", "address": "ops@example.com", "name": "Ops"}
    assert not do(desk, "recipient-add", "", **asked).is_fault
    assert do(desk, "recipient-add", "", **asked).words == "Another recipient has this address."
    (ops,) = desk.recipients.all()
    for act in ("recipient-digest", "recipient-resolved", "recipient-pause"):
        assert not do(desk, act, ops.id).is_fault
    (ops,) = desk.recipients.all()
    assert (ops.wants_digest, ops.wants_resolved, ops.paused) == (True, True, True)
    tried = do(desk, "recipient-test", ops.id)
    assert tried.is_fault
    assert "EMAIL_FROM" in tried.words
    assert not do(desk, "recipient-remove", ops.id).is_fault
    assert do(desk, "recipient-remove", ops.id).is_fault


@pytest.mark.parametrize(
    ("act", "subject"),
    [("acknowledge", "x"), ("acknowledge", 9), ("recipient-test", "x"), ("no-such", 1)],
)
def test_what_is_not_there_is_said_to_be_gone(
    desk: AlertServices, act: str, subject: object
) -> None:
    assert do(desk, act, subject, hours="4").is_fault


def test_the_bell_counts_what_fires_on_every_page(
    page: Page, server: RunningServer, store: Database
) -> None:
    sign_in(page, server, path="/admin/websocket-client-metrics")
    expect(page.locator("#bell")).to_have_attribute("title", "Alerts: none firing")
    expect(page.locator("#bell .firing-count")).to_be_hidden()
    first = firing(store, "Slow")
    firing(store, "Slower")
    page.reload()
    expect(page.locator("#bell .firing-count")).to_have_text("2")
    AlertActions(store, now).acknowledge(ADA, first)
    page.locator("#bell").click()
    expect(page.locator("#bell .firing-count")).to_have_text("1")
    expect(page.locator(".page-tab .firing-count")).to_have_text("1")


@pytest.mark.parametrize("width", [360, 390, 768])
def test_the_page_never_scrolls_sideways(
    page: Page, server: RunningServer, store: Database, width: int
) -> None:
    alert = firing(store, "Slow" * 19, app="x" * 64)
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, server)
    for search in (
        "",
        f"?list=history&alert={alert}",
        "?list=rules",
        "?list=recipients",
        "?edit=0",
    ):
        page.goto(server.url + PAGE + search)
        expect(page.locator(".alerts-lists .panel").first).to_be_visible()
        expect(page.locator("#alerts-side")).not_to_be_empty() if "rules" not in search else None
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, search
