"""Two values side by side: how they are chosen, their figures, and the difference in its words."""

from analytics.reports.segments.compared import Comparison, compared
from analytics.reports.segments.versus import side_by_side
from analytics.reports.segments.worst import WhereWorst
from dashboard.client.worst import beside, panel
from dashboard.client.worst.url_state import OverviewTab, OverviewView, Versus
from dashboard.widgets.drawn import PanelContent
from tests.support.pages.components import components_of, links_of, table_rows, text_of
from tests.support.store.segment_factory import people, segments

SLOW, USUAL, FEW = "2.4.1", "2.4.0", "2.3.9"
RELEASES = compared(
    segments(
        ({"release": SLOW}, people(300, latency_ms=200, dropped=90)),
        ({"release": USUAL}, people(300)),
        ({"release": FEW}, people(3, dropped=3)),
    )
)
WORST = WhereWorst({"release": RELEASES}, {})
TAB = OverviewTab(label="Overview")


def drawn(value: str, other: str = "", comparison: Comparison = RELEASES) -> PanelContent:
    view = OverviewView(versus=Versus("release", value, other))
    content = beside.draw(view, WhereWorst({"release": comparison}, {}))
    assert content is not None
    return content


def row_of(content: PanelContent, figure: str) -> list[str]:
    return next(row for row in table_rows(content.body) if row[0] == figure)


def test_the_difference_of_two_values_is_that_of_their_figures() -> None:
    each = side_by_side(RELEASES, 0, 1).differences["stability"]
    content = drawn(SLOW, USUAL)
    assert row_of(content, "Stability")[1:3] == ["70.0 %", "100.0 %"]
    assert row_of(content, "Stability")[4] == "−30.0 pt"
    assert row_of(content, "Round trip p95")[4].startswith("+")
    bad = [text_of(cell) for cell in components_of(content.body, "is-bad") if "n num" in
           cell.className]  # fmt: skip
    assert "−30.0 pt" in bad
    assert "n = 300 sessions" in text_of(content.body)
    (stability,) = (row for row in content.table.rows if row[0] == "Stability")
    assert (stability[2], stability[6], stability[10]) == (0.7, 1.0, each.value[0])
    assert len(stability) == len(content.table.columns)


def test_a_value_alone_is_beside_all_others() -> None:
    content = drawn(SLOW)
    assert content.unit == "release: 2.4.1 and all others"
    assert "n = 303 sessions" in text_of(content.body)


def test_a_few_sessions_are_compared_without_a_verdict() -> None:
    content = drawn(FEW, USUAL)
    assert components_of(content.body, "is-bad") == components_of(content.body, "main-figure") == []
    assert "Under 30 sessions a difference says little." in text_of(content.body)
    assert row_of(content, "Round trip p95")[3] == "too few sessions"


def test_without_sessions_of_a_value_nothing_is_compared() -> None:
    for content in (drawn("1.0", USUAL), drawn(USUAL, "1.0")):
        assert text_of(content.body).startswith("No sessions of 1.0 in this range.")
        assert links_of(content.body)["Stop comparing"] == "?"
        assert content.table.rows == []
    assert beside.draw(OverviewView(), WORST) is None
    filtered = OverviewView(versus=Versus("country", "BR"))
    assert beside.draw(filtered, WORST) is None


def test_clicks_choose_the_first_the_second_and_none() -> None:
    view = OverviewView(preset="7d")
    first = view.comparing("release", SLOW)
    both = first.comparing("release", USUAL)
    assert both.versus == Versus("release", SLOW, USUAL)
    assert both.comparing("release", FEW).versus == Versus("release", SLOW, FEW)
    assert both.comparing("release", SLOW).versus == Versus("release", USUAL)
    assert first.comparing("release", SLOW).versus is None
    assert both.comparing("browser", "Safari 18").versus == Versus("browser", "Safari 18")
    assert links_of(drawn(SLOW, USUAL).body)["Stop comparing"] == "?"


def test_what_is_compared_is_in_the_address() -> None:
    view = OverviewView(preset="7d", versus=Versus("release", "a&b", "c d"))
    assert TAB.view(view.search()) == view
    assert TAB.view("?versus=release&value=a&other=a").versus == Versus("release", "a")
    for unreadable in ("?versus=planet&value=Mars", "?versus=release", "?versus=release&value=%00"):
        assert TAB.view(unreadable).versus is None


def test_compared_values_are_marked_and_more_are_listed() -> None:
    many = compared(segments(*(({"release": str(number)}, people(40)) for number in range(9))))
    view = OverviewView(versus=Versus("release", "3"))
    content = panel.draw(view, WhereWorst({"release": many}, {}))
    assert len(table_rows(content.body)) == 9
    assert len(table_rows(panel.draw(OverviewView(), WhereWorst({"release": many}, {})).body)) == 5
    (selected,) = components_of(content.body, "is-selected")
    assert text_of(selected).startswith("3")
