"""The daily cube: a day's counts by all dimensions at once, weighted, unknown and other values."""

from datetime import timedelta
from typing import Any

from models.database.engine import Database
from models.metrics.dimensions import SPLIT_BY
from models.raw.report_insert import ClientReports
from models.rollups import daily_cube, tracked_values
from models.rollups.tracked_values import Tenure
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

START = NOON - timedelta(hours=12)
DAY = timedelta(days=1)
CUBE = "SELECT app, country, page, reports, sent, sent_n FROM client_cube_days ORDER BY 1, 2, 3"
BR = {"country": "BR", "page": "/a", "browser": "X", "release": "1", "effective_type": "4g"}


def make(database: Database, *values: dict[str, Any], keep: dict[str, Any] = BR) -> None:
    ClientReports(database).insert([report(**each) for each in values])
    stored = [("portal", name, each) for name, each in keep.items()]
    with database.transaction() as connection:
        stored += [("portal", dimension, "unknown") for dimension in SPLIT_BY]
        tracked_values.store(connection, map(Tenure, stored))
        daily_cube.remake(connection, START, START + DAY)


def test_reports_with_the_same_values_are_a_cell_and_weighted(database: Database) -> None:
    make(database, BR | {"sent": 3}, BR | {"sent": 4, "sample_rate": 0.5})
    assert rows(database, CUBE) == [("portal", "BR", "/a", 2, 3 + 4 * 2, 7)]


def test_values_beyond_the_limits_count_as_other(database: Database) -> None:
    make(database, BR | {"page": "/invented"}, BR | {"app": "invented"}, BR | {"country": None})
    cells = [row[:4] for row in rows(database, CUBE)]
    assert cells == [
        ("other", "other", "other", 1),
        ("portal", "BR", "other", 1),
        ("portal", "unknown", "/a", 1),
    ]


def test_a_day_has_its_first_moment_and_not_that_of_the_next(database: Database) -> None:
    ends = (START - timedelta(microseconds=1), START, START + DAY)
    make(database, *(BR | {"period_end": end} for end in ends))
    assert rows(database, "SELECT t, reports, latest FROM client_cube_days") == [(START, 1, START)]


def test_a_day_made_again_replaces_its_cells_and_no_others(database: Database) -> None:
    make(database, BR | {"sent": 1})
    with database.transaction() as connection:
        daily_cube.remake(connection, START - DAY, START)
    make(database, BR | {"sent": 2})
    assert rows(database, CUBE) == [("portal", "BR", "/a", 2, 3, 3)]
