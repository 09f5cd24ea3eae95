"""The panels of Storage & jobs: days, tables, ingest, rejections, jobs, retention."""

from datetime import date, timedelta

import pytest

from analytics.operations.storage_answers import Disk, Fate, OtherValue, SetAsideRow, TableSize
from dashboard.server.storage import days, flow, odd_rows, others, tables
from tests.support.clock import NOON
from tests.support.pages.components import table_rows, text_of
from tests.support.pages.storage_figures import (
    a_day,
    a_job,
    archive,
    ingest,
    ingest_point,
    storage_data,
)


def test_days_are_stacked_by_table_in_the_unit_of_the_largest() -> None:
    stored = [a_day(1, 4_000_000), a_day(1, 1_000_000, "server_samples"), a_day(2, 500_000)]
    content = days.draw(storage_data(days=stored))
    drawn = {trace["name"]: trace["y"] for trace in content.body["data"]}
    assert (drawn["client reports"], drawn["server samples"]) == ([4.0, 0.5], [1.0, 0.0])
    assert content.unit == "MB, by UTC day"
    assert content.table.rows == [
        ["2026-03-01 00:00:00", 4_000_000, 40_000, 1_000_000, 10_000],
        ["2026-03-02 00:00:00", 500_000, 5_000, 0, 0],
    ]
    assert text_of(content.label) == "Size by day: 2 days, 5.50 MB together."


def test_a_single_day_has_a_week_of_axis_that_ends_with_today() -> None:
    content = days.draw(storage_data(days=[a_day(2, 100)]))
    assert content.body["layout"]["xaxis"]["range"] == [
        "2026-02-24 00:00:00", "2026-03-03 00:00:00",
    ]  # fmt: skip
    assert days.draw(storage_data()).is_empty


def test_days_are_those_of_utc_whatever_the_zone_of_the_page() -> None:
    contents = [days.draw(storage_data(zone, days=[a_day(2, 9)])) for zone in ("UTC", "Asia/Tokyo")]
    assert contents[0].body == contents[1].body


def test_restored_and_leaving_days_are_named_in_the_foot() -> None:
    restored = [a_day(1, 9, state="restored"), a_day(2, 9, state="leaving"), a_day(3, 9)]
    content = days.draw(storage_data(days=restored))
    assert content.foot == ["n = 3 days", "2026-03-01 restored, 2026-03-02 leaving"]
    assert days.draw(storage_data(days=[a_day(3, 9)])).foot[1] == "retention 30 days"


def test_what_counts_as_other_is_listed_as_text() -> None:
    listed = [
        OtherValue(app="portal", dimension="page", value=f"/<b>{n}</b>", sessions=9, since=NOON)
        for n in range(14)
    ]
    content = others.draw(storage_data(others=listed))
    assert table_rows(content.body)[0] == ["portal", "Page", "/<b>0</b>", "9", "12:00"]
    assert content.foot == ["n = 14 values, 126 sessions", "2 more in the table view"]
    assert len(content.table.rows) == 14
    assert others.draw(storage_data()).is_empty


def test_tables_beyond_seven_are_in_the_table_view_only() -> None:
    sizes = [TableSize(table=f"t{number}", rows=1500, size_bytes=10) for number in range(10)]
    content = tables.draw_sizes(storage_data(tables=sizes))
    assert table_rows(content.body)[0] == ["t0", "1,500", "10.0 B", "10.0 %"]
    assert (len(table_rows(content.body)), len(content.table.rows)) == (7, 10)


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        ({}, ["rollup", "3 minutes", "11:59", "250 ms", "12:01:00"]),
        ({"outcome": None, "detail": None, "last_run": None, "duration_seconds": None},
         ["rollup", "never ran ", "–", "–", "12:01:00"]),
        ({"outcome": "failed", "detail": "<b>no disk</b>", "next_run": NOON + timedelta(seconds=1)},
         ["rollup", "failed <b>no disk</b>", "11:59", "250 ms", "now"]),
        ({"outcome": "running", "detail": None, "next_run": None},
         ["rollup", "running ", "11:59", "250 ms", "–"]),
    ],
)  # fmt: skip
def test_a_job_has_its_result_its_last_and_its_next_run(
    fields: dict[str, object], row: list[str]
) -> None:
    content = tables.draw_jobs(storage_data(jobs=[a_job(**fields)]))
    assert table_rows(content.body) == [row]


