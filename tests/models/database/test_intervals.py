"""Intervals joined hold the same instants, in order, with more than the gap between them."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.database.intervals import Interval, condition, joined
from tests.conftest import NOON

moments = st.integers(0, 200).map(lambda minutes: NOON + timedelta(minutes=minutes))
intervals = st.tuples(moments, moments).map(lambda ends: (min(ends), max(ends)))
many = st.lists(intervals, max_size=12)
gaps = st.integers(0, 20).map(lambda minutes: timedelta(minutes=minutes))


def holds(found: list[Interval], moment: datetime) -> bool:
    return any(start <= moment < end for start, end in found)


@given(many, moments)
def test_joined_they_hold_the_same_instants(given: list[Interval], moment: datetime) -> None:
    assert holds(joined(given), moment) == holds(given, moment)


@given(many, gaps)
def test_what_lies_no_further_apart_than_the_gap_is_one(
    given: list[Interval], gap: timedelta
) -> None:
    assert all(other[0] - one[1] > gap for one, other in pairwise(joined(given, gap)))


@given(many, gaps)
def test_joined_again_nothing_changes(given: list[Interval], gap: timedelta) -> None:
    assert joined(joined(given, gap), gap) == joined(given, gap)


def test_no_interval_holds_for_no_row() -> None:
    assert condition([]) == ("(false)", {})
