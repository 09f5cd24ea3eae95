"""One address posting for ten minutes with fresh ids, extreme samples, histograms and rates among
200 honest sessions moves no figure by more than 1 % and fires no rule."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics.alerting.evaluation import measurements
from analytics.alerting.evaluation.evaluate import observations
from analytics.alerting.lifecycle.observation import Verdict
from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.alerting.rules.groups import group_of
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.reports import Reports
from ingest import payloads
from ingest.collector.country import locator
from ingest.payloads import SenderInfo
from ingest.worker import lifecycle
from models.database.engine import Database
from models.raw import ingest_outcomes
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows, truncate_tables
from tests.support.store.rollup_truth import roll_up
from wsgi import create_app

SESSIONS, MINUTES = 200, 10
START = NOON - timedelta(minutes=MINUTES)
WINDOW = TimeRange(START - timedelta(hours=1), NOON)
HOSTILE = "93.184.216.34"
PATH = "/api/ws/client-metrics"
COUNTRIES = ("11.0.0.", "85.214.132.", "200.147.3.", "133.11.0.")
SHAPES: tuple[dict[str, Any], ...] = (
    {"latency": {"samples_ms": [600_000] * 500}},
    {"latency": {"histogram": {"396": 10**9}}, "reply": {"histogram": {"3": 10**9}}},
    {"sample_rate": 1e-6, "connection": {"attempts": 10**9, "failed": 10**9, "drops": 10**9}},
    {"messages": {"sent": 10**9, "errors": 10**9}, "ux": {"errors": 10**9, "lcp_ms": 86_400_000}},
    {"connection": {"attempts": 1, "failed": 1}, "app": "made up", "release": "x"},
    {"latency": {"samples_ms": [600_000]}, "setup_ms": [86_400_000], "page": "/x"},
    {"connection": {"drops": 3, "close_codes": {"1006": 3}, "downtime_ms": 86_400_000}},
)


def post(client: FlaskClient, address: str, reports: list[dict[str, Any]]) -> int:
    """Post until it is answered: a busy machine may take longer than a request waits."""
    sender, status = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": ""}, 503
    while status == 503:
        status = client.post(PATH, json={"reports": reports}, environ_base=sender).status_code
    return status


def an_honest_report(
    dice: random.Random, session: str, end: datetime, *, is_first: bool
) -> dict[str, Any]:
    tries = int(is_first)
    return {
        "session_id": session, "report_id": str(UUID(int=dice.getrandbits(128))),
        "period_start": (end - timedelta(minutes=1)).isoformat(), "period_end": end.isoformat(),
        "app": "portal", "release": "2.0", "page": "/chat",
        "connection": {
            "attempts": tries, "opened": tries, "drops": 0, "lost": 0, "open_ms": 60_000,
            "silent_ms": [], "suspended_ms": 0, "open_losses": 0,
        },
        "messages": {"sent": 20, "received": 21, "errors": int(dice.random() < 0.2)},
        "latency": {"samples_ms": [round(dice.lognormvariate(3, 0.4), 2) for _ in range(12)]},
        "setup_ms": [round(dice.lognormvariate(4, 0.3), 1)] * tries,
        "ux": {"page_load_ms": 900 + dice.randrange(300)} if is_first else {},
    }  # fmt: skip


def honest_batches() -> dict[str, list[dict[str, Any]]]:
    """Ten reports of a minute each, by the address of each session."""
    dice = random.Random(7)
    return {
        f"{COUNTRIES[number % len(COUNTRIES)]}{1 + number // len(COUNTRIES)}": [
            an_honest_report(
                dice, str(UUID(int=number + 1)),
                START + timedelta(minutes=number % MINUTES + 1 - back),
                is_first=back == MINUTES - 1,
            )
            for back in range(MINUTES)
        ]
        for number in range(SESSIONS)
    }  # fmt: skip


def post_hostile(client: FlaskClient, at: datetime, dice: random.Random) -> Iterator[int]:
    """Each shape with fresh ids, of now and of hours ago."""
    for shape in SHAPES:
        yield post(
            client, HOSTILE, [
                {
                    "session_id": str(UUID(int=dice.getrandbits(128))),
                    "report_id": str(UUID(int=dice.getrandbits(128))),
                    "period_start": (at - age).isoformat(), "period_end": (at - age).isoformat(),
                    "app": "portal", **shape,
                }
                for age in (timedelta(), timedelta(seconds=30), timedelta(minutes=70))
            ],
        )  # fmt: skip


def ten_minutes(app: Flask, clock: Clock, database: Database) -> list[int]:
    """Everybody posts; the rollups go on meanwhile. Returns the statuses of the hostile posts."""
    client, dice = app.test_client(), random.Random(8)
    statuses: list[int] = []
    batches = list(honest_batches().items())
    clock.at = START
    for minute in range(MINUTES):
        statuses += post_hostile(client, clock(), dice)
        clock.advance(minutes=1)
        for address, batch in batches[minute::MINUTES]:
            assert post(client, address, batch) == 201
        if minute == 0:
            roll_up(database, clock())
    app.extensions[lifecycle.EXTENSION].stop()
    return statuses


def store_honest(database: Database, settings: Settings) -> None:
    """The honest reports alone."""
    locate = locator(settings)
    reports = [
        payloads.read(item, SenderInfo(country=locate(address)[0]), NOON)
        for address, batch in honest_batches().items()
        for item in batch
    ]
    assert len(ClientReports(database).insert(reports).keys) == SESSIONS * MINUTES


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of an answer, by its path."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from numbers(each, f"{path}.{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from numbers(each, f"{path}[{each.get('t', number)}]")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def figures(database: Database) -> dict[str, float]:
    """The summaries of the range in total and by country, release and app."""
    reports, summaries = Reports(database), dict[str, object]()
    selections = [Filters()] + [
        Filters(**{dimension: value})
        for dimension in ("country", "app", "release", "page")
        for value in reports.choices(dimension, WINDOW)
    ]
    for filters in selections:
        summary = msgspec.to_builtins(reports.summary(WINDOW, filters))
        summaries[str(filters.active())] = summary
    return dict(numbers(summaries))


def firing_rules(database: Database) -> list[str]:
    rules = [rule for rule in DEFAULT_RULES if rule.source == "client" and not rule.is_of_anomalies]
    current = measurements.load_current(database, rules, NOON)
    assert not current.faults
    return [
        f"{rule.name} {labels} {observation}"
        for rule in rules
        for labels, observation in observations(
            rule, current.arrays[group_of(rule)], current.freshness["client"], (), NOON
        )
        if observation.verdict is Verdict.FIRES
    ]


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> Flask:
    """The application on the clock."""
    return create_app(settings, clock)


def test_an_address_among_200_honest_sessions_moves_no_figure_and_fires_no_rule(
    app: Flask, clock: Clock, database: Database, settings: Settings, database_url: str
) -> None:
    statuses = ten_minutes(app, clock, database)
    with_hostile, firing = figures(database), firing_rules(database)
    roll_up(database, NOON)
    rolled_up = figures(database)
    counted = rows(database, "SELECT count(*) FROM sessions WHERE app = 'portal'")
    with database.transaction() as connection:
        outcomes = {
            (row["outcome"], row["reason"]): row["count"]
            for row in ingest_outcomes.totals(connection, START, NOON + timedelta(hours=1))
        }
    truncate_tables(database_url)
    store_honest(database, settings)
    honest = figures(database)

    assert firing == firing_rules(database) == []
    assert statuses.count(201) < len(statuses) / 2
    assert counted == [(SESSIONS,)]
    for disturbed in (with_hostile, rolled_up):
        assert disturbed.keys() == honest.keys()
        moved = {
            path: (value, disturbed[path])
            for path, value in honest.items()
            if abs(disturbed[path] - value) > 0.01 * abs(value)
        }
        assert moved == {}
    assert outcomes["refused", "set aside"] == statuses.count(429)
    assert outcomes["set aside", "sender"] > 0
