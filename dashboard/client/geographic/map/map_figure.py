"""The map as a Plotly figure: countries in classes of colour, points where a country has no shape.

Plotly fills shapes by its own scale; here a value is the number of its class, and the scale has as
many steps. Outlines come from a file of our own, which `topojsonURL` of the graph names.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.client.geographic.core.classes import Classes
from dashboard.client.geographic.core.continents import Continent
from dashboard.client.geographic.core.data import MapValue
from dashboard.client.geographic.core.outlines import coordinates_of, shape_of

Figure = dict[str, Any]
POINT = 9  # px
BORDER = 0.6  # px
ROTATION = 11  # degrees: the seam runs through the Bering Strait, not through Russia


def figure(
    values: Sequence[MapValue], classes: Classes, continent: Continent, selected: str = ""
) -> Figure:
    """The figure of the countries with data; those in no trace have none."""
    judged = [each for each in values if each.value is not None]
    small = [each.code for each in values if each.value is None]
    traces = [
        _shapes(judged, classes),
        _small_shapes(small),
        _points(judged, classes),
        _small_points(small),
        *_outline(selected),
    ]
    return {"data": traces, "layout": _layout(continent)}


def drawn_codes(map_figure: Figure) -> set[str]:
    """The codes of all countries in the traces."""
    return {code for trace in map_figure["data"] for code in trace.get("customdata", ())}


def _shapes(judged: Iterable[MapValue], classes: Classes) -> Figure:
    drawn = [each for each in judged if shape_of(each.code)]
    top = len(classes.colors)
    steps = [
        [edge / top, color]
        for number, color in enumerate(classes.colors)
        for edge in (number, number + 1)
    ]
    return _choropleth(
        [each.code for each in drawn],
        [classes.number(each.value) + 0.5 for each in drawn if each.value is not None],
        {"colorscale": steps, "zmin": 0, "zmax": top},
        name="classes",
    )


def _small_shapes(codes: Iterable[str]) -> Figure:
    drawn = [code for code in codes if shape_of(code)]
    scale = {"colorscale": [[0, "--map-small"], [1, "--map-small"]], "zmin": 0, "zmax": 1}
    return _choropleth(drawn, [0] * len(drawn), scale, name="small", border="--ink-3")


def _outline(selected: str) -> list[Figure]:
    """A line around the selected country."""
    if not selected:
        return []
    clear = "rgba(0,0,0,0)"
    if shape_of(selected):
        scale = {"colorscale": [[0, clear], [1, clear]], "zmin": 0, "zmax": 1}
        trace = _choropleth([selected], [0], scale, name="selected", border="--ink", width=1.6)
        return [trace | {"hoverinfo": "skip"}]
    marker = {"size": POINT + 6, "color": clear, "line": {"color": "--ink", "width": 1.6}}
    return [_scatter([selected], marker, "selected") | {"hoverinfo": "skip"}]


def _choropleth(
    codes: Sequence[str], z: Sequence[float], scale: Figure, *, name: str,
    border: str = "--surface", width: float = BORDER,
) -> Figure:  # fmt: skip
    return {
        "type": "choropleth",
        "name": name,
        "locationmode": "ISO-3",
        "locations": [shape_of(code) for code in codes],
        "customdata": list(codes),
        "z": list(z),
        "marker": {"line": {"color": border, "width": width}},
        "showscale": False,
        "hoverinfo": "none",
        **scale,
    }


def _points(judged: Iterable[MapValue], classes: Classes) -> Figure:
    drawn = [each for each in judged if not shape_of(each.code) and coordinates_of(each.code)]
    colors = [classes.color(each.value) for each in drawn if each.value is not None]
    line = {"color": "--surface", "width": 1}
    return _scatter(
        [each.code for each in drawn], {"size": POINT, "color": colors, "line": line}, "points"
    )


def _small_points(codes: Iterable[str]) -> Figure:
    drawn = [code for code in codes if not shape_of(code) and coordinates_of(code)]
    line = {"color": "--ink-3", "width": 1}
    return _scatter(drawn, {"size": POINT, "color": "--map-small", "line": line}, "small-points")


def _scatter(codes: Sequence[str], marker: Figure, name: str) -> Figure:
    points = [point for code in codes if (point := coordinates_of(code)) is not None]
    return {
        "type": "scattergeo",
        "name": name,
        "mode": "markers",
        "lon": [point[0] for point in points],
        "lat": [point[1] for point in points],
        "customdata": list(codes),
        "marker": {"opacity": 1, **marker},
        "hoverinfo": "none",
        "showlegend": False,
    }


def _layout(continent: Continent) -> Figure:
    return {
        "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
        "meta": {"map": True},
        "geo": {
            "resolution": 110,
            "projection": {"type": "natural earth", "rotation": {"lon": ROTATION}},
            "fitbounds": False,
            "lonaxis": {"range": list(continent.longitudes), "showgrid": False},
            "lataxis": {"range": list(continent.latitudes), "showgrid": False},
            "showframe": False,
            "showcoastlines": False,
            "showocean": False,
            "showlakes": False,
            "showland": True,
            "landcolor": "--geo-land",
            "showcountries": True,
            "countrycolor": "--surface",
            "countrywidth": BORDER,
            "bgcolor": "rgba(0,0,0,0)",
        },
    }
