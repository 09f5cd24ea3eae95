"""What the benches store and measure, on a handful of rows."""

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from models.database.engine import Database
from models.raw.export_rows import ExportRequest
from models.raw.report_insert import ClientReports
from scripts.bench import (
    alerts,
    bulk_rows,
    export,
    ingest,
    retention,
    store,
    store_crowd,
)
from scripts.bench.retention import Workload, WorkTimings
from scripts.bench.websocket import __main__ as websocket
from scripts.bench.websocket import processes, rounds
from settings import Settings
from tests.support.clock import NOON
from tests.support.store.postgres import rows

MAINS = [alerts.main, export.main, ingest.main, retention.main, store.main, websocket.main]


@pytest.mark.parametrize("main", MAINS, ids=lambda main: main.__module__.rpartition(".")[2])
@pytest.mark.parametrize("arguments", [["--unknown"], ["--rounds"], ["--rows", "many"]])
def test_a_bench_refuses_what_it_does_not_know(
    main: Callable[[list[str]], int], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_thousand_clients_report_every_quarter_of_a_minute() -> None:
    reports = store_crowd.reports(NOON)
    assert len(reports) == 4000
    assert len({report.session_id for report in reports}) == 1000
    assert len({(report.session_id, report.period_end) for report in reports}) == 4000
    assert all(NOON <= report.period_end < NOON + timedelta(minutes=1) for report in reports)


def test_the_reports_of_a_crowd_are_stored(database: Database) -> None:
    stored = ClientReports(database).insert(store_crowd.reports(NOON)[:50])
    assert (len(stored.keys), stored.refused) == (50, {})


def test_rules_of_the_bench_fire_or_none_does(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(alerts, "BATCH", 50)
    now = datetime.now(UTC)
    alerts._fill(database, 100, now)
    assert rows(database, "SELECT count(*) FROM client_reports") == [(100,)]
    alerts._measure(database, Settings(data_dir=tmp_path), 8, now)
    output = capsys.readouterr().out.splitlines()
    assert [line[:20].strip() for line in output] == [
        "nothing wrong", "all begin to fire", "all go on firing", "all go on firing",
    ]  # fmt: skip
    fired = rows(
        database, "SELECT count(*) FROM alerts WHERE fired_at IS NULL AND state = 'firing'"
    )
    assert fired == [(0,)]
    assert rows(database, "SELECT count(*) > 8 FROM alerts WHERE state = 'firing'") == [(True,)]


def test_an_export_is_read_back_the_same(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bulk_rows.fill_day(database, date(2026, 3, 2), 20)
    start = NOON - timedelta(hours=12)
    path = tmp_path / "export.csv.gz"
    export._export(database, ExportRequest(start, start + timedelta(days=1)), path)
    assert export._compare(database, path) == 0
    assert "the same" in capsys.readouterr().out


def test_an_export_that_differs_is_noticed(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bulk_rows.fill_day(database, date(2026, 3, 2), 20)
    path = tmp_path / "export.csv.gz"
    export._export(database, ExportRequest(NOON, NOON + timedelta(hours=1)), path)
    assert export._compare(database, path) == 1


def test_the_empty_route_of_the_bench_is_open(app: Flask) -> None:
    response = ingest.with_empty_route(app).test_client().get(ingest.EMPTY)
    assert (response.status_code, response.data) == (200, b"{}")


def test_posts_of_the_bench_differ_in_their_ids_alone() -> None:
    post = ingest._posts()
    first, second = post(), post()
    assert len(first) == len(second)
    texts = [request.partition(b"\r\n\r\n")[2] for request in (first, second)]
    bodies = [json.loads(text) for text in texts]
    ids = [(body.pop("report_id"), body.pop("session_id")) for body in bodies]
    assert bodies[0] == bodies[1]
    assert not {*ids[0]} & {*ids[1]}
    assert b"Content-Length: %d\r\n" % len(texts[0]) in first


def test_sessions_of_the_bench_report_again_when_all_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "SESSIONS", 2)
    post = ingest._posts()
    sessions = [json.loads(post().partition(b"\r\n\r\n")[2])["session_id"] for _ in range(3)]
    assert sessions[0] == sessions[2] != sessions[1]


def test_a_workload_records_durations_and_faults() -> None:
    def fail() -> None:
        raise ValueError("no")

    workload = Workload("writer", 2, 0.001, fail)
    while len(workload.timings.durations) < 4:
        time.sleep(0.001)
    workload.stop()
    assert set(workload.timings.faults) == {"ValueError: no"}
    assert len(workload.timings.faults) == len(workload.timings.durations)


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(0, 1, 0), (1.5, 1.6, 2000), (3, 9, 500), (0, 9, 2000)]
)
def test_the_longest_duration_is_of_what_was_in_progress(
    start: float, end: float, expected: float
) -> None:
    timings = WorkTimings("page", [(1.0, 2.0), (4.0, 0.5)])
    assert timings.longest_ms(start, end) == expected


def test_the_address_follows_the_commands_of_servers_in_python(tmp_path: Path) -> None:
    commands = processes.commands(tmp_path, tmp_path)
    assert set(commands) == {"flask-sock", "ours", "websockets", "before", "node ws"}
    assert [name for name, (words, _) in commands.items() if words[-1] == "-b"] == [
        "flask-sock", "ours", "before",
    ]  # fmt: skip
    assert set(processes.commands(None, None)) == {"flask-sock", "ours", "websockets"}


def test_ratios_are_medians_of_the_rounds() -> None:
    fast, slow = rounds.Round(300, 1.0, 2.0), rounds.Round(100, 4.0, 8.0)
    first, second = rounds.lines({"base": [slow, slow, fast], "ours": [fast, fast, fast]}, "base")
    assert first == "| base | 100 | 1.00 | 4.0 | 1.00 | 8.0 |"
    assert second == "| ours | 300 | 3.00 | 1.0 | 4.00 | 2.0 |"
