"""A session adds no more time than its periods cover; what can be is never cut: in any order, with
losses, sent again, by several workers."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bounds.report_bounds import ReportBounds
from ingest.bounds.session_time import (
    CREDIT_SECONDS,
    MOST_ENDPOINTS,
    MOST_INTERVALS,
    TIME,
    Times,
    bounded,
    covered,
)
from ingest.http.problems import SenderSetAside
from models.raw.client_reports import BoundedReport, ClientReport
from settings import Settings
from tests.ingest.bounds.test_shared_loads import Recorded
from tests.support.clock import NOON
from tests.support.store.report_factory import report

SESSION = UUID(int=9)
HERE = {"REMOTE_ADDR": "127.0.0.1"}
seconds = st.integers(0, 60)
spans = st.tuples(st.integers(0, 9999), st.integers(0, 900)).map(lambda s: (s[0], s[0] + s[1]))


def a_report(start: float, end: float, endpoint: str | None = "/ws", **fields: Any) -> ClientReport:
    """A report whose period lies so many seconds after noon; open all the time by default."""
    return report(
        session_id=SESSION, endpoint=endpoint, period_start=NOON + timedelta(seconds=start),
        period_end=NOON + timedelta(seconds=end),
        **({"open_ms": round(1000 * (end - start))} | fields),
    )  # fmt: skip


def seconds_of(reports: Sequence[ClientReport]) -> float:
    """The time of what passes of reports, in their order."""
    times: Times = ()
    total = 0.0
    for each in reports:
        passed, times, _ = bounded(each, times)
        total += passed.open_ms + passed.downtime_ms + (passed.silent_ms or 0)
    return total / 1000


@given(st.data())
def test_a_valid_sequence_in_any_order_with_losses_is_not_cut(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(seconds, max_size=30), label="periods")
    ends = list(itertools.accumulate(lengths))
    reports = [
        a_report(end - length, end, open_ms=1000 * length - down, downtime_ms=down)
        for end, length in zip(ends, lengths, strict=True)
        for down in (data.draw(st.integers(0, 1000 * length)),)
    ]
    times: Times = ()
    for each in data.draw(st.permutations(reports), label="order")[len(reports) // 4 :]:
        passed, times, is_cut = bounded(each, times)
        assert (passed, is_cut) == (each, False)


@given(st.lists(st.integers(0, 11), unique=True))
def test_hours_that_come_late_are_not_cut(hours: list[int]) -> None:
    late = [a_report(-3600 * (hour + 1), -3600 * hour) for hour in sorted(hours, reverse=True)]
    assert seconds_of(late) == 3600 * len(late)


@given(st.lists(spans, max_size=40), st.integers(1, 10**7))
def test_no_sequence_adds_more_than_its_periods_cover(
    periods: list[tuple[int, int]], open_ms: int
) -> None:
    total = seconds_of([a_report(*period, open_ms=open_ms) for period in periods])
    span = max((end for _, end in periods), default=0) - min((s for s, _ in periods), default=0)
    assert total <= 2 * span + CREDIT_SECONDS + 1e-6


def test_the_same_hour_over_and_over_brings_an_hour() -> None:
    again = [a_report(-3600, 0, open_ms=0, downtime_ms=3_600_000) for _ in range(500)]
    assert seconds_of(again) == pytest.approx(3600 + CREDIT_SECONDS, abs=1)


def test_periods_of_no_length_bring_the_credit_once() -> None:
    moments = [a_report(0, 0, open_ms=60_000) for _ in range(500)]
    assert seconds_of(moments) == pytest.approx(CREDIT_SECONDS, abs=1)


def test_silence_that_no_time_explains_is_cut() -> None:
    silent = a_report(0, 15, lost=1, drops=1, silent_ms=86_400_000)
    passed, _, is_cut = bounded(silent, ())
    assert is_cut
    assert isinstance(passed, BoundedReport)
    assert (passed.silent_ms or 0) + passed.open_ms <= 1000 * (30 + CREDIT_SECONDS)
    assert bounded(a_report(0, 15, lost=1, drops=1, silent_ms=600_000), ()).is_cut is False


def test_endpoints_have_time_of_their_own_up_to_a_bound() -> None:
    named = [a_report(0, 60, f"/{number}") for number in range(MOST_ENDPOINTS + 5)]
    assert seconds_of(named) == 60 * MOST_ENDPOINTS


def test_made_up_intervals_do_not_have_old_ones_forgotten() -> None:
    scattered = [a_report(1000 * n, 1000 * n + 1) for n in range(MOST_INTERVALS + 3)]
    times: Times = ()
    for each in scattered:
        times = bounded(each, times).times
    again = seconds_of([*scattered, *[a_report(0, 1, open_ms=1000)] * 5000])
    assert again <= 2 * len(scattered) + CREDIT_SECONDS + 1
    assert len(times[0][2]) == MOST_INTERVALS


@given(st.lists(spans, max_size=MOST_INTERVALS), spans)
def test_intervals_stay_disjoint_and_in_order(
    periods: list[tuple[int, int]], last: tuple[int, int]
) -> None:
    intervals: tuple[tuple[float, float], ...] = ()
    for start, end in (*periods, last):
        added, gaps, intervals = covered(intervals, start, end)
        assert 0 <= added <= end - start
        assert gaps >= 0
    assert all(a[1] < b[0] for a, b in itertools.pairwise(intervals))
    assert any(start <= last[0] and last[1] <= end for start, end in intervals)


def test_reports_that_were_not_stored_come_again_uncut() -> None:
    bounds, hours = ReportBounds(Settings(), Recorded()), [a_report(-3600, 0)]
    for _ in range(5):
        assert bounds.apply(HERE, hours, NOON) == (hours, [])
        bounds.forget_times(hours)
    away = {"REMOTE_ADDR": "203.0.113.9"}
    for _ in range(5):
        with pytest.raises(SenderSetAside):
            bounds.apply(away, [*hours, *(report() for _ in range(101))], NOON)
    assert bounds.apply(HERE, hours, NOON)[1] == []


def test_what_is_cut_is_named_by_its_report() -> None:
    bounds = ReportBounds(Settings(), Recorded())
    passed, cut = bounds.apply(HERE, [a_report(0, 60), *[a_report(0, 0, open_ms=10**6)] * 2], NOON)
    assert [each.name for each in cut] == [TIME] * len(cut)
    assert {each.number for each in cut} == {1, 2}
    assert passed[0].open_ms == 60_000


def test_recoveries_weigh_as_connections() -> None:
    bounds = ReportBounds(Settings(), Recorded())
    many = [report(session_id=SESSION, recovery_ms=(86_400_000,) * 100) for _ in range(900)]
    passed, cut = bounds.apply(HERE, many, NOON)
    assert sum(len(each.recovery_ms) for each in passed) <= 62 * 1_200
    assert {each.name for each in cut} == {"connections"}
