"""The usual range of longer steps: what is within all of its parts is within the sum of them."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.anomalies import naming
from analytics.anomalies.usual import UsualValue, usual_ranges
from models.anomalies.usual import BandSums
from tests.support.clock import NOON

EDGES = [NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2)]
DROPS = ("client", "drops")
shares = st.floats(0, 1, allow_subnormal=False)
steps = st.lists(st.tuples(shares, shares, shares, st.integers(1, 1000)), min_size=10, max_size=12)


def sums(
    app: str, metric: str, rows: list[tuple[float, float, int]], number: int = 0,
    source: str = "client",
) -> BandSums:  # fmt: skip
    """Of steps as (low, high, n); the middle is expected."""
    triples = [((low + high) / 2, low, high, n) for low, high, n in rows]
    plain = [sum(row[index] for row in triples) for index in range(3)]
    weighted = [sum(row[index] * row[3] for row in triples) for index in range(3)]
    return BandSums(source, app, metric, number, 300, len(rows), len(rows), sum(r[2] for r in rows),
                    *plain, *weighted)  # fmt: skip


def _ordered(first: float, second: float, third: float, n: int) -> tuple[float, float, float, int]:
    low, middle, high = sorted((first, second, third))
    return low, middle, high, n


@settings(max_examples=30)
@given(steps, steps)
def test_values_within_all_steps_are_within_the_longer_step(
    portal: list[tuple[float, float, float, int]], kiosk: list[tuple[float, float, float, int]]
) -> None:
    ordered = [[_ordered(*row) for row in rows] for rows in (portal, kiosk)]
    for metric, is_weighted in ("drops", False), ("stability", True):
        rows = [sums(app, metric, [(low, high, n) for low, _, high, n in of_app])
                for app, of_app in zip(("portal", "kiosk"), ordered, strict=True)]  # fmt: skip
        usual = usual_ranges([("client", metric)], EDGES, rows, ())["client", metric].steps[NOON]
        values = [(value, n) for of_app in ordered for _, value, _, n in of_app]
        total = sum(value * n if is_weighted else value for value, n in values)
        value = total / sum(n for _, n in values) if is_weighted else total
        assert usual.low - 1e-9 <= value <= usual.high + 1e-9


def test_a_step_without_its_band_or_with_an_app_that_learns_has_no_range() -> None:
    rows = [(10.0, 20.0, 5)] * 12
    short = sums("portal", "drops", rows[:6])
    assert usual_ranges([DROPS], EDGES, [short], ()) == {}
    learning = BandSums("client", "kiosk", "drops", 0, 300, 12, 0, 0, *(0.0,) * 6)
    judged = sums("portal", "drops", rows)
    assert usual_ranges([DROPS], EDGES, [judged, learning], ()) == {}
    assert usual_ranges([DROPS], EDGES, [judged], ())[DROPS].over_range is not None


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("active", UsualValue(60.0, 40.0, 80.0)), ("memory_bytes", UsualValue(45.0, 30.0, 60.0))],
)
def test_gauges_of_servers_are_averaged_over_time_and_but_of_processes_added_over_apps(
    metric: str, expected: UsualValue
) -> None:
    levels = {"portal": 10.0, "kiosk": 30.0}
    of_apps = [
        sums(app, metric, [(level, level * 2, 0)] * 12, number, "server")
        for number in (0, 1)
        for app, level in levels.items()
    ]
    usual = usual_ranges([("server", metric)], EDGES, of_apps, ())["server", metric]
    assert usual.steps[NOON] == usual.last == usual.over_range == expected


def test_metrics_are_called_as_everywhere() -> None:
    assert naming.label_of("client", "latency_ms") == "Round trip p95"
    assert naming.label_of("server", "gone_since") == "gone_since"
    assert naming.slice_text({"release": "2.4.1", "country": "BR"}) == "release 2.4.1, Brazil"
    assert naming.statistic_of("server", "latency") == "p95"
    series = naming.series_of("server", "active")
    assert series is not None
    assert series.name == "active_connections"
