"""Limits of other services' samples: how many at once, how many a second, and who pays."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.collector.outcomes import Outcomes
from ingest.collector.server_samples import EVENTS_PATH, SAMPLES_PATH, SampleRoutes
from ingest.http import problems
from ingest.payloads.decoding import MOST_REPORTS
from models.database.engine import Database
from models.raw.events import Events
from models.raw.ingest_outcomes import IngestOutcomes
from models.raw.sample_insert import ServerSamples
from settings import Settings
from tests.ingest.collector.test_server_samples import a_sample
from tests.support.clock import NOON, Clock
from tests.support.services import NO_SERVICES, fixed_services
from tests.support.store.postgres import rows
from tests.support.witnesses import nobody

MakeClient = Callable[..., FlaskClient]
AWAY = "postgresql+psycopg2://nobody@/nothing?host=/nowhere"


@pytest.fixture
def make_client(clock: Clock) -> MakeClient:
    """Makes a client of the routes alone, without the guard."""

    def make(database: Database, **settings: Any) -> FlaskClient:
        app = Flask("samples")
        problems.register(app, NO_SERVICES)
        outcomes = Outcomes(IngestOutcomes(database), clock)
        services = replace(fixed_services(), settings=Settings(**settings), now=clock)
        routes = SampleRoutes(ServerSamples(database), Events(database), outcomes, nobody())
        routes.register(app, services)
        return app.test_client()

    return make


def test_more_than_a_batch_is_refused_at_once(make_client: MakeClient, database: Database) -> None:
    samples = [a_sample(NOON) for _ in range(MOST_REPORTS + 1)]
    response = make_client(database).post(SAMPLES_PATH, json={"samples": samples})
    assert response.status_code == 422
    assert response.json is not None
    assert (response.json["accepted"], len(response.json["rejected"])) == (0, 1)
    assert rows(database, "SELECT * FROM server_samples") == []


def test_a_full_batch_is_stored_with_the_time_of_the_server(
    make_client: MakeClient, database: Database
) -> None:
    samples = [a_sample(NOON, instance=str(n)) for n in range(MOST_REPORTS)]
    response = make_client(database).post(SAMPLES_PATH, json={"samples": samples})
    assert response.json is not None
    assert response.json["accepted"] == MOST_REPORTS
    assert response.json["server_time"] == "2026-03-02T12:00:00.000Z"
    counted = "SELECT count(DISTINCT instance), min(received_at) FROM server_samples"
    assert rows(database, counted) == [(MOST_REPORTS, NOON)]


def test_all_senders_share_a_rate(make_client: MakeClient, database: Database) -> None:
    client = make_client(database, metrics_rate_total=1)
    statuses = [client.post(SAMPLES_PATH, json={"samples": []}).status_code for _ in range(11)]
    assert 429 not in statuses[:10]
    refused = client.post(EVENTS_PATH, json={})
    assert (statuses[10], refused.status_code) == (429, 429)
    assert int(refused.headers["Retry-After"]) >= 1


def test_events_come_singly(make_client: MakeClient, database: Database) -> None:
    event = {"kind": "deploy", "title": "2.4.1"}
    client = make_client(database)
    assert client.post(EVENTS_PATH, json={"events": [event, event]}).status_code == 400
    assert client.post(EVENTS_PATH, json={"events": []}).status_code == 400
    posted = client.post(EVENTS_PATH, json={"events": [event]})
    assert posted.json is not None
    assert posted.json["server_time"] == "2026-03-02T12:00:00.000Z"


@pytest.mark.parametrize(
    ("path", "body"),
    [(SAMPLES_PATH, a_sample(NOON)), (EVENTS_PATH, {"kind": "deploy", "title": "2.4.1"})],
)
def test_while_the_store_is_away_it_asks_for_the_same_again(
    make_client: MakeClient, path: str, body: dict[str, Any]
) -> None:
    response = make_client(Database(AWAY)).post(path, json=body)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json is not None
    assert "with the same ids" in response.json["detail"]
