"""The engine answers of servers what plain Python counts from the samples."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.query.arrays import Arrays, Floats
from analytics.query.engine import Engine
from analytics.query.formula import Calculation, Formula
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import MINUTE
from analytics.ranges.steps import LADDER
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.metrics.dimensions import SEPARATOR
from models.queries.snapshot import snapshot
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import ServerSample
from tests.analytics.rollups import test_server_rollups as rollups
from tests.support.clock import NOON
from tests.support.store.postgres import truncate_tables

MICROSECOND = timedelta(microseconds=1)
Samples = Sequence[ServerSample]
Total = Callable[[Samples], float]
ZONES = ("UTC", "Asia/Kolkata", "Europe/Berlin")


def length_us(sample: ServerSample) -> int:
    return (sample.period_end - sample.period_start) // MICROSECOND


def covered_ms(samples: Samples) -> float:
    if not samples:
        return 0.0
    first = min(sample.period_start for sample in samples)
    return (max(sample.period_end for sample in samples) - first) / MICROSECOND / 1000


OF_APPS: dict[str, Total] = {
    "opened": lambda rows: sum(r.opened for r in rows),
    "sent": lambda rows: sum(r.sent for r in rows),
    "closes": lambda rows: sum(sum(r.closed.values()) for r in rows),
    "abnormal_closes": lambda rows: sum(r.closed.get("1006/nobody", 0) for r in rows),
    "errors": lambda rows: sum(sum(r.errors.values()) for r in rows),
    "sent_by_type": lambda rows: sum(n for r in rows for n, _ in r.by_type.values()),
    f"closed{SEPARATOR}1000{SEPARATOR}": lambda rows: sum(
        r.closed.get("1000/client", 0) for r in rows
    ),
    "connection_ms": lambda rows: sum(r.active * length_us(r) for r in rows) / 1000,
    "room_ms": lambda rows: sum(r.rooms * length_us(r) for r in rows) / 1000,
    "samples": len,
    "covered_ms": covered_ms,
}
OF_PROCESSES: dict[str, Total] = {
    "process_samples": len,
    "memory_bytes": lambda rows: sum(r.memory_bytes or 0 for r in rows),
    "memory_bytes_n": lambda rows: sum(r.memory_bytes is not None for r in rows),
    "outbox_samples": lambda rows: sum(r.app is None or r.outbox_bytes > 0 for r in rows),
}
TOTALS = OF_APPS | OF_PROCESSES


@pytest.fixture(scope="module")
def stored(database_url: str) -> Iterator[tuple[Database, list[ServerSample]]]:
    """Three days of samples, rolled up, with some of the last minutes stored later."""
    truncate_tables(database_url)
    database = Database(database_url)
    samples = rollups.spread()
    later = [rollups.sample(NOON - MINUTE * m, opened=3, active=2) for m in (0, 1, 2)]
    ServerSamples(database).insert(samples)
    rollups.roll_up(database)
    ServerSamples(database).insert(later)
    yield database, [*samples, *later]
    database.dispose()


@st.composite
def queries(draw: st.DrawFn) -> Query:
    unit = draw(st.sampled_from([1, 60, 3600]))
    ends = draw(st.sets(st.integers(0, 3 * 86400 // unit), min_size=2, max_size=2))
    window = TimeRange(*sorted(NOON - timedelta(seconds=unit * n) for n in ends))
    steps = [None, *(step for step in LADDER if step.points(window) <= 300)]
    names = draw(st.lists(st.sampled_from(sorted(TOTALS)), min_size=1, max_size=6, unique=True))
    durations = draw(st.sampled_from([(), ("latency",), ("latency", "loop_lag")]))
    return Query(
        source=SeriesSource.SERVER,
        metrics=(
            *(Formula(calculation=Calculation.COUNT, numerator=(name,)) for name in names),
            *(Formula(calculation=Calculation.QUANTILE, durations=name) for name in durations),
        ),
        window=window,
        filters=draw(
            st.sampled_from(
                [{}, {"app": ("portal",)}, {"service": ("chat", "none")},
                 {"app": ("portal", "kiosk"), "service": ("chat",)}]
            )
        ),
        group_by=draw(st.sampled_from([(), ("app",), ("service",), ("service", "app")])),
        step=draw(st.sampled_from(steps)),
        zone=draw(st.sampled_from(ZONES)),
    )  # fmt: skip


class Truth:
    """Samples by label set and step: those of apps, and those of any process."""

    def __init__(self, arrays: Arrays, query: Query, samples: Samples) -> None:
        self.arrays, self.query = arrays, query
        self.of_apps = [
            s for s in samples
            if s.app is not None and all(getattr(s, n) in v for n, v in query.filters.items())
        ]  # fmt: skip
        services = query.filters.get("service")
        self.of_processes = [s for s in samples if services is None or s.service in services]

    def expected(self, total: Total, *, is_of_processes: bool) -> list[list[float]]:
        rows = self.of_processes if is_of_processes else self.of_apps
        edges = [*pairwise(self.arrays.grid.edges)]
        return [
            [
                float(total([
                    r for r in rows
                    if start <= r.period_end < end and all(
                        getattr(r, name) == value for name, value in labels.items()
                        if not (is_of_processes and name == "app")
                    )
                ]))
                for start, end in edges
            ]
            for labels in self.arrays.labels
        ]  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(queries())
def test_any_query_is_answered_as_the_samples_add_up(
    stored: tuple[Database, list[ServerSample]], query: Query
) -> None:
    database, samples = stored
    with snapshot(database) as connection:
        engine = Engine(connection)
        plan = engine.plan(query)
        arrays = engine.arrays(plan)
    window = plan.window
    within = [s for s in samples if window.start <= s.period_end < window.end]
    truth = Truth(arrays, query, within)
    counted = {tuple(getattr(s, name) for name in query.group_by) for s in truth.of_apps}
    labels = {tuple(each.values()) for each in arrays.labels}
    assert counted <= labels
    for name in query.sums:
        is_of_processes = name in OF_PROCESSES
        expected = truth.expected(TOTALS[name], is_of_processes=is_of_processes)
        assert arrays.sums[name].tolist() == expected, name
    for name in query.durations:
        assert_durations(arrays.histograms[name].n, truth, name)


def assert_durations(n: Floats, truth: Truth, name: str) -> None:
    def total(rows: Samples) -> float:
        return sum(sum(getattr(r, name).counts.values()) for r in rows)

    assert n.tolist() == truth.expected(total, is_of_processes=name == "loop_lag"), name
