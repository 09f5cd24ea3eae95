"""Alerts at noon for the lists of the Alerts page: services on a database, and the page's data."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from analytics.alerting.answers import AlertResponse
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.records import body_of, load_rule, new_row, transition_row
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.delivery.recipient_reports import (
    Delivery,
    MailStatus,
    RecipientReports,
)
from analytics.permission.actor import Actor
from analytics.services.services import AlertServices
from dashboard.server.alerts.core.services import AlertsPageData, load_page_data
from dashboard.server.alerts.core.url_state import read_url_state
from models.alerts import alerts
from models.alerts.alert_rules import AlertRules
from models.alerts.recipients import Recipient, Recipients
from models.database.engine import Database
from settings import Settings
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON, Clock

ADA, EVE = Actor("ada", "admin"), Actor("eve", "analyst")
FIVE_MINUTES = timedelta(minutes=5)


def alert_services(database: Database, data_dir: Path, **settings: Any) -> AlertServices:
    """The services of the page, at noon."""
    stored, clock = Settings(data_dir=data_dir, **settings), Clock()
    return AlertServices(
        reports=AlertReports(database, clock),
        actions=AlertActions(database, clock),
        recipients=RecipientReports(database, stored, clock),
        recipient_actions=RecipientActions(database, stored, clock),
    )


def page_data(
    services: AlertServices, search: str = "", actor: Actor = ADA, zone: str = "UTC"
) -> AlertsPageData:
    """What the page loads for an address."""
    return load_page_data(services, read_url_state(search), NOON, zone, actor)


def unloaded_page_data(search: str = "", zone: str = "UTC", **fields: Any) -> AlertsPageData:
    """The page's data as an admin's, without services: for what reads only the data itself."""
    defaults: dict[str, Any] = {
        "services": None, "url_state": read_url_state(search), "now": NOON, "zone": ZoneInfo(zone),
        "is_admin": True, "alerts": [], "rules": {}, "silences": [], "evaluated_at": None,
        "mail": MailStatus.WORKING, "counts": {},
    }  # fmt: skip
    return AlertsPageData(**(defaults | fields))


def add_rule(database: Database, name: str = "Slow", **fields: Any) -> int:
    """A stored rule, changed by ada at noon; returns its id."""
    return AlertRules(database).add(body_of(a_rule(name=name, **fields)), "ada", NOON).id


def fire(
    database: Database, rule_id: int, app: str = "portal", since: datetime = NOON - FIVE_MINUTES
) -> int:
    """An alert of a rule that fires since then with 412 of n = 980; returns its id."""
    stored = AlertRules(database).find(rule_id)
    assert stored is not None
    timing = state_machine.Timing(timedelta(), timedelta())
    observation = Observation(Verdict.FIRES, 412.0, 980)
    step = state_machine.advance(timing, state_machine.initial_state(since), observation, since)
    row = new_row(load_rule(stored), {"app": app}, step.alert_state)
    with database.transaction() as connection:
        (alert_id,) = alerts.add(connection, [row]).values()
        transitions = [transition_row(alert_id, 200, change) for change in step.transitions]
        alerts.add_transitions(connection, transitions)
    return alert_id


def add_recipient(database: Database, **fields: Any) -> Recipient:
    """A stored recipient of mails named Ops."""
    defaults = {
        "kind": "email", "address": "ops@example.com", "name": "Ops", "wants_resolved": True,
        "wants_digest": False, "paused": False,
    }  # fmt: skip
    return Recipients(database).add(defaults | fields, NOON)


def an_alert(**fields: Any) -> AlertResponse:
    """A critical alert that fires since five minutes."""
    defaults: dict[str, Any] = {
        "id": 1, "rule_id": 1, "rule": "Slow", "labels": {"country": "BR"}, "state": "firing",
        "severity": "critical", "since": NOON - FIVE_MINUTES, "state_since": NOON - FIVE_MINUTES,
        "fired_at": NOON - FIVE_MINUTES, "ended_at": None, "notified_at": None, "value": 412.0,
        "threshold": 200.0, "n": 980, "acknowledged": None,
    }  # fmt: skip
    return AlertResponse(**(defaults | fields))


def a_delivery(**fields: Any) -> Delivery:
    """A mail about rule 1 that was accepted at once."""
    defaults: dict[str, Any] = {
        "id": uuid4(), "created_at": NOON, "kind": "email", "name": "Ops", "subject": "alerts",
        "group_key": "rule 1", "state": "sent", "tries": 1, "next_try_at": None,
        "finished_at": NOON, "response": "250 OK",
    }  # fmt: skip
    return Delivery(**(defaults | fields))
