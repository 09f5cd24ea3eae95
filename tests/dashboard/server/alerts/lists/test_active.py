"""The list of active alerts: order, texts, buttons by role, and why it is empty."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alerting.answers import Acknowledged
from analytics.services.services import AlertServices
from dashboard.server.alerts.lists import active
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.pages.alert_lists import (
    ADA,
    EVE,
    add_recipient,
    add_rule,
    an_alert,
    fire,
    page_data,
    unloaded_page_data,
)
from tests.support.pages.components import button_ids, components_of, links_of, text_of, texts_of

HOSTILE = "<b>portal</b>"
severities = st.sampled_from(["critical", "warning", "info"])


@given(st.lists(st.tuples(st.sampled_from(active.ORDER), severities, st.integers(0, 9))))
def test_the_most_urgent_state_comes_first_then_severity_then_age(
    kinds: list[tuple[str, str, int]],
) -> None:
    alerts = [
        an_alert(state=state, severity=severity, since=NOON + timedelta(minutes=age))
        for state, severity, age in kinds
    ]
    ordered = active.by_urgency(alerts)
    ranks = [
        (active.ORDER.index(a.state), ["critical", "warning", "info"].index(a.severity), a.since)
        for a in ordered
    ]
    assert ranks == sorted(ranks)
    assert len(ordered) == len(alerts)


def test_the_head_counts_alerts_by_state() -> None:
    states = ("pending", "firing", "no_data", "firing")
    assert active.summary([an_alert(state=state) for state in states]) == (
        "2 firing, 1 no data, 1 pending"
    )
    assert active.summary([]) == ""


def test_a_firing_alert_is_a_row_with_its_labels_as_text(
    services: AlertServices, database: Database
) -> None:
    fire(database, add_rule(database, severity="critical"), HOSTILE)
    panel = active.layout(page_data(services))
    assert texts_of(panel, "alert-name") == [f"Slow, {HOSTILE}"]
    assert texts_of(panel, "tag-bad") == ["Critical"]
    assert "412 ms, fires above 200 ms · n = 980 round trips" in text_of(panel)
    assert "Firing since 11:55, 5 min · not notified yet" in text_of(panel)


def test_an_admin_has_buttons_and_an_analyst_none(
    services: AlertServices, database: Database
) -> None:
    alert = fire(database, add_rule(database))
    commands = [
        {part["command"] for part in button_ids(active.layout(page_data(services, actor=actor)))
         if part["type"] == "alerts-command"}
        for actor in (ADA, EVE)
    ]  # fmt: skip
    assert commands == [{"acknowledge", "silence"}, set()]
    services.actions.acknowledge(ADA, alert, "on it", NOON + timedelta(hours=1))
    panel = active.layout(page_data(services, zone="Asia/Tokyo"))
    assert texts_of(panel, "alert-acts")[0].startswith("until 22:00Withdraw")
    assert "Acknowledged by ada until 22:00: “on it”" in text_of(panel)
    assert "until 13:00" in text_of(active.layout(page_data(services, actor=EVE)))


def test_an_expired_acknowledgement_can_be_repeated(services: AlertServices) -> None:
    expired = Acknowledged(by="ada", note="", at=NOON - timedelta(hours=2), until=NOON)
    data = replace(page_data(services), alerts=[an_alert(acknowledged=expired)])
    panel = active.layout(data)
    assert "Acknowledged by ada until 12:00 (expired)" in text_of(panel)
    assert "Withdraw" not in text_of(panel)


def test_the_selected_row_is_that_of_the_address_else_the_most_urgent() -> None:
    alerts = [an_alert(id=1, severity="info"), an_alert(id=2)]
    selected = {
        search: active.selected_alert(unloaded_page_data(search, alerts=alerts))
        for search in ("", "?alert=1", "?edit=0")
    }
    assert selected == {"": 2, "?alert=1": 1, "?edit=0": None}


def test_of_more_than_a_hundred_alerts_the_most_urgent_are_drawn(services: AlertServices) -> None:
    alerts = [an_alert(id=number) for number in range(1, 1204)]
    panel = active.layout(replace(page_data(services, "?alert=1"), alerts=alerts))
    assert len(components_of(panel, "alert-row")) == 100
    assert texts_of(panel, "panel-foot") == ["The 100 most urgent of 1,203."]


@pytest.mark.parametrize(
    ("enabled", "has_recipient", "title", "step"),
    [
        (False, True, "No rule is enabled", "Rules"),
        (True, False, "No alert now", "No recipient is active: add one"),
        (True, True, "No alert now", "See the rules"),
    ],
)
def test_without_alerts_the_next_step_is_offered(
    services: AlertServices, database: Database, *, enabled: bool, has_recipient: bool, title: str,
    step: str,
) -> None:  # fmt: skip
    add_rule(database, enabled=enabled)
    add_recipient(database, paused=not has_recipient)
    panel = active.layout(page_data(services))
    assert texts_of(panel, "state-title") == [title]
    assert list(links_of(components_of(panel, "state-actions"))) == [step]
