"""`POST /api/ws/client-metrics`: limits, keys, origins, rates, responses."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from models.database.engine import Database
from settings import Settings
from wsgi import create_app

URL = "/api/ws/client-metrics"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"


def a_post(**fields: Any) -> dict[str, Any]:
    end = datetime.now(UTC)
    times = {
        "period_start": (end - timedelta(seconds=15)).isoformat(),
        "period_end": end.isoformat(),
    }
    return {"report_id": str(uuid4()), "session_id": str(uuid4()), **times, **fields}


def client_with(settings: Settings, **changed: Any) -> FlaskClient:
    fields = {name: getattr(settings, name) for name in Settings.__slots__}
    return create_app(Settings(**{**fields, **changed})).test_client()


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.transaction() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_report_is_taken_in_and_stored(client: FlaskClient, database: Database) -> None:
    response = client.post(URL, json=a_post(app="portal"), headers={"User-Agent": CHROME})
    assert response.status_code == 201
    assert response.get_json()["accepted"] == 1
    assert rows(database, "SELECT app, browser, os FROM client_reports") == [
        ("portal", "Chrome 141", "Windows")
    ]


def test_a_report_sent_again_is_a_duplicate(client: FlaskClient, database: Database) -> None:
    post = a_post()
    first = client.post(URL, json={"reports": [post, post]}).get_json()
    again = client.post(URL, json=post)
    assert (first["accepted"], first["duplicates"]) == (1, 1)
    assert (again.status_code, again.get_json()["duplicates"]) == (201, 1)


def test_another_body_of_a_report_is_a_conflict_and_the_first_wins(
    client: FlaskClient, database: Database
) -> None:
    first, other = a_post(latency={"samples_ms": [20]}), {"latency": {"samples_ms": [20, 30]}}
    batch = client.post(URL, json={"reports": [first, first | other, first]}).get_json()
    assert (batch["accepted"], batch["duplicates"], batch["conflicts"]) == (1, 1, 1)
    again = client.post(URL, json=first | other)
    assert (again.status_code, again.get_json()["conflicts"]) == (422, 1)
    elsewhere = client.post(URL, json=first, headers={"User-Agent": CHROME}).get_json()
    assert (elsewhere["duplicates"], elsewhere["conflicts"]) == (1, 0)
    assert rows(database, "SELECT latency_sum_us FROM client_reports") == [(20_000,)]


def test_a_wrong_report_rejects_itself_alone(client: FlaskClient, database: Database) -> None:
    wrong = a_post(latency={"samples_ms": [-1]})
    response = client.post(URL, json={"reports": [a_post(), wrong, a_post()]})
    body = response.get_json()
    assert (response.status_code, body["accepted"]) == (201, 2)
    assert body["rejected"] == [
        {
            "index": 1,
            "field": "latency.samples_ms[0]",
            "reason": "must be a finite number from 0 to 600000",
        }
    ]


def test_nothing_acceptable_is_422_in_the_same_shape(client: FlaskClient) -> None:
    response = client.post(URL, json={"reports": [{}]})
    assert response.status_code == 422
    assert set(response.get_json()) >= {"accepted", "duplicates", "rejected", "server_time"}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b"{}", "application/xml", 415),
        (b"{}", "", 415),
        (b"{}", "text/plain; charset=utf-8", 422),
        (b"x" * 256_001, "application/json", 413),
        (b'{"reports": [' + b"{}," * 100 + b"{}]}", "application/json", 422),
    ],
)
def test_unreadable_bodies_are_rejected_by_status(
    client: FlaskClient, body: bytes, kind: str, status: int
) -> None:
    response = client.post(URL, data=body, headers={"Content-Type": kind})
    assert response.status_code == status
    assert b"Traceback" not in response.data


def test_a_response_cannot_be_taken_for_a_page(client: FlaskClient) -> None:
    headers = client.post(URL, data=b"{").headers
    assert headers["Content-Type"] == "application/problem+json" or headers["Content-Type"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 401),
        ({"headers": {"X-Ingest-Key": "k3y"}}, 422),
        ({"headers": {"Authorization": "Bearer k3y"}}, 422),
        ({"query_string": {"key": "k3y"}}, 422),
        ({"headers": {"X-Ingest-Key": "K3Y"}}, 401),
        ({"query_string": {"key": "ключ"}}, 401),
    ],
)
def test_the_ingest_key_is_required(settings: Settings, sent: dict[str, Any], status: int) -> None:
    client = client_with(settings, metrics_ingest_key="k3y")
    assert client.post(URL, json={}, **sent).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 422), ("http://localhost", 422), ("null", 403), ("https://evil.example", 403),
        ("http://localhost:81", 403), ("http://localhost.evil.example", 403), ("", 403),
    ],
)  # fmt: skip
def test_only_our_own_pages_may_post(client: FlaskClient, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin}
    assert client.post(URL, json={}, headers=headers).status_code == status
    assert client.options(URL, headers=headers).status_code == (204 if status == 422 else 403)


def test_a_named_origin_may_post_and_read(settings: Settings) -> None:
    client = client_with(settings, metrics_allowed_origins=("https://portal.example",))
    origin = {"Origin": "https://portal.example"}
    preflight = client.options(URL, headers=origin)
    response = client.post(URL, json={}, headers=origin)
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert response.headers["Access-Control-Allow-Origin"] == "https://portal.example"
    assert response.headers["Access-Control-Expose-Headers"] == "Retry-After"


def test_too_many_reports_get_retry_after(settings: Settings) -> None:
    client = client_with(settings, metrics_rate_per_address=1.0, trusted_proxy_hops=1)
    sender = {"X-Forwarded-For": "198.51.100.7"}
    responses = [client.post(URL, json={}, headers=sender) for _ in range(11)]
    assert [response.status_code for response in responses] == [422] * 10 + [429]
    assert int(responses[-1].headers["Retry-After"]) >= 1
    other = {"X-Forwarded-For": "198.51.100.8"}
    assert client.post(URL, json={}, headers=other).status_code == 422


def test_a_forged_forwarded_for_does_not_make_another_sender(settings: Settings) -> None:
    client = client_with(settings, metrics_rate_per_address=1.0, trusted_proxy_hops=1)
    statuses = [
        client.post(
            URL, json={}, headers={"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"}
        ).status_code
        for n in range(12)
    ]
    assert statuses.count(429) == 2


def test_no_address_is_stored(client: FlaskClient, database: Database) -> None:
    client.post(URL, json=a_post(), environ_base={"REMOTE_ADDR": "198.51.100.77"})
    assert "198.51.100.77" not in str(rows(database, "SELECT * FROM client_reports"))


def test_a_store_that_is_away_is_503_within_two_seconds(settings: Settings) -> None:
    client = client_with(settings, database_url="postgresql+psycopg2://x@/x?host=/nowhere")
    started = monotonic()
    response = client.post(URL, json=a_post())
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert monotonic() - started < 2
