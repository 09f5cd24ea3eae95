"""Use of values: sessions of people that reported them, and cells of complete hours."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.rollups import value_use
from tests.support.clock import NOON
from tests.support.store.report_factory import report

DAY = timedelta(days=1)


def test_sessions_of_people_are_counted_by_value(database: Database) -> None:
    ann, crawler = UUID(int=1), UUID(int=2)
    ClientReports(database).insert(
        [
            report(session_id=ann, page="/a"), report(session_id=ann, page="/a"), report(page="/a"),
            report(page=None, protocol="phoenix"), report(app="kiosk", page="/a"),
            report(session_id=crawler, page="/a", automated="Googlebot"),
            report(page="/a", period_end=NOON - DAY),
        ]
    )  # fmt: skip
    with database.transaction() as connection:
        pages, protocols, apps = (
            value_use.sessions_by_value(connection, name, NOON - DAY / 2, NOON)
            for name in ("page", "protocol", "app")
        )
        assert value_use.used_values(connection, NOON - DAY) == set()
        with pytest.raises(ValueError, match="no cells"):
            value_use.sessions_by_value(connection, "os", NOON - DAY, NOON)
    kiosk = ("kiosk", "page", "/a")
    assert pages == {("portal", "page", "/a"): 2, ("portal", "page", "unknown"): 1, kiosk: 1}
    assert protocols == {("portal", "protocol", "phoenix"): 1}
    assert apps == {("portal", "", ""): 3, ("kiosk", "", ""): 1}
