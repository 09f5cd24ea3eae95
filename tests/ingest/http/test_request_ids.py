"""The id of a request: the proxy's or a new one, in the response and beside what is logged."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from ingest.http import request_ids
from ingest.http.request_id_log import RequestIdFilter
from ingest.http.request_ids import HEADER
from settings import CHECKOUT
from tests.support.servers.running_server import running_server
from tests.support.services import NO_SERVICES


@pytest.fixture
def own() -> Flask:
    """An application that logs in its one route."""
    app = Flask("own")
    request_ids.register(app, NO_SERVICES)

    @app.get("/")
    def logging_view() -> str:
        record = logging.makeLogRecord({})
        RequestIdFilter().filter(record)
        return str(record.request_id)  # type: ignore[attr-defined]  # the filter has set it

    return app


def test_an_id_is_made_and_logged(own: Flask) -> None:
    first, second = (own.test_client().get("/") for _ in range(2))
    assert first.headers[HEADER] == first.text != second.headers[HEADER]
    assert len(first.text) == 32


@pytest.mark.parametrize(
    ("sent", "is_taken"), [("req-1234.x_Y", True), ("short", False), ("a b c d e f g h", False)]
)
def test_the_id_of_a_proxy_is_taken_where_it_is_plain(
    own: Flask, sent: str, is_taken: bool
) -> None:
    response = own.test_client().get("/", headers={HEADER: sent})
    assert (response.headers[HEADER] == sent) is is_taken


def test_outside_a_request_there_is_none() -> None:
    record = logging.makeLogRecord({})
    assert RequestIdFilter().filter(record)
    assert record.request_id is None  # type: ignore[attr-defined]


def test_also_a_refused_request_has_an_id(client: FlaskClient) -> None:
    refused = client.get("/api/ws/storage", headers={HEADER: "of-the-proxy"})
    assert (refused.status_code, refused.headers[HEADER]) == (401, "of-the-proxy")


def test_a_worker_logs_json_without_addresses(database_url: str, tmp_path: Path) -> None:
    with running_server(
        database_url, tmp_path, LOG_FORMAT="json", GUNICORN_CMD_ARGS="--access-logfile -"
    ) as server:
        requests.get(server.url + "/login?token=s3cret", timeout=10)
    text = server.log.read_text()  # the access log is written after its response
    events = [json.loads(line) for line in text.splitlines()]
    assert {"gunicorn.error", "gunicorn.access"} <= {each["logger"] for each in events}
    assert {each["process"] for each in events} == {"web"}
    assert any('"GET /login" 200' in each["message"] for each in events)
    assert "s3cret" not in text
    assert "127.0.0.1" not in text.replace(f"Listening at: http://127.0.0.1:{server.port}", "")


def test_the_configuration_of_gunicorn_imports_nothing_that_gevent_has_to_patch_first() -> None:
    program = (
        "import runpy, sys; runpy.run_path('gunicorn.conf.py');"
        "print(sorted({'flask', 'analytics.services.services'} & set(sys.modules)))"
    )
    completed = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    assert completed.stdout == "[]\n"
