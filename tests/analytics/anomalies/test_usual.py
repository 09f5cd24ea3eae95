"""The usual range of longer steps: within what its parts allow, as wide as deviations add up."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.anomalies import naming
from analytics.anomalies.usual import UsualValue, added_up, usual_ranges
from models.anomalies.usual import BandSums
from tests.support.clock import NOON

EDGES = [NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2)]
DROPS = ("client", "drops")
shares = st.floats(0, 1, allow_subnormal=False)
steps = st.lists(st.tuples(shares, shares, st.integers(1, 1000)), min_size=10, max_size=12)


def sums(
    app: str, metric: str, rows: list[tuple[float, float, int]], number: int = 0,
    source: str = "client",
) -> BandSums:  # fmt: skip
    """Of steps as (low, high, n); the middle is expected."""
    columns = [((low + high) / 2, low, high, (high - low) / 2) for low, high, _ in rows]
    counts = [n for *_, n in rows]
    plain = [sum(row[index] for row in columns) for index in range(3)]
    plain += [sum(row[3] ** 2 for row in columns)] * 2
    pairs = list(zip(columns, counts, strict=True))
    weighted = [sum(row[index] * n for row, n in pairs) for index in range(3)]
    weighted += [sum((row[3] * n) ** 2 for row, n in pairs)] * 2
    return BandSums(source, app, metric, number, 300, len(rows), len(rows), sum(counts), *plain,
                    *weighted)  # fmt: skip


@settings(max_examples=30)
@given(steps, steps)
def test_the_range_of_a_longer_step_is_within_the_bounds_of_its_parts(
    portal: list[tuple[float, float, int]], kiosk: list[tuple[float, float, int]]
) -> None:
    ordered = [[(min(a, b), max(a, b), n) for a, b, n in rows] for rows in (portal, kiosk)]
    for metric, is_weighted in ("drops", False), ("stability", True):
        rows = [sums(app, metric, of_app)
                for app, of_app in zip(("portal", "kiosk"), ordered, strict=True)]  # fmt: skip
        usual = usual_ranges([("client", metric)], EDGES, rows, ())["client", metric].steps[NOON]
        values = [row for of_app in ordered for row in of_app]
        total = sum(n for *_, n in values) if is_weighted else 1
        low, high = (
            sum(row[at] * (row[2] if is_weighted else 1) for row in values) / total for at in (0, 1)
        )
        assert low - 1e-9 <= usual.low <= usual.expected <= usual.high <= high + 1e-9


def test_the_range_of_a_sum_holds_sums_of_independent_deviations_and_is_narrow() -> None:
    deviations = np.random.default_rng(4).normal(size=(20_000, 12)).sum(axis=1)
    usual = added_up([UsualValue(10.0, 10.0 - 3.5, 10.0 + 3.5)] * 12)
    outside = (deviations + 120.0 < usual.low) | (deviations + 120.0 > usual.high)
    assert outside.mean() < 0.001
    assert usual.high - usual.low < (12 * 2 * 3.5) / 2.5


def test_no_sum_of_rare_events_is_below_its_range() -> None:
    """Where nothing can be below 0, the bound above says how far values vary."""
    assert added_up([UsualValue(0.02, 0.0, 2.0)] * 12).low == 0.0
    assert added_up([UsualValue(7.0, 4.0, 12.0)]) == UsualValue(7.0, 4.0, 12.0)


def test_a_step_without_its_band_or_with_an_app_that_learns_has_no_range() -> None:
    rows = [(10.0, 20.0, 5)] * 12
    short = sums("portal", "drops", rows[:6])
    assert usual_ranges([DROPS], EDGES, [short], ()) == {}
    learning = BandSums("client", "kiosk", "drops", 0, 300, 12, 0, 0, *(0.0,) * 10)
    judged = sums("portal", "drops", rows)
    assert usual_ranges([DROPS], EDGES, [judged, learning], ()) == {}
    assert usual_ranges([DROPS], EDGES, [judged], ())[DROPS].over_range is not None


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("active", 60.0), ("memory_bytes", 45.0)],
)
def test_gauges_of_servers_are_averaged_over_time_and_but_of_processes_added_over_apps(
    metric: str, expected: float
) -> None:
    levels = {"portal": 10.0, "kiosk": 30.0}
    of_apps = [
        sums(app, metric, [(level, level * 2, 0)] * 12, number, "server")
        for number in (0, 1)
        for app, level in levels.items()
    ]
    usual = usual_ranges([("server", metric)], EDGES, of_apps, ())["server", metric]
    assert usual.over_range is not None
    for each in (usual.steps[NOON], usual.last, usual.over_range):
        assert each is not None
        assert each.expected == pytest.approx(expected)
        assert expected * 2 / 3 < each.low < expected < each.high < expected * 4 / 3


def test_metrics_are_called_as_everywhere() -> None:
    assert naming.label_of("client", "latency_ms") == "Round trip p95"
    assert naming.label_of("server", "gone_since") == "gone_since"
    assert naming.slice_text({"release": "2.4.1", "country": "BR"}) == "release 2.4.1, Brazil"
    assert naming.statistic_of("server", "latency") == "p95"
    series = naming.series_of("server", "active")
    assert series is not None
    assert series.name == "active_connections"
