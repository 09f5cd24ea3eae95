"""Every error of the API is a problem document (RFC 9457); pages outside it get Flask's own."""

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from ingest.http import problems
from ingest.http.problems import Problem, TooManyRequests, Unprocessable, UpgradeRequired
from models.database.engine import DatabaseAway
from tests.support.services import NO_SERVICES

HOSTILE = '<script>alert("é")</script>'
KINDS = [
    problems.BadRequest, problems.Unauthorized, problems.Forbidden, problems.NotFound,
    problems.Conflict, problems.TooLarge, problems.UnsupportedMediaType, problems.Unprocessable,
    problems.UpgradeRequired, problems.TooManyRequests, problems.ServiceUnavailable,
]  # fmt: skip


def failing(fault: Exception) -> FlaskClient:
    """A client of an application whose every route raises `fault`."""
    app = Flask("failing")
    problems.register(app, NO_SERVICES)

    @app.route("/api/fail")
    @app.route("/page")
    def fail() -> str:
        raise fault

    @app.route("/api/abort/<int:status>")
    def refuse(status: int) -> str:
        abort(status)

    return app.test_client()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_problem_document_repeats_the_status_of_its_response(kind: type[Problem]) -> None:
    response = failing(kind("Too far.")).get("/page")
    assert response.content_type == problems.MEDIA_TYPE
    assert response.json == {
        "type": "about:blank", "title": kind.status.phrase, "status": response.status_code,
        "detail": "Too far.",
    }  # fmt: skip


def test_no_two_problems_share_a_status() -> None:
    assert len({kind.status for kind in KINDS}) == len(KINDS)


def test_a_field_and_a_hostile_detail_come_back_as_they_were() -> None:
    response = failing(Unprocessable(HOSTILE, field="a.b[0]")).get("/api/fail")
    assert response.json is not None
    assert (response.json["detail"], response.json["field"]) == (HOSTILE, "a.b[0]")


def test_retry_after_is_set_only_where_there_is_a_wait() -> None:
    waiting = failing(TooManyRequests("Later.", retry_after=0)).get("/api/fail")
    assert waiting.headers["Retry-After"] == "0"
    assert "Retry-After" not in failing(TooManyRequests("Later.")).get("/api/fail").headers


def test_what_to_upgrade_to_is_named() -> None:
    headers = failing(UpgradeRequired("Use version 13.")).get("/api/fail").headers
    assert (headers["Upgrade"], headers["Sec-WebSocket-Version"]) == ("websocket", "13")


def test_a_database_that_is_away_does_not_show_its_address() -> None:
    response = failing(DatabaseAway("postgresql://wsmon:secret@db")).get("/api/fail")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert b"secret" not in response.data


@pytest.mark.parametrize("status", [400, 404, 405, 413, 500])
def test_errors_of_flask_are_problem_documents_under_the_api_alone(status: int) -> None:
    client = failing(ValueError())
    under_api = client.get(f"/api/abort/{status}")
    assert (under_api.status_code, under_api.content_type) == (status, problems.MEDIA_TYPE)
    assert under_api.json is not None
    assert (under_api.json["status"], bool(under_api.json["detail"])) == (status, True)
    assert client.get("/nowhere").content_type.startswith("text/html")
