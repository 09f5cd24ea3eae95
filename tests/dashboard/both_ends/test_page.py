"""One connection, both ends: its address, its figures, the matrix and the single connections."""

from datetime import timedelta

from analytics.both_ends.agreement import EndsVerdict
from dashboard.both_ends import cards, matrix, stories
from dashboard.both_ends.data import EndsData, read
from dashboard.both_ends.empty_state import empty_state_of
from dashboard.both_ends.page import PAGE, SERVER_PAGE
from dashboard.both_ends.url_state import EndsTab
from models.database.engine import Database
from settings import Settings
from tests.support.clock import Clock
from tests.support.services import services_on
from tests.support.store.ends import store_ends

ENDINGS = [
    ("1000/client", "1006/nobody"), ("1000/client", "1006/nobody"), ("1000/client", "1000/page"),
    ("1001/client", "left"), ("1006/nobody", "none"), ("none", "1006/nobody"),
]  # fmt: skip


def page_data(database: Database, settings: Settings, clock: Clock, search: str = "") -> EndsData:
    tab = PAGE.tab
    assert isinstance(tab, EndsTab)
    return read(services_on(database, settings, clock), tab.view(search), "UTC")


def test_an_address_selects_a_cell_and_takes_it_back() -> None:
    tab = EndsTab(label="Both ends")
    view = tab.view("?app=portal&country=BR&server=1000/client&browser=1006/nobody")
    assert (view.server, view.browser, view.filters) == (
        "1000/client", "1006/nobody", {"app": "portal"},
    )  # fmt: skip
    assert tab.view(view.search()) == view
    assert tab.view(view.toggling("1000/client", "1006/nobody")).has_endings is False
    for hostile in ("?server=1000/client", "?server='&browser=left", "?server=x&browser=none"):
        assert tab.view(hostile).has_endings is False


def test_figures_and_panels(database: Database, settings: Settings, clock: Clock) -> None:
    store_ends(database, clock() - timedelta(minutes=5), ENDINGS)
    page = page_data(database, settings, clock)
    assert empty_state_of(page) is None
    common = cards.commonest(page)
    assert common is not None
    assert (common.server, common.browser, common.verdict, common.connections) == (
        "1000/client", "1006/nobody", EndsVerdict.DISAGREE, 2,
    )  # fmt: skip
    assert "of the connections that both ends told of" in str(cards.sentence(page)[0])
    assert len(cards.layout(page)) == len(cards.LABELS)
    assert len(matrix.draw(page).table.rows) == 5
    listed = stories.draw(page)
    assert len(listed.table.rows) == len(ENDINGS)
    assert "did not come back" in str(listed.body)


def test_a_cell_lists_its_connections(database: Database, settings: Settings, clock: Clock) -> None:
    store_ends(database, clock() - timedelta(minutes=5), ENDINGS)
    page = page_data(database, settings, clock, "?server=1000/client&browser=1006/nobody")
    assert len(page.stories) == 2
    assert "is-selected" in str(matrix.draw(page).body)


def test_an_empty_page_says_how_connections_get_an_id(
    database: Database, settings: Settings, clock: Clock
) -> None:
    state = empty_state_of(page_data(database, settings, clock))
    assert state is not None
    assert "data-correlate" in str(state.full_message())
    of_app = empty_state_of(page_data(database, settings, clock, "?app=portal"))
    assert of_app is not None
    assert "Clear the app" in str(of_app.full_message())
    assert state.short_message()


def test_it_is_a_tab_of_both_sections() -> None:
    assert [each.tab.section for each in (SERVER_PAGE, PAGE)] == ["Server", "Client"]
    assert PAGE.labels == cards.LABELS
