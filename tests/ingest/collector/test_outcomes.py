"""Ingest outcomes are counted per minute, exactly once, under bounded labels."""

from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ingest.collector import outcome_names
from ingest.collector.outcomes import CLIENT, Outcomes
from ingest.worker import lifecycle
from models.database.engine import Database, DatabaseAway
from models.raw import ingest_outcomes
from models.raw.ingest_outcomes import IngestOutcomes, OutcomeCount
from tests.support.clock import NOON, Clock
from tests.support.servers.api_client import new_token

OutcomeCounts = dict[tuple[str, str, str], int]


def counted(database: Database) -> OutcomeCounts:
    with database.transaction() as connection:
        rows = ingest_outcomes.totals(
            connection, NOON - timedelta(days=9999), NOON + timedelta(days=9999)
        )
    return {(row["source"], row["outcome"], row["reason"]): row["count"] for row in rows}


def a_report(now: object, **values: object) -> dict[str, object]:
    return {
        "report_id": str(uuid4()), "session_id": str(uuid4()), "period_start": now,
        "period_end": now, **values,
    }  # fmt: skip


class Unreliable(IngestOutcomes):
    """Commits, then raises as if the connection were lost."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.fails = True

    def add(self, instance: str, number: int, rows: object) -> None:
        super().add(instance, number, rows)  # type: ignore[arg-type]  # passed on
        if self.fails:
            self.fails = False
            raise DatabaseAway("the answer was lost")


def test_an_unconfirmed_flush_is_added_once(database: Database, clock: Clock) -> None:
    outcomes = Outcomes(Unreliable(database), clock)
    outcomes.count_stored(CLIENT, 3, 1)
    with pytest.raises(DatabaseAway):
        outcomes.flush()
    outcomes.count_stored(CLIENT, 4, 0)
    outcomes.flush()
    assert counted(database) == {("client", "accepted", ""): 7, ("client", "duplicate", ""): 1}


def test_counts_belong_to_the_minute_they_were_made_in(database: Database, clock: Clock) -> None:
    outcomes = Outcomes(IngestOutcomes(database), clock)
    outcomes.count_stored(CLIENT, 3, 0)
    clock.advance(seconds=61)
    outcomes.flush()
    outcomes.count_stored(CLIENT, 4, 0)
    outcomes.flush()
    with database.transaction() as connection:
        query = text("SELECT minute, count FROM ingest_outcomes ORDER BY minute")
        rows = [tuple(row) for row in connection.execute(query)]
    assert rows == [(NOON, 3), (NOON + timedelta(minutes=1), 4)]


def test_workers_add_up(database: Database, clock: Clock) -> None:
    for _ in range(3):
        outcomes = Outcomes(IngestOutcomes(database), clock)
        outcomes.count_refused(CLIENT, HTTPStatus.TOO_MANY_REQUESTS)
        outcomes.finish()
    assert counted(database) == {("client", "refused", "rate"): 3}


def test_a_post_is_counted_by_outcome(app: Flask, client: FlaskClient, database: Database) -> None:
    now = client.post("/api/ws/client-metrics", json={"reports": [1]}).get_json()["server_time"]
    good = a_report(now)
    late = a_report("2020-01-01T00:00:00Z")
    wrong = a_report(now, latency={"samples_ms": [-1]})
    foreign = a_report(now, custom={"<script>": 1})
    client.post("/api/ws/client-metrics", json={"reports": [good, good, late, wrong, foreign]})
    client.post("/api/ws/client-metrics", data=b"{", content_type="application/json")
    client.post("/api/ws/client-metrics", json=good, headers={"Origin": "https://elsewhere.org"})
    app.extensions[lifecycle.EXTENSION].stop()
    assert counted(database) == {
        ("client", "accepted", ""): 1,
        ("client", "duplicate", ""): 1,
        ("client", "lag", "1"): 1,
        ("client", "refused", "malformed"): 1,
        ("client", "refused", "origin"): 1,
        ("client", "rejected", "custom"): 1,
        ("client", "rejected", "latency.samples_ms"): 1,
        ("client", "rejected", "period_end: older than 48 h"): 1,
        ("client", "rejected", "report"): 1,
    }


def test_samples_and_events_are_counted_too(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    bearer = {"Authorization": f"Bearer {new_token(database, 'ingest')}"}
    event = {"kind": "deploy", "title": "1", "event_id": str(uuid4())}
    for _ in range(2):
        client.post("/api/ws/events", json=event, headers=bearer)
    client.post("/api/ws/events", json={"kind": "DEPLOY!", "title": "1"}, headers=bearer)
    client.post("/api/ws/events", data=b"{}", content_type="text/csv", headers=bearer)
    client.post("/api/ws/server-metrics", json={"samples": [{}]}, headers=bearer)
    app.extensions[lifecycle.EXTENSION].stop()
    assert counted(database) == {
        ("event", "accepted", ""): 1,
        ("event", "duplicate", ""): 1,
        ("event", "refused", "media type"): 1,
        ("event", "rejected", "kind"): 1,
        ("server", "rejected", "sample_id"): 1,
    }


@given(st.text(), st.text())
def test_labels_are_bounded_for_any_input(field: str, reason: str) -> None:
    assert outcome_names.of_fault(field, reason) in {
        *outcome_names._FIELD_PATHS,
        *outcome_names._PERIOD_LABELS.values(),
        outcome_names.OTHER,
    }


@given(st.floats(-1e6, 1e9))
def test_a_lag_has_the_smallest_bound_not_exceeded(seconds: float) -> None:
    bound = int(outcome_names.of_lag(seconds))
    assert bound in outcome_names.LAG_SECONDS
    assert seconds <= bound or bound == outcome_names.LAG_SECONDS[-1]


def test_old_minutes_are_forgotten(database: Database) -> None:
    rows = [OutcomeCount(NOON - timedelta(days=n), "client", "accepted", "", 1) for n in range(3)]
    IngestOutcomes(database).add("a", 1, rows)
    ingest_outcomes.forget(database, NOON - timedelta(hours=1))
    assert counted(database) == {("client", "accepted", ""): 1}
