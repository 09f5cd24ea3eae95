"""What counts as other is listed, with its sessions and since when."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.database.engine import Database
from models.operations import other_values
from models.rollups import tracked_values
from models.rollups.tracked_values import Tenure
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import store

HOUR = timedelta(hours=1)


def test_what_was_moved_to_other_is_listed_until_it_is_tracked(database: Database) -> None:
    pages = {"/own": 1, "/<b>waits</b>": 3, "/rare": 1}
    store(
        database,
        *(
            report(page=page, session_id=UUID(int=len(page) * 10 + number),
                   period_end=NOON - HOUR * (number + 1))
            for page, sessions in pages.items()
            for number in range(sessions)
        ),
        report(app="late", page="/own", session_id=UUID(int=999), period_end=NOON - HOUR),
        report(app="probe", automated="Pingdom", period_end=NOON - HOUR),
    )  # fmt: skip
    full = {"page": ["portal"], "app": []}
    with database.transaction() as connection:
        tracked_values.store(connection, [Tenure(("portal", "page", "/own"))])
        other_values.remake(connection, full, NOON)
    listed = [
        (each.app, each.dimension, each.value, each.sessions, each.since)
        for each in other_values.listed(database, NOON)
    ]
    assert listed == [
        ("portal", "page", "/<b>waits</b>", 3, NOON - HOUR * 3),
        ("late", "app", "late", 1, NOON - HOUR),
        ("portal", "page", "/rare", 1, NOON - HOUR),
    ]
    later = NOON + HOUR * 23
    with database.transaction() as connection:
        tracked_values.store(connection, [Tenure(("portal", "page", "/rare"))])
        other_values.remake(connection, {"page": ["portal"]}, later)
    (waiting,) = other_values.listed(database, later)
    assert (waiting.sessions, waiting.since) == (1, NOON - HOUR * 3)
    with database.transaction() as connection:
        other_values.remake(connection, {}, later + HOUR)
    assert other_values.listed(database, later + HOUR) == []


def test_only_what_sessions_tell_can_be_listed(database: Database) -> None:
    with database.transaction() as connection, pytest.raises(ValueError, match="sessions have"):
        other_values.remake(connection, {"protocol": ["portal"]}, NOON)
