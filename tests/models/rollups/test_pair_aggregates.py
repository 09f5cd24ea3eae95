"""Sums of raw reports by two dimensions: the most frequent values of a side, `other` beyond."""

from datetime import timedelta
from typing import Any

from models.database.engine import Database
from models.metrics.dimensions import SEPARATOR
from models.raw.report_insert import ClientReports
from models.rollups import pair_aggregates
from models.rollups.pair_aggregates import MOST_VALUES, TopValues
from models.rollups.report_aggregates import Rows
from tests.support.clock import NOON
from tests.support.store.report_factory import report

DAY = (NOON - timedelta(hours=12), NOON + timedelta(hours=12))
PAIR = ("country", "browser")


def read(database: Database, *values: dict[str, Any], apps: set[str]) -> tuple[TopValues, Rows]:
    ClientReports(database).insert([report(**each) for each in values])
    with database.transaction() as connection:
        top = pair_aggregates.top_values(connection, apps, *DAY)
        return top, pair_aggregates.by_pair(connection, PAIR, DAY, top, ())


def test_a_side_has_its_most_frequent_values_and_the_first_of_those_with_as_many(
    database: Database,
) -> None:
    names = [f"{a}{b}" for a in "aB" for b in "0123456789XY"]  # 24, `B` sorts before `a`
    reports = [{"country": name} for name in [*names, "aY", "aX"]]
    top, rows = read(database, *reports, {"country": None}, apps={"portal"})
    frequent = [f"portal{SEPARATOR}{name}" for name in ["aX", "aY", *sorted(names)]]
    assert top.by_side["country"] == list(dict.fromkeys(frequent))[:MOST_VALUES]
    counted = {row["first"]: row["reports"] for row in rows}
    assert (len(counted), counted["aY"], counted["other"]) == (MOST_VALUES + 1, 2, 25 - 20)
    assert {row["second"] for row in rows} == {"unknown"}


def test_apps_without_cells_of_their_own_are_one_beside_an_app_of_that_name(
    database: Database,
) -> None:
    reports = [{"app": app, "country": "BR", "sent": 2} for app in ("a", "b", "other", "other")]
    top, rows = read(database, *reports, apps={"other"})
    assert top.by_side["country"] == [f"other{SEPARATOR}BR"]
    assert {row["app"]: (row["first"], row["sent"]) for row in rows} == {
        None: ("BR", 4),
        "other": ("BR", 4),
    }


def test_a_value_is_frequent_by_app(database: Database) -> None:
    many = [{"app": "kiosk", "country": f"c{number}"} for number in range(MOST_VALUES)]
    more = [each for each in many for _ in range(2)]
    _, rows = read(
        database, *more, {"app": "portal", "country": "z"}, {"app": "kiosk", "country": "z"},
        apps={"portal", "kiosk"},
    )  # fmt: skip
    small = {(row["app"], row["first"]): row["reports"] for row in rows if row["reports"] == 1}
    assert small == {("portal", "z"): 1, ("kiosk", "other"): 1}
