"""What one session adds to a minute is cut to the settings' bound; less than that never."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bounds.amounts import amounts_of
from ingest.bounds.session_bound import SAMPLE_RATE, SessionBound, SessionUse, thinned
from ingest.http.arrivals import Arrivals
from models.raw.client_reports import ClientReport
from settings import Settings
from tests.support.clock import NOON
from tests.support.store.report_factory import report

BOUND = SessionBound(Settings(), Arrivals())
AT = NOON.timestamp()
counts = st.integers(0, 10**9)


def bounded(
    a_report: ClientReport, use: SessionUse | None = None, at: float = AT
) -> tuple[ClientReport, list[str]]:
    passed, amounts, cut = BOUND.apply(a_report, use or SessionUse(), at)
    assert amounts == amounts_of(passed)
    return passed, list(cut)


def test_a_usual_report_stays_as_it_is() -> None:
    usual = report((20.0,) * 500, sent=9_000, attempts=30, sample_rate=0.5)
    assert bounded(usual) == (usual, [])


def test_more_than_a_minutes_worth_is_cut_in_proportion() -> None:
    heavy = report(
        latency_buckets=(100, 300), latency_counts=(3 * 10**8, 10**8), latency_sum_us=4 * 10**12,
        sent=10**9, errors=10**8, attempts=10**9, opened=10**9 // 2, failed=10**9 // 2,
        lost=10**6, ended_by_server=10**6, drops=2 * 10**6, close_codes={"1006": 10**6},
    )  # fmt: skip
    passed, cut = bounded(heavy)
    assert cut == ["durations", "messages", "connections"]
    assert sum(passed.latency_counts) <= 7_500 < sum(passed.latency_counts) + 10
    assert abs(passed.latency_counts[0] - 3 * passed.latency_counts[1]) <= 3
    assert (passed.sent, passed.errors) == pytest.approx((75_000, 7_500), abs=1)
    assert (passed.attempts, passed.opened) == pytest.approx((1_500, 750), abs=1)
    assert passed.drops == (passed.lost or 0) + (passed.ended_by_server or 0)


def test_the_weight_of_a_sampled_session_is_bounded() -> None:
    passed, cut = bounded(report(sample_rate=1e-6, drops=10**9))
    assert passed.sample_rate == 1 / 1000
    assert cut == [SAMPLE_RATE, "connections"]
    assert passed.drops * 1000 <= 1_500


def test_many_reports_of_a_session_share_the_bound() -> None:
    use, busy = SessionUse(), report((5.0,) * 6_000)
    sums = [sum(bounded(busy, use)[0].latency_counts) for _ in range(80)]
    assert sums[:60] == [6_000] * 60
    assert sum(sums[60:]) == 0
    later, cut = bounded(busy, use, AT + 120)
    assert (sum(later.latency_counts), cut) == (6_000, [])


def test_the_bound_of_a_session_holds_over_all_workers_of_a_node() -> None:
    buckets, busy = Arrivals(), report((5.0,) * 6_000)
    workers = [(SessionBound(Settings(), buckets), SessionUse()) for _ in range(4)]
    total = sum(
        sum(bound.apply(busy, use, AT)[0].latency_counts)
        for _ in range(80)
        for bound, use in workers
    )
    # What each worker counts by itself comes on top, once.
    assert 60 * 6_000 <= total <= (60 + 2 * len(workers)) * 6_000
    assert not any(bound.apply(busy, use, AT)[1].durations for bound, use in workers)


def test_a_long_period_has_room_for_more() -> None:
    hour = {"period_start": NOON - timedelta(hours=1), "period_end": NOON}
    assert bounded(report((5.0,) * 300_000, **hour))[1] == []


def test_without_limits_only_the_weight_is_bounded() -> None:
    free = SessionBound(
        Settings(
            metrics_session_durations=0, metrics_session_messages=0, metrics_session_connections=0
        ),
        Arrivals(),
    )
    heavy = report(attempts=10**9, sent=10**9)
    assert free.apply(heavy, SessionUse(), AT)[0] == heavy


@given(st.lists(counts, max_size=20), st.floats(0, 1))
def test_thinning_never_adds(values: list[int], part: float) -> None:
    thin = thinned(values, part)
    assert all(after >= 0 for after in thin)
    assert sum(thin) == int(sum(values) * part)


@given(
    counts, counts, counts, st.floats(1e-6, 1), st.integers(0, 3600), st.lists(counts, max_size=8)
)
def test_no_report_exceeds_the_bound(
    sent: int, attempts: int, lost: int, rate: float, seconds: int, values: list[int]
) -> None:
    passed, _ = bounded(
        report(
            sent=sent, attempts=attempts, lost=lost, ended_by_server=0, drops=lost,
            sample_rate=rate, period_start=NOON - timedelta(seconds=seconds), period_end=NOON,
            reply_buckets=tuple(range(len(values))), reply_counts=tuple(values), reply_sum_us=1,
        )
    )  # fmt: skip
    minutes = seconds / 60 + 1 + 1e-9
    amounts = amounts_of(passed)
    assert amounts.durations <= 6_000 * minutes
    assert amounts.messages <= 60_000 * minutes
    assert amounts.connections <= 1_200 * minutes
