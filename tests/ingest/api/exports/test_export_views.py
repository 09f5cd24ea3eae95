"""The routes of exports: what cannot be sent is said before a byte is, and by whom it was asked."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from ingest.api.exports.export_views import PATH
from ingest.routing.faults import RETRY_SECONDS
from models.database.engine import Database
from models.operations.exports import ExportQueue
from settings import Settings
from tests.support.clock import NOON
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import RANGE, REPORTS, api_get, csv_rows, store_reports


@pytest.fixture
def bearer(database: Database) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, 'analyst')}"}


def test_a_bad_query_is_named_and_nothing_is_prepared(
    client: FlaskClient, bearer: dict[str, str]
) -> None:
    bad = {"prepare": "yes", "start": "now", "app": "a\nb", "service": "chat", "format": "csv"}
    for name, value in bad.items():
        response = api_get(client, bearer, REPORTS, **{name: value})
        assert (response.status_code, response.get_json()["field"]) == (422, name)
    assert api_get(client, bearer, PATH).get_json() == {"exports": []}


def test_an_export_that_is_not_there_is_404(client: FlaskClient, bearer: dict[str, str]) -> None:
    for path in (f"{uuid4()}", "7", f"{uuid4()}/file", "7/file"):
        assert api_get(client, bearer, f"{PATH}/{path}").status_code == 404


def test_an_accepted_export_is_where_it_was_promised(
    client: FlaskClient, bearer: dict[str, str]
) -> None:
    accepted = api_get(client, bearer, REPORTS, prepare="true", app="<b>", **RANGE)
    assert accepted.status_code == 202
    status = api_get(client, bearer, accepted.headers["Location"])
    assert status.get_json() == accepted.get_json()
    assert (status.get_json()["state"], status.get_json()["download"]) == ("waiting", None)
    assert status.get_json()["filters"] == {"app": "<b>"}
    assert status.headers["Cache-Control"] == "no-store"


def test_a_failed_export_says_why_and_may_be_tried_again(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    location = api_get(client, bearer, REPORTS, prepare="true").headers["Location"]
    queue = ExportQueue(database)
    claimed = queue.claim(NOON, lambda _connection: None)
    assert claimed is not None
    queue.fail(claimed.id, "the disk is full", NOON, lambda _connection: None)
    response = api_get(client, bearer, location + "/file")
    assert (response.status_code, response.headers["Retry-After"]) == (503, str(RETRY_SECONDS))
    assert "the disk is full" in response.get_json()["detail"]


def test_a_small_export_leaves_no_file_behind(
    client: FlaskClient, database: Database, bearer: dict[str, str], settings: Settings
) -> None:
    store_reports(database)
    before = sorted(settings.data_dir.rglob("*"))
    rows = csv_rows(api_get(client, bearer, REPORTS, app="kiosk", **RANGE).text)
    assert len(rows) == 3
    assert sorted(settings.data_dir.rglob("*")) == before


def test_a_range_that_ends_before_it_starts_is_refused(
    client: FlaskClient, bearer: dict[str, str]
) -> None:
    reversed_range = {"start": RANGE["end"], "end": RANGE["start"]}
    assert api_get(client, bearer, REPORTS, **reversed_range).status_code == 422


def test_exports_need_somebody(client: FlaskClient, database: Database) -> None:
    sender = {"Authorization": f"Bearer {new_token(database, 'ingest')}"}
    for path in (REPORTS, PATH, f"{PATH}/{uuid4()}"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=sender).status_code == 403
