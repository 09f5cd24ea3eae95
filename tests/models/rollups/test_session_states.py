"""The state of a session at the end of each minute is that of its newest report."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.rollups import session_states
from tests.support.clock import NOON
from tests.support.store.report_factory import report

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("ends", "figures"),
    [  # seconds before noon and fields of the reports of one session; heard, without, silent
        ({150: {"open_losses": 2}}, (1, 1, 0)),
        ({151: {"open_losses": 2}}, (1, 0, 1)),
        ({600: {}}, (1, 0, 1)),
        ({601: {}}, None),
        ({90: {"open_losses": 1}, 5: {}}, (1, 0, 0)),
        ({90: {}, 5: {"open_losses": None}}, None),
        ({5: {"leaving": True}}, None),
        ({0: {"leaving": True}, 5: {}}, (1, 0, 0)),
    ],
)
def test_the_newest_report_tells_the_state(
    database: Database, ends: dict[int, dict[str, Any]], figures: tuple[int, ...] | None
) -> None:
    ClientReports(database).insert([
        report(period_end=NOON - SECOND * ago, session_id=UUID(int=7),
               **{"open_losses": 0, **fields})
        for ago, fields in ends.items()
    ])  # fmt: skip
    with database.transaction() as connection:
        rows = session_states.counted(connection, "minute", (NOON - MINUTE, NOON))
    totals = [tuple(r[n] for n in session_states.FIGURES) for r in rows if not r["dimension"]]
    assert totals == ([figures] if figures else [])


def test_of_two_reports_at_an_instant_the_last_of_its_page_counts(database: Database) -> None:
    fields: dict[str, Any] = {"period_end": NOON - SECOND, "session_id": UUID(int=7)}
    ClientReports(database).insert([
        report(open_losses=1, leaving=True, **fields), report(open_losses=2, **fields),
    ])  # fmt: skip
    with database.transaction() as connection:
        assert session_states.counted(connection, "hour", (NOON - MINUTE, NOON)) == []
