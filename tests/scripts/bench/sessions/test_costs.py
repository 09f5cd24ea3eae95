"""The bench of sessions on a handful of rows."""

from datetime import timedelta

import pytest

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from scripts.bench.sessions import __main__ as bench
from tests.support.clock import NOON
from tests.support.store.session_truth import random_reports


def test_each_figure_is_printed(database_url: str, database: Database) -> None:
    reports = random_reports(1)
    ClientReports(database).insert(reports)
    alone = Database(database_url, pool_size=1)
    lines = bench.measure(alone, NOON - timedelta(hours=1), 27)
    alone.dispose()
    assert lines[0].startswith(f"to sum up 9 sessions of {len(reports)} reports: ")
    assert "of a core" in lines[1]
    assert lines[3].startswith("to read 27 sessions: ")


def test_what_it_does_not_know_it_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["--unknown"])
    assert "--unknown" in capsys.readouterr().err
