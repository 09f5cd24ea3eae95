import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.load.replay.recorded_day import RecordedDay, of_csv
from scripts.load.replay.visits import TooFast, visits_of
from tests.support.recorded_days import BUSIEST, START, csv_of_day

DAY = of_csv(csv_of_day(), START)


@given(st.integers(20, 2000), st.floats(600, 86_400))
@settings(max_examples=25, deadline=None)
def test_the_fullest_moment_has_as_many_as_the_plan(connections: int, seconds: float) -> None:
    visits = visits_of(DAY, connections, seconds, 1.0)
    assert 0.9 * connections <= visits.most_open() <= connections


def test_arrivals_lengths_and_rates_are_those_of_the_day() -> None:
    visits = visits_of(DAY, 500, 2400.0, 4 * DAY.rate)
    of_hour, _ = np.histogram(visits.arrivals, 24, (0, 2400.0))
    np.testing.assert_allclose(of_hour / of_hour.sum(), DAY.opened / DAY.opened.sum(), atol=0.01)
    assert of_hour.argmax() == BUSIEST
    shrunk = 86_400 / 2400
    for share in (0.25, 0.75):
        recorded = DAY.length_at(share) / shrunk
        assert np.quantile(visits.lengths, share) == pytest.approx(recorded, rel=0.01)
    np.testing.assert_allclose(visits.rates, 4 * DAY.rates)


def test_who_stays_beyond_midnight_is_there_at_the_beginning() -> None:
    late = RecordedDay(
        opened=np.eye(24)[23] * 100, open_seconds=np.ones(24), messages=np.ones(24),
        message_bytes=24.0, lengths=of_csv(csv_of_day(), START).lengths * 0 + 0,
    )  # fmt: skip
    lengths = late.lengths.copy()
    lengths[470] = 100  # about three hours
    night = RecordedDay(late.opened, late.open_seconds, late.messages, 24.0, lengths)
    visits = visits_of(night, 50, 2400.0, 1.0)
    assert len(visits.initial) == len(visits.arrivals)
    assert visits.initial.max() < 2400


def test_a_day_that_would_come_too_fast_says_how_long_it_needs() -> None:
    with pytest.raises(TooFast, match="use --duration"):
        visits_of(DAY, 5000, 60.0, 1.0)
