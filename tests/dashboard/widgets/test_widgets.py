"""Panels, tables, cards and messages: the smallest parts of a page."""

from typing import Any

from dash import html

from dashboard.widgets import card, failure, panel, plain_table, states
from dashboard.widgets.card import Card
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel
from dashboard.widgets.pieces import icon, menu
from tests.support.pages.components import components_of, table_rows, text_of, texts_of


def test_text_columns_have_their_full_text_in_the_hover_and_numbers_none() -> None:
    table = plain_table.layout(
        ("Room", "App", "n"), [["<b>hall</b>", "portal", "7"]], text_columns=2
    )
    cells: list[Any] = [cell for cell in components_of(table) if isinstance(cell, html.Td)]
    assert [getattr(cell, "title", None) for cell in cells] == ["<b>hall</b>", "portal", None]
    assert [cell.className for cell in cells] == ["clip", "clip", "n num"]
    assert table_rows(table) == [["<b>hall</b>", "portal", "7"]]


def test_a_component_in_a_text_column_has_no_title_of_its_own() -> None:
    table = plain_table.layout(("Job",), [[html.B("rollup")]])
    assert not any(getattr(part, "title", None) == "rollup" for part in components_of(table))


def test_a_failure_with_an_id_points_to_the_log_and_without_to_the_database() -> None:
    assert "error 1a2b in the log" in text_of(failure.banner("1a2b"))
    assert "The database does not answer" in text_of(failure.banner(""))
    logged = failure.panel_failure("1a2b", "12:00:00")
    assert texts_of(logged, "tag-bad") == ["failed 12:00:00"]
    assert "error 1a2b" in text_of(logged)
    assert "did not answer in time" in text_of(failure.panel_failure("", "12:00:00"))


def test_a_snippet_is_copied_exactly_as_it_reads() -> None:
    line = '<script src="/sdk/x.js" data-app="a&b"></script>'
    (button,) = components_of(states.snippet(line), "snippet-copy")
    assert getattr(button, "data-copy") == line == text_of(states.snippet(line))


def test_only_a_panel_with_a_chart_offers_an_image() -> None:
    labels = {
        has_chart: text_of(components_of(panel.layout(
            Panel(name="p", title="P", explain="Why.", has_chart=has_chart)), "sheet"))
        for has_chart in (True, False)
    }  # fmt: skip
    assert (
        labels[True] == "Show as tableDownload CSVCSV for spreadsheetsDownload PNGCopy linkExplain"
    )
    assert labels[False] == "Show as tableDownload CSVCSV for spreadsheetsCopy linkExplain"


def test_a_chart_has_a_name_before_it_is_drawn() -> None:
    with_chart = Panel(name="p", title="Round trip", explain="Why.", has_chart=True)
    (chart,) = components_of(panel.layout(with_chart), "chart-place")
    assert chart.to_plotly_json()["props"]["aria-label"] == "Round trip"


def test_a_panel_is_loading_and_explains_itself_before_any_data() -> None:
    legend = (LegendEntry(name="p95", color="--p95"),)
    (frame, *_) = components_of(
        panel.layout(Panel(name="p", title="P", explain="Where from.", legend=legend))
    )
    assert "is-loading" in frame.className
    assert texts_of(frame, "panel-explain") == ["Where from."]
    (key,) = components_of(frame, "key")
    assert key.style == {"--key": "var(--p95)"}


def test_a_card_reads_out_all_that_it_shows() -> None:
    drawn = Card(label="Drops", value="8", unit="/min", note="none before", n="n = 3")
    (cell, *_) = components_of(card.layout(drawn))
    assert getattr(cell, "aria-label") == "Drops: 8 /min. none before. n = 3"
    assert "is-noticed" not in cell.className
    trend = card.Trend("12 %", "up", "warn", "worse")
    (noticed, *_) = components_of(card.layout(Card(label="Drops", value="8", trend=trend)))
    assert "is-noticed" in noticed.className
    assert texts_of(noticed, "tag-warn") == ["12 % worse"]
    assert "up 12 % worse" in getattr(noticed, "aria-label")


def test_a_change_for_the_better_has_no_colour() -> None:
    trend = card.Trend("12 %", "down", meaning="better")
    (cell, *_) = components_of(card.layout(Card(label="Drops", value="8", trend=trend)))
    assert "is-noticed" not in cell.className
    assert texts_of(cell, "tag-plain") == ["12 % better"]


def test_an_icon_is_decorative_unless_it_is_labelled() -> None:
    assert getattr(icon("bell"), "aria-hidden") == "true"
    assert getattr(icon("bell", "Alerts"), "aria-label") == "Alerts"
    assert components_of(menu("More", []), "control")[0].children == ["More"]


def test_a_column_names_its_key_kind_and_colour() -> None:
    assert column("p95_ms", "p95", "ms", "--p95", "line") == {
        "key": "p95_ms", "label": "p95", "kind": "ms", "color": "--p95", "drawn": "line",
    }  # fmt: skip
    content = PanelContent(unit="", body=None, foot=(), table=Table([], []))
    assert content.empty_text == "There is nothing to draw in this range."
