"""Merged intervals contain the same instants, in order, with more than the gap between them."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.metrics.intervals import Interval, merged
from tests.support.clock import NOON

moments = st.integers(0, 200).map(lambda minutes: NOON + timedelta(minutes=minutes))
intervals = st.tuples(moments, moments).map(lambda ends: (min(ends), max(ends)))
many = st.lists(intervals, max_size=12)
gaps = st.integers(0, 20).map(lambda minutes: timedelta(minutes=minutes))


def contains(spans: list[Interval], moment: datetime) -> bool:
    return any(start <= moment < end for start, end in spans)


@given(many, moments)
def test_merged_intervals_contain_the_same_instants(
    spans: list[Interval], moment: datetime
) -> None:
    assert contains(merged(spans), moment) == contains(spans, moment)


@given(many, gaps)
def test_intervals_no_further_apart_than_the_gap_are_merged(
    spans: list[Interval], gap: timedelta
) -> None:
    assert all(later[0] - earlier[1] > gap for earlier, later in pairwise(merged(spans, gap)))


@given(many, gaps)
def test_merging_is_idempotent(spans: list[Interval], gap: timedelta) -> None:
    assert merged(merged(spans, gap), gap) == merged(spans, gap)
