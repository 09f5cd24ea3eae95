"""The description of historical series names them all, and its limits are those of the route."""

from typing import Any

import msgspec
import pytest
from werkzeug.datastructures import MultiDict

from analytics.query.series import SERIES
from analytics.ranges.steps import LEAST_POINTS, MOST_POINTS
from ingest.api.history import history_openapi, history_views
from ingest.api.openapi.parts import REFERENCE
from ingest.http.problems import Unprocessable


def parameters() -> dict[str, Any]:
    operation = history_openapi.paths()[history_views.PATH]["get"]
    return {parameter["name"]: parameter for parameter in operation["parameters"]}


def test_the_description_lists_every_series_in_prose_and_as_values() -> None:
    operation = history_openapi.paths()[history_views.PATH]["get"]
    assert all(name in operation["description"] for name in SERIES)
    assert parameters()["series"]["schema"]["items"]["enum"] == list(SERIES)


def test_every_filter_of_the_route_is_described_once() -> None:
    names = [name for name in parameters() if name in history_views.FILTERS]
    assert sorted(names) == sorted(history_views.FILTERS)


def test_the_described_bounds_of_points_are_the_accepted_ones() -> None:
    bounds = parameters()["points"]["schema"]
    for points in (bounds["minimum"], bounds["maximum"]):
        assert history_views.points_of(MultiDict({"points": str(points)})) == points
    for points in (bounds["minimum"] - 1, bounds["maximum"] + 1):
        with pytest.raises(Unprocessable):
            history_views.points_of(MultiDict({"points": str(points)}))
    assert history_views.points_of(MultiDict()) == bounds["default"] == MOST_POINTS > LEAST_POINTS


def test_the_described_number_of_series_is_accepted() -> None:
    most = parameters()["series"]["schema"]["maxItems"]
    names = list(SERIES)[:most]
    assert history_views.series_of(MultiDict({"series": ",".join(names)}), SERIES) == names


def test_a_point_is_described_without_a_tuple() -> None:
    _, schemas = msgspec.json.schema_components(history_openapi.TYPES, ref_template=REFERENCE)
    assert "prefixItems" in str(schemas["Historical"]["properties"]["series"])
    history_openapi.simplify_points(schemas)
    point = schemas["Historical"]["properties"]["series"]["additionalProperties"]["items"]
    assert "prefixItems" not in str(schemas["Historical"]["properties"]["series"])
    assert (point["minItems"], point["maxItems"]) == (2, 2)
