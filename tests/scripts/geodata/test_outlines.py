"""The map's outlines and places, from small ones."""

import plotly.offline

from analytics.geo.countries import countries
from scripts.geodata import outlines, places
from scripts.geodata.downloads import PLOTLY_JS
from scripts.geodata.topology import ids, on_grid

# Two squares of XAA side by side, one of QQQ that is disputed, and a lake.
ARCS = [
    [[0, 0], [100, 0], [0, 100], [-100, 0], [0, -100]],
    [[200, 0], [100, 0], [0, 1], [0, 99], [-100, 0], [0, -100]],
    [[400, 0], [100, 0], [0, 100], [-100, 0], [0, -100]],
    [[10, 10], [5, 0], [0, 5], [-5, -5]],
]
WORLD = {
    "type": "Topology",
    "bbox": [0.0, 0.0, 500.0, 100.0],
    "transform": {"scale": [1.0, 1.0], "translate": [0.0, 0.0]},
    "arcs": [ARCS[3], *ARCS[:3]],
    "objects": {
        "lakes": {
            "type": "GeometryCollection",
            "geometries": [{"type": "Polygon", "arcs": [[0]]}],
        },
        "land": {
            "type": "GeometryCollection",
            "geometries": [{"type": "MultiPolygon", "arcs": [[[1]], [[2]], [[3]]]}],
        },
        "coastlines": {
            "type": "GeometryCollection",
            "geometries": [{"type": "MultiLineString", "arcs": [[~1], [~2], [3]]}],
        },
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[1]], "id": "XAA", "properties": {"ct": [1, 1]}},
                {"type": "Polygon", "arcs": [[3]], "id": "XJK", "properties": {"ct": [3, 3]}},
                {"type": "MultiPolygon", "arcs": [[[2]]], "id": "XAA", "properties": {}},
            ],
        },
    },
}


def test_shapes_of_a_country_are_joined_and_disputed_land_is_land_alone() -> None:
    ours = outlines.of_plotly(WORLD)
    assert ids(ours) == ["XAA"]
    (shape,) = ours["objects"]["countries"]["geometries"]
    assert (shape["type"], shape["arcs"]) == ("MultiPolygon", [[[0]], [[1]]])
    assert shape["properties"] == {"ct": [1, 1]}
    assert ours["objects"]["land"]["geometries"][0]["arcs"] == [[[0]], [[1]], [[2]]]
    assert ours["objects"]["coastlines"]["geometries"][0]["arcs"] == [[~0], [~1], [2]]
    assert len(ours["arcs"]) == 3
    assert "lakes" not in ours["objects"]


def test_a_coarser_grid_drops_what_falls_together_and_keeps_rings_closed() -> None:
    ours = on_grid(WORLD, levels=11)
    second = ours["arcs"][2]
    assert second == [[4, 0], [2, 0], [0, 10], [-2, 0], [0, -10]]
    assert [sum(axis) for axis in zip(*second[1:], strict=True)] == [0, 0]
    assert ours["transform"] == {"scale": [50.0, 10.0], "translate": [0.0, 0.0]}


def test_the_outlines_are_of_the_plotly_that_draws_them() -> None:
    version = PLOTLY_JS.partition("@")[2]
    assert f"plotly.js v{version}\n" in plotly.offline.get_plotlyjs()[:200]


def test_a_label_stands_at_the_capital_else_the_largest_town() -> None:
    table = countries()
    missing = [table[code] for code in ("SG", "BQ", "HM")]
    towns = {
        "1": {"countrycode": "SG", "name": "Jurong", "population": 9, "latitude": 1.3,
              "longitude": 103.7},
        "2": {"countrycode": "SG", "name": "Singapore", "population": 8, "latitude": 1.29,
              "longitude": 103.85},
        "3": {"countrycode": "BQ", "name": "Kralendijk", "population": 3, "latitude": 12.15,
              "longitude": -68.27},
    }  # fmt: skip
    capitals = {"SG": {"capital": "Singapore"}, "BQ": {"capital": ""}, "HM": {"capital": ""}}
    assert places.text(places.rows(missing, capitals, towns)) == (
        "SG\t1.29\t103.85\tSingapore\nBQ\t12.15\t-68.27\tKralendijk\n"
        "HM\t-53.10\t73.51\tHeard Island\n"
    )
