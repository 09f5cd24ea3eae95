"""The Alerts tab of a real server for the tests: accounts to sign in with, and firing alerts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page

from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.records import body_of, load_rule, new_row, transition_row
from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL
from models.alerts import alerts
from models.alerts.alert_rules import AlertRules
from models.database import migrate
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.run_folder import RUN_FOLDER
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    RunningServer,
    running_server,
)
from tests.support.servers.sign_in import sign_in
from tests.support.store.postgres import new_database, truncate_tables

PAGE = "/admin/websocket-analytics/alerts"
ANALYST = "analyst@example.com"


@contextmanager
def own_server(embedded_url: str, name: str) -> Iterator[RunningServer]:
    """A server on a database of its own: the bell counts every alert there is."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    url = new_database(embedded_url, f"{name}_{worker}")
    migrate.upgrade(url)
    with running_server(url, Path(os.environ[RUN_FOLDER]) / f"{name}-{worker}") as started:
        yield started


@contextmanager
def database_with_people(server: RunningServer) -> Iterator[Database]:
    """The server's database, with people but without alerts and rules."""
    truncate_tables(server.database_url)
    database = Database(server.database_url)
    for email, role in ((ADMIN_EMAIL, "admin"), (ANALYST, "analyst")):
        AccountActions(database, now).add_person(SHELL, email, role, ADMIN_PASSWORD)
    yield database
    database.dispose()


def now() -> datetime:
    return datetime.now(UTC)


def open_signed_in(
    page: Page, server: RunningServer, email: str = ADMIN_EMAIL, path: str = PAGE
) -> None:
    sign_in(page, server, email)
    page.goto(server.url + path)


def firing(database: Database, name: str = "Slow", app: str = "portal") -> int:
    """Adds an alert that has fired for five minutes; returns its id."""
    began = now() - timedelta(minutes=5)
    rule = load_rule(
        AlertRules(database).add(body_of(a_rule(name=name, split_by="app")), "ada", began)
    )
    timing = state_machine.Timing(timedelta(), timedelta())
    observation = Observation(Verdict.FIRES, 412.0, 980)
    step = state_machine.advance(timing, state_machine.initial_state(began), observation, began)
    with database.transaction() as connection:
        (alert_id,) = alerts.add(
            connection, [new_row(rule, {"app": app}, step.alert_state)]
        ).values()
        alerts.add_transitions(
            connection,
            [transition_row(alert_id, 200, transition) for transition in step.transitions],
        )
    return alert_id
