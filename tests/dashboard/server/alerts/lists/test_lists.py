"""Rules, silences, recipients and deliveries: rows, buttons by role, empty states."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.alerting.answers import RuleResponse, SilenceResponse
from analytics.notifications.delivery.recipient_reports import MailStatus
from analytics.services.services import AlertServices
from dashboard.server.alerts.lists import deliveries, recipients, rules, silences
from models.alerts.alert_rules import AlertRules
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.pages.alert_lists import (
    ADA,
    EVE,
    a_delivery,
    add_recipient,
    add_rule,
    alert_services,
    fire,
    page_data,
    unloaded_page_data,
)
from tests.support.pages.components import (
    button_ids,
    components_of,
    links_of,
    table_rows,
    text_of,
    texts_of,
)

HOSTILE = "<b>all</b>"


def commands_of(content: object) -> set[str]:
    return {part["command"] for part in button_ids(content) if part["type"] == "alerts-command"}


def test_a_rule_states_its_thresholds_its_version_and_what_fires(
    services: AlertServices, database: Database
) -> None:
    fire(database, add_rule(database, HOSTILE))
    panel = rules.layout(page_data(services, zone="Asia/Tokyo"))
    (row,) = table_rows(panel)
    assert row[:4] == [
        f"{HOSTILE}1 firing95th percentile of round trip over 5 min",
        "fires above 200 ms for 1 min, clears below 180 ms for 1 min", "Warning",
        "1, 21:00 by ada",
    ]  # fmt: skip
    assert commands_of(panel) == {"rule-disable", "rule-delete"}
    assert commands_of(rules.layout(page_data(services, actor=EVE))) == set()


def test_a_disabled_rule_can_be_enabled_and_is_counted(
    services: AlertServices, database: Database
) -> None:
    add_rule(database, enabled=False)
    panel = rules.layout(page_data(services))
    assert texts_of(panel, "panel-unit") == ["1 rule, 1 disabled"]
    assert "rule-enable" in commands_of(panel)


def test_an_invalid_rule_states_its_fault_and_can_only_be_deleted() -> None:
    broken = RuleResponse(
        id=7, name="Old", version=3, created_at=NOON, changed_at=NOON, changed_by="eve", rule=None,
        fault="<i>no such metric</i>",
    )  # fmt: skip
    panel = rules.layout(unloaded_page_data(rules={7: broken}))
    (row,) = table_rows(panel)
    assert row[:2] == ["Oldinvalid", "<i>no such metric</i>"]
    assert commands_of(panel) == {"rule-delete"}


def test_only_an_admin_is_offered_a_first_rule() -> None:
    assert links_of(rules.layout(unloaded_page_data())) == {"New rule": "?edit=0"}
    assert links_of(rules.layout(unloaded_page_data(is_admin=False))) == {}


def a_silence(**fields: Any) -> SilenceResponse:
    defaults: dict[str, Any] = {
        "id": 5, "rule": None, "labels": {}, "starts_at": NOON, "note": "", "created_at": NOON,
        "ends_at": NOON + timedelta(hours=6), "created_by": "ada",
    }  # fmt: skip
    return SilenceResponse(**(defaults | fields))


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        ({}, ["Any rule", "all", "18:00", "ada"]),
        (
            {"rule": HOSTILE, "labels": {"country": "BR", "app": "<i>"}, "note": "carrier work",
             "starts_at": NOON + timedelta(hours=1)},
            [HOSTILE, "country Brazil, app <i>", "from 13:00 to 18:00", "ada: “carrier work”"],
        ),
    ],
)  # fmt: skip
def test_a_silence_states_what_until_when_by_whom_and_why(
    fields: dict[str, object], row: list[str]
) -> None:
    panel = silences.layout(unloaded_page_data(silences=[a_silence(**fields)]))
    assert table_rows(panel)[0][:4] == row
    assert button_ids(panel)[0]["subject"] == "5"
    assert texts_of(panel, "panel-foot")[0].startswith("Silenced alerts still fire")


def test_without_a_silence_the_list_explains_them() -> None:
    panel = silences.layout(unloaded_page_data())
    assert texts_of(panel, "state-title") == ["No silences"]
    assert texts_of(panel, "panel-foot") == []


def test_the_form_of_a_silence_offers_every_rule_or_any(
    services: AlertServices, database: Database
) -> None:
    add_rule(database, HOSTILE)
    form = silences.form(page_data(services))
    (options,) = [
        part.options for part in components_of(form) if getattr(part, "clearable", None) is False
    ]
    assert [option["label"] for option in options] == ["Any rule", HOSTILE]
    assert commands_of(form) == {"silence-add"}


def test_an_address_is_for_admins_alone(services: AlertServices, database: Database) -> None:
    address = "https://example.com/secret"
    add_recipient(database, kind="webhook", address=address, name=HOSTILE, paused=True)
    admin, analyst = (recipients.layout(page_data(services, actor=actor)) for actor in (ADA, EVE))
    assert table_rows(admin)[0][:3] == [
        f"{HOSTILE}{address}", "Webhook", "alerts, resolved alerts paused",
    ]  # fmt: skip
    assert address not in str(analyst)
    assert commands_of(analyst) == set()
    assert commands_of(admin) == {
        "recipient-test", "recipient-resolved", "recipient-resume", "recipient-remove",
    }  # fmt: skip


def test_only_a_mail_address_can_get_the_digest(
    services: AlertServices, database: Database
) -> None:
    add_recipient(database, wants_digest=True, wants_resolved=False)
    panel = recipients.layout(page_data(services))
    assert table_rows(panel)[0][2] == "alerts, weekly digest "
    assert "recipient-digest" in commands_of(panel)
    assert "Stop the weekly digest" in text_of(panel)
    assert "Send resolved alerts" in text_of(panel)


def test_missing_mail_settings_are_named_and_set_ones_are_not(
    services: AlertServices, database: Database, tmp_path: Path
) -> None:
    assert "SMTP_HOST" in text_of(recipients.layout(page_data(services)))
    with_mail = alert_services(database, tmp_path, smtp_host="localhost")
    assert page_data(with_mail).mail is MailStatus.NOT_TRIED
    panel = recipients.layout(page_data(with_mail, actor=EVE))
    assert "SMTP_HOST" not in text_of(panel)
    assert "An admin can add recipients." in text_of(panel)
    assert commands_of(recipients.form()) == {"recipient-add"}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "sent"), ({"tries": 3}, "sent, 3rd try"),
        ({"state": "waiting", "tries": 0}, "waiting"),
        ({"state": "dead", "tries": 24}, "failed, 24th try"),
    ],
)  # fmt: skip
def test_a_delivery_states_its_outcome_and_its_tries(fields: dict[str, object], text: str) -> None:
    assert text_of(deliveries.outcome_tag(a_delivery(**fields))) == text


def test_a_message_is_about_a_rule_also_a_removed_rule_or_a_digest(
    services: AlertServices, database: Database
) -> None:
    stays, removed = add_rule(database, HOSTILE), add_rule(database, "Removed")
    fire(database, removed)
    AlertRules(database).remove(removed, "ada", NOON)
    messages = [
        a_delivery(group_key=f"rule {stays}"), a_delivery(group_key=f"rule {removed}"),
        a_delivery(group_key="rule ²"), a_delivery(group_key="no data client"),
        a_delivery(subject="digest", group_key="2026-W09"),
    ]  # fmt: skip
    subjects = deliveries.message_subjects(page_data(services), messages)
    assert list(subjects.values()) == [
        HOSTILE, "Removed", "Rule ²", "No data client", "Weekly digest 2026-W09",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("search", "title"),
    [("", "No message yet"), ("&outcome=dead", "No failed messages")],
)
def test_an_empty_list_of_deliveries_offers_the_next_step(
    services: AlertServices, search: str, title: str
) -> None:
    panel = deliveries.layout(page_data(services, f"?list=deliveries{search}"))
    assert texts_of(panel, "state-title") == [title]
    assert texts_of(panel, "is-chosen") == ["Failed" if search else "All"]
    compact = deliveries.compact_layout(page_data(services))
    assert texts_of(compact, "panel-unit") == ["0 waiting, 0 failed in 7 days"]
