"""Alerts as answered: hostile names stay text in CSV, and numbers of nothing are not found."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.records import LoadedRule, new_row
from ingest.api.alerts.alert_routes import ALERTS, HEADER
from ingest.api.alerts.rule_routes import RULES
from ingest.api.alerts.silence_routes import SILENCES
from models.alerts import alerts
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_requests import SendRequest, request_sender
from tests.support.clock import NOON

HOSTILE = "=cmd|' /C calc'!A0, \"x\"\n"

OF_A_RECORD: tuple[tuple[str, str, Any], ...] = (
    ("GET", ALERTS + "/{}", None),
    ("POST", ALERTS + "/{}/acknowledge", {"note": ""}),
    ("DELETE", ALERTS + "/{}/acknowledge", None),
    ("GET", SILENCES + "/{}", None),
    ("DELETE", SILENCES + "/{}", None),
    ("GET", RULES + "/{}", None),
    ("DELETE", RULES + "/{}", None),
    ("GET", RULES + "/{}/versions", None),
)


@pytest.fixture
def ask(client: FlaskClient, database: Database) -> SendRequest:
    """Sends requests as an admin."""
    return request_sender(client, database)


def store_alert(database: Database, name: str, labels: dict[str, str]) -> int:
    timing = state_machine.Timing(timedelta(), timedelta())
    observation = Observation(Verdict.FIRES, 412.0, 980)
    state = state_machine.advance(
        timing, state_machine.initial_state(NOON), observation, NOON
    ).alert_state
    row = new_row(LoadedRule(1, a_rule(name=name)), labels, state)
    with database.transaction() as connection:
        (alert_id,) = alerts.add(connection, [row]).values()
    return alert_id


def test_a_hostile_name_is_no_formula_and_breaks_no_line(
    ask: SendRequest, database: Database
) -> None:
    store_alert(database, HOSTILE, {"page": "/a,b", "country": "BR"})
    response = ask("GET", ALERTS, format="csv")
    (cells,) = csv.DictReader(io.StringIO(response.text, newline=""))
    assert tuple(cells) == HEADER
    assert (cells["rule"], cells["state"]) == ("'" + HOSTILE, "firing")
    assert set(cells["labels"].split(", ")) == {"page=/a,b", "country=BR"}
    assert response.headers["Cache-Control"] == "no-store"


def test_without_alerts_there_is_the_header_alone(ask: SendRequest) -> None:
    assert ask("GET", ALERTS, format="csv").text == ",".join(HEADER) + "\r\n"
    assert ask("GET", ALERTS).get_json() == {"alerts": []}


def test_an_alert_in_csv_says_who_takes_care(ask: SendRequest, database: Database) -> None:
    alert_id = store_alert(database, "Slow", {})
    ask("POST", f"{ALERTS}/{alert_id}/acknowledge", {"note": "+1 on it", "until": None})
    (cells,) = csv.DictReader(io.StringIO(ask("GET", ALERTS, format="csv").text, newline=""))
    assert cells["acknowledged_by"].startswith("token admin")
    assert (cells["note"], cells["acknowledged_until"]) == ("'+1 on it", "")


def test_a_number_of_nothing_is_404(ask: SendRequest) -> None:
    for method, path, body in OF_A_RECORD:
        for number in ("7", str(2**53), "9" * 40):
            response = ask(method, path.format(number), body)
            problem = (404, "application/problem+json")
            assert (response.status_code, response.content_type) == problem, (method, path, number)
