"""A board: one read fills every panel, and a failure leaves what was drawn."""

from dataclasses import replace
from typing import Any

import dash
import pytest

from analytics.reports.reports import DatabaseAway, Reports
from analytics.services.services import Services
from dashboard.app import PAGES
from dashboard.client.overview.data import OverviewData
from dashboard.client.overview.page import PAGE
from dashboard.core.url_state import View
from dashboard.page.board import Board
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.pages.components import components_of, texts_of
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.page_services import page_services
from tests.support.store.report_factory import report

SEARCH = {"url.search": "?range=1h&compare=off&app=portal"}
VIEWED = '{"board":"client-overview","type":"board-viewed"}'
BANNER = '{"board":"client-overview","type":"board-banner"}'
STRIP = '{"board":"client-overview","type":"board-strip"}'
FRAME = '{"panel":"round-trip","type":"panel-frame"}'


def board_page(reports: Reports | None, board: Board[Any] = PAGE) -> dash.Dash:
    app = empty_application()
    board.register(app, page_services(reports=reports))
    return app


def failing(fault: Exception) -> Board[Any]:
    """The board whose read raises `fault`."""

    def read(_services: Services, _view: View, _zone: object) -> OverviewData:
        raise fault

    return replace(PAGE, read=read)


def test_reports_fill_strip_panels_and_tables(database: Database) -> None:
    ClientReports(database).insert([report((40.0,) * 30), report(app="kiosk")])
    app = board_page(Reports(database))
    changed = call(app, BANNER, SEARCH | {"browser-zone.data": "Asia/Tokyo"})
    assert "resolution 1 min" in written(changed)
    assert changed[FRAME]["className"] == "panel panel-wide is-ready is-alone"
    assert changed['{"panel":"outcomes","type":"panel-frame"}']["className"].endswith(
        "is-empty is-alone"
    )
    assert changed['{"panel":"networks","type":"panel-table"}']["data"]["rows"] == [
        ["unknown", "Unknown", 1, 1.0]
    ]
    assert changed[VIEWED] == {"data": SEARCH["url.search"]}


def test_an_empty_range_has_the_full_message_in_the_first_panel_alone(database: Database) -> None:
    changed = call(board_page(Reports(database)), BANNER, SEARCH)
    states = [written(part) for name, part in changed.items() if "panel-state" in name]
    assert ["state-title" in state for state in states] == [True, *[False] * 7]
    feet = [part["children"] for name, part in changed.items() if "panel-foot" in name]
    assert feet == [[]] * 8


@pytest.mark.parametrize("fault", [DatabaseAway(), ValueError("<b>secret</b>")])
def test_a_failed_read_dims_the_figures_of_the_same_address(fault: Exception) -> None:
    values = SEARCH | {f"{VIEWED}.data": SEARCH["url.search"]}
    changed = call(board_page(None, failing(fault)), BANNER, values)
    assert changed[STRIP] == {"className": "strip strip-8 is-stale"}
    assert changed[FRAME] == {"className": "panel panel-wide is-stale"}
    assert VIEWED not in changed
    assert "secret" not in written(changed)


def test_an_unreadable_range_is_refused_with_a_reason_and_nothing_is_read() -> None:
    changed = call(board_page(None), BANNER, {"url.search": "?range=%3Cb%3E&app=portal"})
    state = changed['{"panel":"after-a-drop","type":"panel-state"}']
    assert "range must be a whole number with m, h, d or w" in written(state)
    assert '"?app=portal"' in written(state)
    assert "<b>" not in written(changed)
    assert changed[FRAME] == {"className": "panel panel-wide is-empty is-alone"}


def test_a_failed_first_read_says_so_in_every_panel() -> None:
    app = board_page(None, failing(DatabaseAway()))
    changed = call(app, BANNER, SEARCH | {"browser-zone.data": "Europe/Berlin"})
    assert changed[STRIP]["className"] == "strip strip-8 is-failed"
    assert written(changed).count("failed 13:00:00") == 8
    assert written(changed[STRIP]).count("could not be read") == 2 * 8
    assert "The database does not answer." in written(changed[BANNER])


def test_an_unforeseen_fault_has_an_id_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    changed = call(board_page(None, failing(ZeroDivisionError("by a bug"))), BANNER, SEARCH)
    (record,) = [entry for entry in caplog.records if entry.exc_info]
    error_id = record.getMessage().rpartition("(")[2].rstrip(")")
    assert f"error {error_id} in the log" in written(changed[BANNER])


def test_a_board_begins_with_skeletons_for_every_card_and_panel() -> None:
    layout = PAGE.layout()
    assert texts_of(layout, "card-label") == list(PAGE.labels)
    panels = len(PAGE.panels) + 2  # where it is worst, and side by side
    assert len(components_of(layout, "panel-skeleton")) == panels
    assert len(components_of(layout, "is-loading")) == len(PAGE.labels) + panels


def test_each_panel_has_a_name_a_title_and_an_explanation_of_its_own() -> None:
    panels = [panel for panel, _ in PAGE.panels]
    assert len({panel.name for panel in panels}) == len(panels)
    assert all(panel.title and panel.explain for panel in panels)


def test_no_filter_bar_stands_within_another() -> None:
    for page in PAGES:
        for bar in components_of(page.layout(), "filter-bar"):
            assert components_of(bar, "filter-bar") == [bar], page.address
