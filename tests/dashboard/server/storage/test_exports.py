"""The exports panel: its list as values, and its buttons against a real queue."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import dash
import pytest

from analytics.exports.datasets import DATASETS
from analytics.exports.exports import Export, Exports, request_for
from analytics.permission.actor import Actor
from analytics.ranges.timerange import TimeRange
from dashboard.server.storage import exports, exports_list, page
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON, Clock
from tests.support.pages.components import button_ids, links_of, table_rows, text_of
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.page_services import page_services
from tests.support.store.report_factory import report

ADA = Actor("ada", "analyst")
BEGIN = '{"dataset":"client-reports","times":"iso","type":"export-begin"}.n_clicks'
UTC = ZoneInfo("UTC")


def an_export(**fields: Any) -> Export:
    """An export of ada's of an hour, half done."""
    defaults: dict[str, Any] = {
        "id": uuid4(), "owner": "ada", "dataset": "client-reports",
        "start": NOON - timedelta(hours=1), "end": NOON, "filters": {}, "state": "preparing",
        "rows_expected": 200, "rows_done": 100, "text_bytes": None, "file_bytes": None,
        "fault": None, "requested_at": NOON, "heartbeat_at": None, "finished_at": None,
    }  # fmt: skip
    return Export(**(defaults | fields))


def row_of(export: Export, zone: ZoneInfo = UTC) -> list[str]:
    (row,) = table_rows(exports_list.table([export], ADA, NOON, zone))
    return row


def test_a_running_export_has_its_range_its_progress_and_a_stop_button() -> None:
    assert row_of(an_export(), ZoneInfo("Asia/Tokyo")) == [
        "Client reports", "2 Mar 20:00 to 21:00", "50%", "100", "–", "Stop",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"state": "waiting", "rows_done": 0}, "queued"),
        ({"rows_done": 900}, "99%"),
        ({"rows_expected": None, "rows_done": 0}, "0%"),
        ({"state": "ready", "text_bytes": 5_000}, "ready"),
        ({"state": "failed", "fault": "<b>disk full</b>"}, "failed <b>disk full</b>"),
    ],
)
def test_progress_never_reads_as_done_before_the_file_is_there(
    fields: dict[str, Any], state: str
) -> None:
    assert row_of(an_export(**fields))[2] == state


def test_an_export_of_somebody_else_names_them_and_its_filters_as_text() -> None:
    row = row_of(an_export(owner="<i>eve</i>", filters={"app": "<b>", "country": None}))
    assert row[0] == "Client reports · <i>eve</i>"
    assert row[1] == "2 Mar 11:00 to 12:00 · app <b> · country Unknown country"


def test_only_a_ready_export_can_be_downloaded() -> None:
    ready, failed = an_export(state="ready"), an_export(state="failed", fault="no")
    listed = exports_list.table([ready, failed], ADA, NOON, UTC)
    assert links_of(listed) == {"Download": f"/api/ws/exports/{ready.id}/file"}
    assert [button["export"] for button in button_ids(listed)] == [str(ready.id), str(failed.id)]
    assert text_of(exports_list.table([], ADA, NOON, UTC)).startswith("No exports yet.")


def test_every_dataset_has_a_button_below_the_figures() -> None:
    storage_page = page.PAGE.layout()
    offered = [
        part["dataset"] for part in button_ids(storage_page) if part["type"] == "export-begin"
    ]
    assert {"client-reports", "server-samples"} <= set(offered)
    assert len(offered) == 2 * len(set(offered))


@pytest.fixture
def queue(database: Database, clock: Clock, tmp_path: Path) -> Exports:
    return Exports(database, database, tmp_path, clock, lambda: None)


def exports_page(queue: Exports, clock: Clock, viewer: Actor | None = ADA) -> dash.Dash:
    app = empty_application()
    exports.register(app, page_services(exports=queue, viewer=lambda: viewer, now=clock))
    return app


def test_a_small_export_is_downloaded_with_the_range_and_filters_of_the_page(
    database: Database, queue: Exports, clock: Clock
) -> None:
    ClientReports(database).insert([report(app="a&b"), report(app="other")])
    search = {"url.search": "?range=1h&app=a%26b&service=chat"}
    changed = call(exports_page(queue, clock), "exports-list", search | {BEGIN: 1}, BEGIN)
    assert "Client reports: 1 row, the download starts." in written(changed["exports-notice"])
    assert changed["exports-fetch"]["data"] == (
        "/api/ws/export/client-reports.csv?start=2026-03-02T11%3A00%3A01Z"
        "&end=2026-03-02T12%3A00%3A01Z&app=a%26b"
    )
    assert changed["exports-timer"] == {"disabled": True}
    local = BEGIN.replace("iso", "local")
    changed = call(exports_page(queue, clock), "exports-list", search | {local: 1}, local)
    assert "&times=local&tz=UTC&app=a%26b" in changed["exports-fetch"]["data"]


def test_the_page_polls_while_an_export_is_being_prepared(queue: Exports, clock: Clock) -> None:
    app = exports_page(queue, clock)
    assert call(app, "exports-list", {})["exports-timer"] == {"disabled": True}
    reports = DATASETS["client-reports"]
    window = TimeRange(NOON - timedelta(hours=1), NOON)
    queue.enqueue(ADA, reports, request_for(reports, window, {}), rows=100_000)
    changed = call(app, "exports-list", {})
    assert changed["exports-timer"] == {"disabled": False}
    assert "exports-notice" not in changed


def test_nobody_who_is_signed_out_gets_a_list(queue: Exports, clock: Clock) -> None:
    changed = call(exports_page(queue, clock, None), "exports-list", {BEGIN: 1}, BEGIN)
    assert changed == {"exports-timer": {"disabled": True}}
