"""The states of sessions now are those of their reports, in whatever order these came."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from models.database.engine import Database
from models.metrics.grid import Grid
from models.metrics.intervals import ReadPlan
from models.queries import session_states
from models.queries.selection import SESSIONS, Selection
from models.queries.session_states import CurrentStates
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)


def at(seconds: int, session: int, **fields: Any) -> ClientReport:
    """A report that ended so many seconds before noon."""
    end = NOON - timedelta(seconds=seconds)
    return report(period_end=end, session_id=UUID(int=session), **fields)


REPORTS = (
    at(90, 1, open_losses=0), at(40, 1, open_losses=3), at(40, 1, open_losses=1),
    at(70, 2, open_losses=2), at(10, 2, open_losses=2, leaving=True), at(10, 2, open_losses=2),
    at(300, 3, open_losses=0, may_be_blind=("worker",), country="BR"),
    at(700, 4, open_losses=1, may_be_blind=("worker", "loaded-late")),
    at(5, 5),
)  # fmt: skip


def selection(**filters: tuple[str, ...]) -> Selection:
    grid = Grid((NOON - HOUR, NOON))
    return Selection(
        family=SESSIONS, grid=grid, pieces=ReadPlan(raw=[(grid.start, grid.end)]), filters=filters
    )


@pytest.mark.parametrize("order", [REPORTS, REPORTS[::-1], REPORTS[4:] + REPORTS[:4]])
def test_the_newest_report_counts_whenever_it_came(
    database: Database, order: tuple[ClientReport, ...]
) -> None:
    for each in order:
        ClientReports(database).insert([each])
    with database.transaction() as connection:
        states, blind, _ = session_states.current(connection, selection(), NOON)
        of_brazil, *_ = session_states.current(connection, selection(country=("BR",)), NOON)
    assert states == CurrentStates(
        heard=2, present=1, without_connection=1, silent=1, open_losses=3
    )
    assert blind == {"worker": 2, "loaded-late": 1}
    assert of_brazil == CurrentStates(heard=1, silent=1)


def test_a_batch_in_any_order_ends_alike(database: Database) -> None:
    states = set()
    for number, order in enumerate(permutations(REPORTS[:3])):
        session = UUID(int=100 + number)
        ClientReports(database).insert([
            report(period_end=r.period_end, session_id=session, open_losses=r.open_losses)
            for r in order
        ])  # fmt: skip
        with database.transaction() as connection:
            current, *_ = session_states.current(connection, selection(), NOON)
        states.add(current.open_losses - 3 * number)
    assert states == {3}
