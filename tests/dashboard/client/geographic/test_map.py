"""The map: which countries it draws, in which colours, and what legend and hover box say."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.geo.countries import countries
from dashboard.client.geographic.core.continents import CONTINENTS
from dashboard.client.geographic.core.outlines import is_drawn, shape_of
from dashboard.client.geographic.core.url_state import GeographicView
from dashboard.client.geographic.map import map_figure, map_panel
from tests.support.pages.components import links_of, text_of
from tests.support.pages.geographic_figures import a_region, geographic_data

CODES = sorted(countries())
SHAPED = [code for code in CODES if shape_of(code)]


def colors_of(figure: map_figure.Figure) -> dict[str, str]:
    """The token of each judged country, from the traces."""
    shapes, _, points, *_ = figure["data"]
    scale = shapes["colorscale"][::2]
    colors = {
        code: scale[int(z)][1] for code, z in zip(shapes["customdata"], shapes["z"], strict=True)
    }
    return colors | dict(zip(points["customdata"], points["marker"]["color"], strict=True))


def test_every_country_is_on_the_map_or_in_the_list_of_what_is_not() -> None:
    regions = [a_region(code, 100 if number % 3 else 5) for number, code in enumerate(CODES)]
    unknown = a_region("unknown")
    content = map_panel.draw(geographic_data(*regions, elsewhere=[unknown]))
    drawn = map_figure.drawn_codes(content.body)
    listed = links_of(content.foot)
    others = [each.name for each in (*regions, unknown) if each.code not in drawn]
    assert [name for name in others if name not in listed] == []
    assert drawn >= {code for code in CODES if is_drawn(code)}
    assert {*content.body["layout"]["meta"]["regions"]} == {*CODES, "unknown"}


def test_no_country_is_drawn_twice() -> None:
    regions = [a_region(code) for code in CODES]
    figure = map_panel.draw(geographic_data(*regions)).body
    counts = Counter(code for trace in figure["data"] for code in trace.get("customdata", ()))
    assert set(counts.values()) == {1}


@settings(deadline=None)
@given(st.floats(1.0, 1e6))
def test_an_extreme_value_off_the_map_changes_no_colour(extreme: float) -> None:
    regions = [
        a_region(code, latency_p95_ms=50.0 + 3 * number) for number, code in enumerate(SHAPED[:60])
    ]
    small = [a_region("SG", latency_p95_ms=90.0)]
    changed = [a_region("SG", latency_p95_ms=extreme)]
    before = colors_of(map_panel.draw(geographic_data(*regions, *small)).body)
    after = colors_of(map_panel.draw(geographic_data(*regions, *changed)).body)
    assert {code: before[code] for code in SHAPED[:60]} == {
        code: after[code] for code in SHAPED[:60]
    }
    assert after["SG"] in {*before.values()}


def test_points_have_the_colours_of_the_shapes() -> None:
    data = geographic_data(
        a_region("BR", latency_p95_ms=90.0), a_region("DE", latency_p95_ms=30.0),
        a_region("SG", latency_p95_ms=90.0),
    )  # fmt: skip
    colors = colors_of(map_panel.draw(data).body)
    assert colors["SG"] == colors["BR"] != colors["DE"]


def test_small_samples_are_a_trace_of_their_own_and_in_the_legend() -> None:
    content = map_panel.draw(geographic_data(a_region("BR", 29), a_region("DE", 30)))
    by_name = {trace["name"]: trace["customdata"] for trace in content.body["data"]}
    assert (by_name["classes"], by_name["small"]) == (["DE"], ["BR"])
    assert "fewer than 30 sessions1" in text_of(content.foot[0])
    assert "no clients" in text_of(content.foot[0])


def test_the_legend_counts_the_countries_of_each_class() -> None:
    data = geographic_data(*(a_region(code, latency_p95_ms=float(10 * number + 10))
                             for number, code in enumerate(SHAPED[:12])))  # fmt: skip
    entries = map_panel.legend_classes(data)
    assert sum(each.countries for each in entries) == 12
    assert entries[0].text.startswith("under ")
    assert all(each.text.startswith("from ") for each in entries[1:])


def test_a_change_is_coloured_on_both_sides_of_none() -> None:
    view = GeographicView(preset="1h", is_change=True)
    data = geographic_data(
        a_region("BR", before={"latency_p95_ms": 45.0}, latency_p95_ms=90.0),
        a_region("DE", before={"latency_p95_ms": 90.0}, latency_p95_ms=90.0),
        a_region("FR", before={"latency_p95_ms": 180.0}, latency_p95_ms=90.0),
        view=view, has_before=True,
    )  # fmt: skip
    colors = colors_of(map_panel.draw(data).body)
    assert colors["DE"] == "--d0"
    assert colors["BR"].startswith("--d")
    assert not colors["BR"].startswith("--d-")
    assert colors["FR"].startswith("--d-")


@pytest.mark.parametrize(("metric", "has_before"), [("sessions", True), ("latency_p95_ms", False)])
def test_a_change_that_cannot_be_is_named(metric: str, has_before: bool) -> None:
    view = GeographicView(preset="1h", is_change=True, metric=metric)
    content = map_panel.draw(geographic_data(a_region("BR"), view=view, has_before=has_before))
    assert content.unit.endswith("no change to compare")


def test_a_continent_has_its_countries_and_its_part_of_the_map() -> None:
    view = GeographicView(preset="1h", continent="europe")
    content = map_panel.draw(geographic_data(a_region("DE"), a_region("BR"), view=view))
    assert map_figure.drawn_codes(content.body) == {"DE"}
    geo = content.body["layout"]["geo"]
    assert geo["lonaxis"]["range"] == list(CONTINENTS["europe"].longitudes)
    assert geo["fitbounds"] is False


def test_every_country_but_antarctica_is_on_a_continent() -> None:
    parts = [each for each in CONTINENTS.values() if each.names]
    numbers = Counter(sum(part.has(code) for part in parts) for code in CODES)
    assert numbers[1] >= 245
    assert set(numbers) <= {0, 1}


@pytest.mark.parametrize("code", ["BR", "SG"])
def test_the_selected_country_has_an_outline(code: str) -> None:
    view = GeographicView(preset="1h", selected=code)
    figure = map_panel.draw(geographic_data(a_region("BR"), a_region("SG"), view=view)).body
    assert figure["data"][-1]["customdata"] == [code]
    assert figure["data"][-1]["name"] == "selected"


def test_the_hover_box_has_value_interval_change_and_n() -> None:
    data = geographic_data(
        a_region("BR", 2216, {"latency_p95_ms": 200.0}, latency_p95_ms=220.0),
        a_region("UY", 3), has_before=True,
    )  # fmt: skip
    rows = map_panel.hover_rows(data)
    texts = [text_of(value) for _, value in rows["BR"]]
    assert texts == ["", "220 ms", "209 ms to 231 ms", "200 ms, +10 %", "99.0 %",
                     "2,216 sessions", "Click to see Brazil alone"]  # fmt: skip
    assert ["", "too few sessions: fewer than 30"] in rows["UY"]


def test_the_picture_and_the_rows_say_whose_the_countries_are() -> None:
    content = map_panel.draw(geographic_data(a_region("BR")))
    picture = content.body["layout"]["meta"]["png"]["annotations"]
    assert picture[-1]["text"] == "Countries: DB-IP, https://db-ip.com"
    assert [row[-1] for row in content.table.rows] == ["DB-IP, https://db-ip.com"]
