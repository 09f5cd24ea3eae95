"""What is missing of the demo is stored once: the spans leave no gap and do not overlap."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.operations.demo_history import FillProgress, OpenRun
from scripts.demo_data import world
from scripts.demo_data.spans import Span, missing

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MONTH = world.DAYS * DAY
ago = st.integers(1, 80 * 1440).map(lambda minutes: NOW - minutes * MINUTE)


def test_an_empty_store_lacks_a_history_with_incidents() -> None:
    (span,) = missing(None, None, NOW)
    assert span == Span(NOW - MONTH, NOW - MONTH, NOW)
    assert (span.is_new_history, span.until) == (True, NOW)
    assert str(span.progress(NOW - DAY)).startswith("29 of 30 days")
    assert len(span.days) == world.DAYS + 1


@given(latest=ago)
def test_a_stop_is_made_up_for_and_has_no_incidents_unless_it_took_the_entire_history(
    latest: datetime,
) -> None:
    (span,) = missing(None, latest, NOW)
    assert (span.begin, span.end) == (max(latest, NOW - MONTH), NOW)
    assert span.is_new_history is (latest <= NOW - MONTH)
    assert span.until == (NOW if span.is_history else latest)


@given(until=ago, share=st.floats(0, 1), live=st.none() | ago)
def test_an_interrupted_load_is_completed_with_its_own_incidents(
    until: datetime, share: float, live: datetime | None
) -> None:
    begin = until - MONTH
    filled = begin + share * MONTH
    run = OpenRun(until, FillProgress((filled - begin) // DAY, world.DAYS, filled))
    latest = max(live, filled) if live else filled
    spans = missing(run, latest, NOW)
    first = spans[0] if filled < until else None
    if first:
        assert (first.origin, first.begin, first.end, first.until) == (begin, filled, until, until)
    assert spans[-1].begin == max(latest, until, NOW - MONTH)
    assert spans[-1].end == NOW
