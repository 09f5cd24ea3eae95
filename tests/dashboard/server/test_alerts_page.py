"""The Alerts tab in a real browser (rule editor, analyst view, bell), and its commands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.delivery.recipient_reports import RecipientReports
from analytics.permission.actor import Actor
from analytics.reports.reports import Reports
from analytics.services.services import AlertServices
from dashboard.core.url_state import View
from dashboard.server.alerts.commands import COMMANDS, Command, Outcome, form_of, perform
from dashboard.server.alerts.editor.rule_form import fields_of
from dashboard.server.overview import data as overview_data
from dashboard.server.overview import firing as overview_firing
from models.alerts.recipients import Recipients
from models.database.engine import Database
from models.people.audit import Audit
from settings import Settings
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_pages import (
    ANALYST,
    PAGE,
    database_with_people,
    firing,
    now,
    open_signed_in,
    own_server,
)
from tests.support.clock import NOON, Clock
from tests.support.pages.accessibility import fits
from tests.support.pages.page_services import page_services
from tests.support.servers.running_server import ADMIN_EMAIL, RunningServer

ADA = Actor("ada", "admin")
MARKUP = "<b>portal</b>"


@pytest.fixture(scope="module")
def server(embedded_url: str) -> Iterator[RunningServer]:
    with own_server(embedded_url, "alerts") as started:
        yield started


@pytest.fixture
def store(server: RunningServer) -> Iterator[Database]:
    with database_with_people(server) as database:
        yield database


def test_a_rule_made_in_the_editor_is_stored_as_typed(
    page: Page, server: RunningServer, store: Database
) -> None:
    open_signed_in(page, server)
    page.locator("#alerts-bar").get_by_role("link", name="New rule").click()
    page.get_by_label("Name", exact=True).fill("Slow portal")
    page.get_by_role("textbox", name="Clear threshold").fill("900")
    page.get_by_role("textbox", name="Firing threshold").fill("350.5")
    page.get_by_role("button", name="Create rule").click()
    fault = page.locator(".form-field-clear .field-fault")
    expect(fault).to_have_text("Must not lie above fire.")
    page.get_by_role("textbox", name="Clear threshold").fill("300")
    page.get_by_label("Filters").fill("app=portal")
    page.get_by_role("button", name="Create rule").click()
    expect(page.get_by_role("button", name="Save as version 2")).to_be_visible()
    expect(page.locator("#alerts-notice")).to_contain_text("was created")
    expect(page.locator(".preview-sentence")).to_contain_text("no data in the last 30 days")
    (stored,) = AlertReports(store, now).rules().rules
    assert stored.rule == a_rule(
        name="Slow portal", fire=350.5, clear=300, filters={"app": "portal"}, minimum_n=50,
        for_seconds=300, keep_firing_seconds=300,
    )  # fmt: skip
    assert stored.changed_by == ADMIN_EMAIL
    assert Audit(store).latest()[0].action == "added alert rule"


def test_a_rule_on_a_close_code_is_made_by_keyboard(
    page: Page, server: RunningServer, store: Database
) -> None:
    open_signed_in(page, server)
    page.locator("#alerts-bar").get_by_role("link", name="New rule").click()
    help_text = page.locator(".form-field-filters .field-help")
    expect(help_text).to_contain_text("page")
    expect(help_text).not_to_contain_text("code")
    expect(page.locator(".preview-sentence")).to_contain_text("30 days")
    page.get_by_label("Name", exact=True).fill("Lost connections")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[value='client/latency_ms']")).to_be_focused()
    page.locator("input[value='client/close_codes']").press("Enter")
    expect(help_text).to_contain_text("code")
    expect(page.locator(".form-field-aggregation")).to_contain_text("Rate")
    page.get_by_label("Filters").fill("code=1006")
    page.get_by_role("button", name="Create rule").click()
    expect(page.locator("#alerts-notice")).to_contain_text("was created")
    (stored,) = AlertReports(store, now).rules().rules
    assert stored.rule is not None
    assert (stored.rule.metric, stored.rule.aggregation) == ("close_codes", "rate")
    assert stored.rule.filters == {"code": "1006"}


def test_an_analyst_sees_every_list_and_no_buttons(
    page: Page, server: RunningServer, store: Database
) -> None:
    firing(store, app=MARKUP)
    secret = {"kind": "webhook", "address": "https://example.com/secret", "name": "Pager"}
    wants = {"wants_resolved": True, "wants_digest": False, "paused": False}
    Recipients(store).add(secret | wants, now())
    open_signed_in(page, server, ANALYST)
    expect(page.locator(".alert-name").first).to_have_text(f"Slow, {MARKUP}")
    expect(page.locator(".form-field-fire input")).to_be_disabled()
    for list_name in ("active", "history", "rules", "deliveries", "recipients", "silences"):
        page.goto(f"{server.url}{PAGE}?list={list_name}")
        expect(page.locator(".alerts-lists .panel-title").first).to_be_visible()
        assert page.locator(".acts button, .acts summary, .form-foot button").count() == 0
    page.goto(f"{server.url}{PAGE}?list=recipients")
    expect(page.locator(".table-recipients")).to_contain_text("Pager")
    assert "secret" not in page.content()


@pytest.fixture
def services(database: Database, clock: Clock, tmp_path: Path) -> AlertServices:
    settings = Settings(data_dir=tmp_path)
    return AlertServices(
        reports=AlertReports(database, clock),
        actions=AlertActions(database, clock),
        recipients=RecipientReports(database, settings, clock),
        recipient_actions=RecipientActions(database, settings, clock),
    )


def run(
    services: AlertServices,
    command_name: str,
    subject: object,
    actor: Actor = ADA,
    **values: object,
) -> Outcome:
    form = form_of(command_name, str(subject))
    command = Command(
        services=services, actor=actor, subject=str(subject), form=form, values=values, now=NOON
    )
    return perform(command_name, command)


@pytest.mark.parametrize("command_name", sorted(COMMANDS))
def test_no_command_runs_for_an_analyst(
    command_name: str, services: AlertServices, database: Database
) -> None:
    alert = firing(database)
    address = {"kind": "email", "address": "ops@example.com", "name": "Ops"}
    options = {"wants_resolved": True, "wants_digest": False, "paused": False}
    ops = Recipients(database).add(address | options, NOON)
    before = (services.reports.rules(), services.reports.timeline(alert), services.recipients.all())
    subject = ops.id if command_name.startswith("recipient") else alert
    values = {"hours": "4", "kind": "email", "address": "a@example.com"}
    analyst = Actor("eve", "analyst")
    assert run(services, command_name, subject, analyst, **values, **fields_of(a_rule())).is_fault
    assert before == (
        services.reports.rules(),
        services.reports.timeline(alert),
        services.recipients.all(),
    )
    assert services.reports.silences().silences == []


def test_every_command_of_an_admin_runs_and_is_audited(
    services: AlertServices, database: Database
) -> None:
    alert = firing(database)
    assert not run(services, "acknowledge", alert, note="on it", hours="").is_fault
    assert not run(services, "withdraw", alert).is_fault
    assert not run(services, "silence", alert, hours="24", note="known").is_fault
    (silence,) = services.reports.silences().silences
    assert (silence.rule, silence.labels) == ("Slow", {"app": "portal"})
    assert not run(services, "silence-end", silence.id).is_fault
    assert not run(services, "rule-disable", 1).is_fault
    rule = services.reports.rule(1).rule
    assert rule is not None
    assert not rule.enabled
    assert run(services, "rule-delete", 1).closes_editor
    assert [entry.action for entry in Audit(database).latest()] == [
        "removed alert rule", "changed alert rule", "ended silence", "silenced alerts",
        "withdrew acknowledgement", "acknowledged alert",
    ]  # fmt: skip


def test_a_silence_ends_at_a_typed_time(services: AlertServices) -> None:
    late = run(services, "silence-add", "", hours="until", until="2026-03-02 11:00")
    assert (late.is_fault, late.field) == (True, "until")
    accepted = run(services, "silence-add", "", hours="until", until="2026-03-04 09:00")
    assert accepted.message == "No messages about any rule until 4 Mar 09:00 (UTC)."
    (silence,) = services.reports.silences().silences
    assert silence.ends_at == NOON.replace(day=4, hour=9)


def test_alerts_that_fire_are_on_the_overview_also_when_acknowledged(
    services: AlertServices, database: Database
) -> None:
    alert = firing(database, app=MARKUP)
    page = page_services(reports=Reports(database), alerts=services, now=now)
    page_data = overview_data.read(page, View(), "UTC")
    assert f"Slow, {MARKUP}" in str(overview_firing.draw(page_data).body)
    run(services, "acknowledge", alert, hours="")
    acknowledged = overview_firing.draw(overview_data.read(page, View(), "UTC"))
    assert "Acknowledged by ada" in str(acknowledged.body)
    assert not acknowledged.is_empty
    assert acknowledged.table.rows[0][-1] == "ada"


def test_a_recipient_is_added_changed_tested_and_removed(services: AlertServices) -> None:
    wrong = run(services, "recipient-add", "", kind="email", address="nobody", name="")
    assert (wrong.is_fault, wrong.field) == (True, "address")
    recipient: dict[str, Any] = {"kind": "email", "address": "ops@example.com", "name": "Ops"}
    assert not run(services, "recipient-add", "", **recipient).is_fault
    again = run(services, "recipient-add", "", **recipient)
    assert again.message == "Another recipient has this address."
    (ops,) = services.recipients.all()
    for command_name in ("recipient-digest", "recipient-resolved", "recipient-pause"):
        assert not run(services, command_name, ops.id).is_fault
    (ops,) = services.recipients.all()
    assert (ops.wants_digest, ops.wants_resolved, ops.paused) == (True, True, True)
    tested = run(services, "recipient-test", ops.id)
    assert tested.is_fault
    assert "EMAIL_FROM" in tested.message
    assert not run(services, "recipient-remove", ops.id).is_fault
    assert run(services, "recipient-remove", ops.id).is_fault


@pytest.mark.parametrize(
    ("command_name", "subject"),
    [("acknowledge", "x"), ("acknowledge", 9), ("recipient-test", "x"), ("no-such", 1)],
)
def test_a_command_on_a_missing_subject_is_a_fault(
    services: AlertServices, command_name: str, subject: object
) -> None:
    assert run(services, command_name, subject, hours="4").is_fault


def test_the_bell_counts_what_fires_on_every_page(
    page: Page, server: RunningServer, store: Database
) -> None:
    open_signed_in(page, server, path="/admin/websocket-client-metrics")
    expect(page.locator("#bell")).to_have_attribute("title", "Alerts: none firing")
    expect(page.locator("#bell .firing-count")).to_be_hidden()
    first = firing(store, "Slow")
    second = firing(store, "Slower")
    page.reload()
    expect(page.locator("#bell .firing-count")).to_have_text("2")
    AlertActions(store, now).acknowledge(ADA, first)
    page.locator("#bell").click()
    expect(page.locator("#bell .firing-count")).to_have_text("1")
    expect(page.locator(".page-tab .firing-count")).to_have_text("1")
    AlertActions(store, now).acknowledge(ADA, second)
    page.reload()
    expect(page.locator("#bell .firing-count.is-acknowledged")).to_have_text("2")
    expect(page.locator("#bell")).to_have_attribute("title", "Alerts: 2 firing, 2 acknowledged")


def test_the_page_never_scrolls_sideways(
    page: Page, server: RunningServer, store: Database
) -> None:
    alert = firing(store, "Slow" * 19, app="x" * 64)
    page.set_viewport_size({"width": 360, "height": 844})
    open_signed_in(page, server)
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
        fits(page, 390, 768, 360)
