"""What a request for history selects, and that its limits are described as they are enforced."""

from typing import Any

import msgspec
import pytest
from werkzeug.datastructures import MultiDict

from analytics.query.series import SERIES
from analytics.ranges.steps import LEAST_POINTS, MOST_POINTS
from analytics.reports.history_answers import Historical
from ingest.api.history import history_routes
from ingest.http.problems import Unprocessable
from ingest.routing.bodies import REFERENCE

(ROUTE,) = history_routes.ROUTES


def parameters() -> dict[str, Any]:
    return {each["name"]: each for source in ROUTE.inputs for each in source.parameters}


def test_the_description_lists_every_series_in_prose_and_as_values() -> None:
    assert all(name in ROUTE.description for name in SERIES)
    assert parameters()["series"]["schema"]["items"]["enum"] == list(SERIES)


def test_the_described_bounds_of_points_are_the_accepted_ones() -> None:
    bounds = parameters()["points"]["schema"]
    for points in (bounds["minimum"], bounds["maximum"]):
        assert history_routes.points_of(MultiDict({"points": str(points)})) == points
    for points in (bounds["minimum"] - 1, bounds["maximum"] + 1):
        with pytest.raises(Unprocessable):
            history_routes.points_of(MultiDict({"points": str(points)}))
    assert history_routes.points_of(MultiDict()) == bounds["default"] == MOST_POINTS > LEAST_POINTS


def test_series_come_in_the_requested_order_up_to_the_described_number() -> None:
    names = list(reversed(SERIES))[: parameters()["series"]["schema"]["maxItems"]]
    assert history_routes.series_of(MultiDict({"series": ",".join(names)})) == names


def test_a_hostile_name_is_shortened_and_quoted_in_the_refusal() -> None:
    with pytest.raises(Unprocessable) as caught:
        history_routes.series_of(MultiDict({"series": "<b>\n" + "x" * 900}))
    assert "'<b>\\nxxx" in caught.value.detail
    assert len(caught.value.detail) < 200


def test_a_filter_needs_a_series_that_has_its_dimension() -> None:
    history_routes.check_filters({"country": "BR", "service": "x"}, ["client_drops", "opened"])
    with pytest.raises(Unprocessable) as caught:
        history_routes.check_filters({"country": "BR"}, ["opened"])
    assert caught.value.field == "country"


def test_a_point_is_described_without_a_tuple() -> None:
    types = [Historical]
    _, schemas = msgspec.json.schema_components(types, ref_template=REFERENCE)
    assert "prefixItems" in str(schemas["Historical"]["properties"]["series"])
    history_routes.simplify_points(schemas)
    point = schemas["Historical"]["properties"]["series"]["additionalProperties"]["items"]
    assert "prefixItems" not in str(schemas["Historical"]["properties"]["series"])
    assert (point["minItems"], point["maxItems"]) == (2, 2)
