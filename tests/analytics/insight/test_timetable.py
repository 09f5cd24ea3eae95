"""The steps of two periods: aligned as cells are, and the same number of either."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.insight.timetable import timetable
from analytics.ranges.timerange import TimeRange

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
STARTS = st.integers(0, 300 * 86_400).map(lambda seconds: YEAR + timedelta(seconds=seconds))
LENGTHS = st.timedeltas(timedelta(minutes=15), timedelta(days=360))


@given(STARTS, LENGTHS, st.booleans())
def test_both_periods_have_the_same_steps(start: datetime, length: timedelta, weekly: bool) -> None:
    window = TimeRange(start, start + length)
    earlier = window.previous()
    if weekly and length <= timedelta(days=7):
        week = timedelta(days=7)
        earlier = TimeRange(window.start - week, window.end - week)
    table = timetable(window, earlier)
    if table is None:
        return
    edges = table.grid.edges
    assert list(edges) == sorted({*edges})
    assert table.grid.steps - 2 * table.steps in (0, 1)
    first, last = table.span(0, 0), table.span(table.steps - 1, table.steps - 1)
    assert window.start <= first.start < window.start + table.step
    assert last.end < window.end + table.step
    assert first.start - edges[0] >= earlier.length - table.step


def test_less_than_two_steps_and_more_than_a_year_are_not_searched() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    for length in (timedelta(seconds=70), timedelta(days=800)):
        window = TimeRange(start, start + length)
        assert timetable(window, window.previous()) is None