def test_jobs_are_in_the_zone_of_the_page_and_in_utc_in_the_csv() -> None:
    content = tables.draw_jobs(storage_data("Asia/Kathmandu", jobs=[a_job()]))
    assert table_rows(content.body)[0][2:] == ["17:44", "250 ms", "17:46:00"]
    assert content.table.rows == [
        ["rollup", 60, "2026-03-02T11:59:00Z", 0.25, "done", "3 minutes", "2026-03-02T12:01:00Z"]
    ]
    assert content.unit == "last run of each"
    idle = tables.draw_jobs(storage_data(jobs=[a_job(next_run=None, outcome="failed")]))
    assert (idle.unit, idle.foot) == ("no scheduler is running", ["n = 1 job", "1 failed"])


def test_the_retention_states_archive_and_restored_days() -> None:
    filled = archive(
        is_on=True, files=1, size_bytes=2_000_000, first_day=date(2026, 1, 1),
        last_day=date(2026, 1, 31), restored_days=[date(2026, 1, day) for day in range(1, 6)],
    )  # fmt: skip
    rows = dict(table_rows(tables.draw_retention(storage_data(archive=filled)).body))
    assert rows == {
        "Raw rows": "30 days", "Rollups": "400 days", "Archive": "1 file, 2.00 MB",
        "Archived days": "2026-01-01 to 2026-01-31",
        "Restored days": "2026-01-01, 2026-01-02, 2026-01-03", "Disk": "60.0 GB of 100 GB free",
    }  # fmt: skip


def test_without_an_archive_or_a_disk_the_reason_is_stated() -> None:
    external = Disk(total_bytes=None, free_bytes=None)
    content = tables.draw_retention(
        storage_data(disk=external, archive=archive(fault="no such folder"))
    )
    rows = dict(table_rows(content.body))
    assert rows["Archive"] == "off, ARCHIVE_DIR is not set"
    assert (rows["Restored days"], rows["Disk"]) == ("none", "unknown: external database")
    assert "Archived days" not in rows
    assert content.foot[0] == "no such folder"


def test_ingest_is_drawn_per_minute_and_counted_per_step() -> None:
    series = [ingest_point(0, 50, rejected=5, refused=5), ingest_point(10, 100)]
    counts = ingest(accepted=150, duplicates=2, conflicts=1, accepted_per_minute=10.0)
    content = flow.draw_flow(storage_data(series=series, ingest=counts))
    drawn = {trace["name"]: trace["y"] for trace in content.body["data"]}
    assert (drawn["accepted"], drawn["rejected"]) == ([10.0, None, 20.0], [2.0, None, 0.0])
    assert content.table.rows[0] == ["2026-03-02 11:00:00", 50, 1, 0, 5, 5]
    assert content.foot == ["n = 150 rows accepted", "2 duplicates, 1 conflict"]
    assert text_of(content.unit) == "per minute, per 5 min"
    assert flow.draw_flow(storage_data(step_seconds=60, series=series)).unit == "per minute"


def test_reasons_tell_rows_from_requests_and_hostile_fields_stay_text() -> None:
    reasons = [
        Fate(source="client", outcome="rejected", reason="<b>app</b>", count=3),
        Fate(source="server", outcome="refused", reason="", count=1),
    ]
    content = flow.draw_reasons(storage_data(ingest=ingest(reasons=reasons)))
    assert table_rows(content.body) == [
        ["<b>app</b> in a report", "3", "75.0 %"], ["unspecified whole request", "1", "25.0 %"],
    ]  # fmt: skip
    assert content.foot == ["n = 4 rows and requests", ""]


def test_reasons_beyond_eight_are_counted_in_the_foot() -> None:
    reasons = [
        Fate(source="event", outcome="rejected", reason=str(number), count=1)
        for number in range(10)
    ]
    content = flow.draw_reasons(storage_data(ingest=ingest(reasons=reasons)))
    assert len(table_rows(content.body)) == 8
    assert content.foot[1] == "2 more in the table"
    assert flow.draw_reasons(storage_data()).is_empty


def test_rows_that_jobs_set_aside_are_listed_with_their_reason() -> None:
    listed = [
        SetAsideRow(
            table="client_reports", period_end=NOON - timedelta(hours=1), set_aside_at=NOON,
            reason=f"DataError: value {number}",
        )
        for number in range(14)
    ]  # fmt: skip
    content = odd_rows.draw(storage_data(odd_rows=listed))
    assert content.foot == ["n = 14 rows", "2 more in the table view"]
    assert content.table.rows[0] == [
        "client_reports", "DataError: value 0", "2026-03-02T11:00:00+00:00",
        "2026-03-02T12:00:00+00:00",
    ]  # fmt: skip
    assert table_rows(content.body)[-1][1] == "DataError: value 11"
    assert odd_rows.draw(storage_data()).is_empty
