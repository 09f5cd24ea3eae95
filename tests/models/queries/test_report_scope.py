"""The scope of a query: a WHERE clause with bound values."""

from datetime import timedelta

import pytest

from models.queries.report_scope import ReportScope
from tests.support.clock import NOON

HOUR = timedelta(hours=1)


def scope(**filters: str | None) -> ReportScope:
    return ReportScope(NOON, NOON + HOUR, HOUR, NOON, filters)


def test_without_filters_everything_is_selected() -> None:
    assert scope().condition == "true"
    assert (scope().values["dimension"], scope().values["value"]) == ("", "")


def test_values_are_bound_and_never_part_of_the_clause() -> None:
    hostile = "'; DROP TABLE client_reports --"
    assert scope(page=hostile).condition == "page = :page"
    assert scope(page=hostile).values["page"] == hostile


def test_unknown_is_what_is_not_there_or_is_called_so() -> None:
    unknown = scope(country=None)
    assert unknown.condition == "coalesce(country, 'unknown') = 'unknown'"
    assert (unknown.values["dimension"], unknown.values["value"]) == ("country", "unknown")


def test_cells_are_those_of_the_first_filter_beside_the_app() -> None:
    several = scope(app="portal", page="/a", country="BR")
    assert several.filter_dimensions == ["page", "country"]
    assert (several.values["dimension"], several.values["value"]) == ("page", "/a")
    assert scope(app="portal").values["dimension"] == ""


@pytest.mark.parametrize("name", ["session_id", "1 = 1 OR app", "", "os"])
def test_another_column_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"only app, country, .* can be filtered"):
        scope(**{name: "x"})
