"""The table of countries: order, small samples, search, intervals, and the rows behind it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.client.geographic import search, table
from dashboard.client.geographic.core.metrics import REGION_METRICS, Scale
from dashboard.client.geographic.core.ordering import ordered
from dashboard.client.geographic.core.regions import Figure
from dashboard.client.geographic.core.table_rows import csv_table
from dashboard.client.geographic.core.url_state import COLUMNS, GeographicView
from dashboard.client.geographic.map import map_panel
from dashboard.core.url_state import LONGEST_VALUE
from tests.support.pages.components import components_of, links_of, table_rows, text_of
from tests.support.pages.geographic_figures import a_region, geographic_data

BRAZIL = a_region("BR", 2216, latency_p95_ms=271.0, connect_success=0.931)
GERMANY = a_region("DE", 8914, latency_p95_ms=78.0, connect_success=0.994)
URUGUAY = a_region("UY", 12, latency_p95_ms=900.0)


def test_the_worst_are_on_top_and_too_few_sessions_at_the_end() -> None:
    content = table.draw(geographic_data(URUGUAY, GERMANY, BRAZIL))
    rows = table_rows(content.body)
    assert [row[0] for row in rows] == ["Brazil", "Germany", "Uruguay"]
    assert rows[0][1:] == ["2,216", "", "271", "257–285", "50", "93.1"]
    assert rows[2][2] == "too few sessions"
    assert content.title == "Slowest countries"
    assert content.foot[0] == "3 of 3 countries"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.none() | st.floats(0, 500)), max_size=20),
    st.sampled_from(["", *COLUMNS, *(f"-{column}" for column in COLUMNS)]),
)
def test_no_small_sample_is_ranked_above_another(
    figures: list[tuple[int, float | None]], sort: str
) -> None:
    regions = [a_region("BR", sessions, latency_p95_ms=value) for sessions, value in figures]
    rows = ordered(regions, REGION_METRICS["latency_p95_ms"], sort)
    assert [each.is_small for each in rows] == sorted(each.is_small for each in regions)
    assert len(rows) == len(regions)


def test_headings_sort_and_say_how() -> None:
    view = GeographicView(preset="1h", sort="-sessions")
    content = table.draw(geographic_data(BRAZIL, GERMANY, view=view))
    assert [row[0] for row in table_rows(content.body)] == ["Germany", "Brazil"]
    assert links_of(content.body)["Client count"].endswith("range=1h")
    heading = components_of(content.body, "is-descending")[0]
    assert text_of(heading) == "Client count"
    assert content.title == "Round trip p95 by country"


def test_a_search_hides_all_other_rows() -> None:
    view = GeographicView(preset="1h", find="bRa")
    content = table.draw(geographic_data(BRAZIL, GERMANY, view=view))
    rows = [part for part in components_of(content.body) if getattr(part, "data-region", "")]
    assert {getattr(row, "data-region"): row.hidden for row in rows} == {"BR": False, "DE": True}
    assert content.foot[0] == "1 of 2 countries"


@pytest.mark.parametrize(("code", "find"), [("CW", "curacao"), ("RE", "Reunion"), ("CI", "Côte")])
def test_names_match_without_accents(code: str, find: str) -> None:
    assert table.matches(a_region(code), find)


def test_the_field_takes_no_more_than_the_url() -> None:
    field: Any = search.layout()
    assert field.maxlength == LONGEST_VALUE


def test_beyond_the_threshold_is_marked_and_the_drawing_has_a_name() -> None:
    content = table.draw(geographic_data(BRAZIL, GERMANY))
    bars = components_of(content.body, "interval")
    assert [bar.className for bar in bars] == ["interval is-bad", "interval"]
    assert text_of(getattr(bars[0], "aria-label")) == "95 % interval 257 ms to 285 ms"
    assert len(components_of(content.body, "interval-limit")) == 2


def test_a_figure_of_too_few_sessions_is_marked_and_has_its_value() -> None:
    unsure = Figure(value=271.0, n=900, too_few=True)
    brazil = replace(BRAZIL, figures={**BRAZIL.figures, "latency_p95_ms": unsure})
    page_data = geographic_data(GERMANY, brazil)
    content = table.draw(page_data)
    assert table_rows(content.body)[0][3:5] == ["271", "too few"]
    hollow = components_of(content.body, "is-hollow")
    assert [each.title for each in hollow] == ["too few sessions for an interval"]
    assert ["95 % interval", "too few sessions"] in map_panel.hover_rows(page_data)["BR"]
    rows = csv_table([brazil, GERMANY], None).rows
    assert [row[3] for row in rows] == ["Round trip p95", ""]


def test_without_bars_there_is_no_scale() -> None:
    assert components_of(table.draw(geographic_data(URUGUAY)).body, "interval-head") == []


def test_people_without_a_country_are_the_last_row() -> None:
    content = table.draw(geographic_data(BRAZIL, elsewhere=[a_region("unknown", 40)]))
    assert [row[0] for row in table_rows(content.body)] == ["Brazil", "Unknown country"]
    assert "selected=unknown" in links_of(content.body)["Unknown country"]


def test_connection_success_stands_once() -> None:
    view = GeographicView(preset="1h", metric="connect_success")
    content = table.draw(geographic_data(BRAZIL, view=view))
    heads = [text_of(part) for part in components_of(content.body, "sort-link")]
    assert heads == ["Country", "Client count", "Connect success, %", "Average latency, ms"]


def test_the_rows_behind_have_every_metric_with_its_interval() -> None:
    content = csv_table([BRAZIL], None)
    row = dict(zip((column["key"] for column in content.columns), content.rows[0], strict=True))
    assert (row["country"], row["name"], row["small_sample"]) == ("BR", "Brazil", "no")
    for key, metric in REGION_METRICS.items():
        if metric.scale is Scale.COUNT:
            assert [name for name in row if name.startswith(key)] == [key]
        else:
            assert row[f"{key}_low"] <= row[key] <= row[f"{key}_high"]
    assert REGION_METRICS["reports"].interval_text(None) == "Reports"
