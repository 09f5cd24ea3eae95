"""The engine answers what plain Python counts from the reports: any metrics, filters, groups,
ranges, zones and steps; over changes of the clock, and while rollups are behind."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.query.engine import Engine
from analytics.query.formula import Calculation, Formula
from analytics.query.not_counted import NOT_IN_CUBE, STATE_FIGURES
from analytics.query.plan import Plan
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import HOUR, MINUTE
from analytics.ranges.steps import LADDER
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.metrics.client_columns import COUNTS, HISTOGRAMS, JUDGED
from models.metrics.dimensions import AUTOMATED, ONLY, PAIRS
from models.metrics.grid import Grid
from models.queries.snapshot import snapshot
from models.raw.client_reports import ClientReport
from tests.support.store.postgres import truncate_tables
from tests.support.store.query_truth import AMOUNTS, Truth, value_of
from tests.support.store.report_factory import report, robots_like
from tests.support.store.rollup_truth import roll_up, store
from tests.support.store.state_truth import SILENT, WITHOUT, State, states_of

DAY = timedelta(days=1)
ZONES = ("UTC", "America/Sao_Paulo", "Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe")
VALUES: dict[str, tuple[str | None, ...]] = {
    "country": ("BR", "DE", None), "effective_type": ("4g", "3g", None),
    "browser": ("Chrome 141", "Firefox 140", None), "release": ("r1", "r2", "r29"),
    "page": ("/a", "/b"), "region": ("SP", "BE", None),
}  # fmt: skip
APPS = ("portal", "kiosk", "chat")
OTHER_PAIRS = (("country", "page"), ("effective_type", "browser"))
DIMENSION_SETS = (
    (), *((name,) for name in VALUES if name != "region"), *PAIRS, *PAIRS, *OTHER_PAIRS,
    ("country", "browser", "page"),
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """A store that is rolled up to `rolled_at`, and all its reports: of people, and of robots, by
    the same names of dimensions."""

    database: Database
    reports: list[ClientReport]
    robots: list[ClientReport]
    start: datetime
    end: datetime

    @cached_property
    def states(self) -> list[State]:
        """The states of people's sessions."""
        return [*states_of(self.reports)]

    @cached_property
    def states_of_robots(self) -> list[State]:
        """The states of the sessions of robots."""
        return [*states_of(self.robots)]


def reports_of(start: datetime, days: int, *, number: int = 420) -> list[ClientReport]:
    """Sessions of minutes to a day; on the third day thirty releases."""
    rng = np.random.default_rng(days)
    reports = []
    for session in range(number // 3):
        is_many = session % 4 == 0
        first = start + DAY * 2 + HOUR * 3 if is_many else start
        first += timedelta(seconds=int(rng.integers(86400 * (1 if is_many else days) - 80000)))
        length = int(rng.choice([50, 900, 7000, 79000]))
        fields: dict[str, Any] = {
            name: values[rng.integers(len(values))] for name, values in VALUES.items()
        }
        fields |= {"release": f"r{rng.integers(30)}"} if is_many else {}
        fields |= {"app": APPS[0] if is_many else APPS[rng.integers(3)]}
        for _ in range(3):
            at = first + timedelta(milliseconds=int(rng.integers(length * 1000)))
            reports.append(
                report(
                    tuple(rng.lognormal(3, 1, 3).tolist()),
                    session_id=UUID(int=start.year * 10000 + session), period_end=at,
                    period_start=at - timedelta(milliseconds=int(rng.integers(1, 15000))),
                    sample_rate=float(rng.choice([1.0, 0.5, 0.3, 0.07])),
                    **{name: int(rng.integers(9)) for name in COUNTS if name not in LATER},
                    **(later_fields(rng) if session % 3 else {}),
                    abnormal_closes=int(rng.random() < 0.1),
                    close_codes={"1000": int(rng.integers(3)), "1006": 1},
                    recovery_ms=tuple(rng.integers(0, 9000, 2).tolist()),
                    page_load_ms=(None, int(rng.integers(100, 9000)))[rng.integers(2)],
                    rtt_ms=(None, int(rng.integers(500)))[rng.integers(2)], cls=float(rng.random()),
                    **fields,
                )
            )  # fmt: skip
    return reports


LATER = ("abnormal_closes", *JUDGED)


def later_fields(rng: np.random.Generator) -> dict[str, Any]:
    """What a monitor from 2.0 on tells beside the others."""
    return {
        **{name: int(rng.integers(9)) for name in JUDGED},
        "close_codes_given": (None, {"4000": 2})[rng.integers(2)],
        "open_losses": int(rng.integers(2)), "leaving": (None, True)[rng.integers(2)],
        "reply_buckets": (3, 90), "reply_counts": (1, int(rng.integers(1, 5))),
        "reply_sum_us": int(rng.integers(9999)), "protocol": ("phoenix", None)[rng.integers(2)],
    }  # fmt: skip


def filled(database: Database, start: datetime, days: int) -> Filled:
    """Rolled up in the middle of the last day, with reports of new sessions stored later."""
    store(database, *(reports := reports_of(start, days)), *(robots := robots_like(reports)))
    end = start + DAY * days
    roll_up(database, end - HOUR * 10 + MINUTE * 17)
    later = [
        report((9.0,), period_end=end - HOUR * 10 + MINUTE * 9 * number, drops=3, country="BR",
               open_losses=number % 2,
               session_id=UUID(int=number + 1), sample_rate=0.3)
        for number in range(40)
    ]  # fmt: skip
    later_robots = robots_like(later)
    store(database, *later, *later_robots)
    return Filled(database, reports + later, robots + later_robots, start, end)


# Berlin's clock goes forward on 29 March and back on 25 October, Lord Howe's back on 5 April.
START, DAYS = datetime(2026, 3, 28, tzinfo=UTC), 9
STARTS = {"spring": START, "autumn": datetime(2026, 10, 20, tzinfo=UTC)}


@pytest.fixture(scope="module", params=[*STARTS.values()], ids=[*STARTS])
def store_of(database_url: str, request: pytest.FixtureRequest) -> Iterator[Filled]:
    truncate_tables(database_url)
    database = Database(database_url)
    yield filled(database, request.param, DAYS)
    database.dispose()


def metrics(sums: list[str], durations: list[str]) -> tuple[Formula, ...]:
    return (
        *(Formula(calculation=Calculation.COUNT, numerator=(name,)) for name in sums),
        *(Formula(calculation=Calculation.QUANTILE, durations=name) for name in durations),
    )


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """Any query of the days after `START`; regions are asked for within countries alone."""
    filters: dict[str, tuple[str, ...]] = {}
    groups: list[str] = []
    for name in (*draw(st.sampled_from(DIMENSION_SETS)), *draw(st.sampled_from([(), ("app",)]))):
        use = draw(st.sampled_from(["filter", "group", "both"]))
        values = [value or "unknown" for value in VALUES.get(name, APPS)]
        if use != "group":
            accepted = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
            filters[name] = tuple(accepted)
        if use != "filter":
            groups.insert(draw(st.integers(0, len(groups))), name)
    filters |= draw(st.sampled_from([{}, {}, {}, {AUTOMATED: (ONLY,)}]))
    unit = draw(st.sampled_from([1, 60, 3600, 86400]))
    last = 86400 * DAYS // unit
    ends = draw(
        st.tuples(st.integers(0, last), st.integers(0, last)).filter(lambda m: m[0] != m[1])
    )
    window = TimeRange(*(START + timedelta(seconds=unit * n) for n in sorted(ends)))
    steps = [None, None, *(step for step in LADDER if step.points(window) <= 300)]
    sums = draw(st.lists(st.sampled_from(sorted(AMOUNTS)), min_size=1, max_size=5, unique=True))
    if "region" not in (*filters, *groups):
        sums += draw(st.sampled_from([[], ["sessions", "calm_sessions"], [WITHOUT, SILENT]]))
    return Query(
        source=SeriesSource.CLIENT,
        metrics=metrics(sums, draw(st.lists(st.sampled_from(HISTOGRAMS), max_size=2, unique=True))),
        window=window,
        filters=filters,
        group_by=tuple(groups),
        step=draw(st.sampled_from(steps)),
        zone=draw(st.sampled_from(ZONES)),
    )


def assert_answered(of: Filled, query: Query) -> Plan:
    with snapshot(of.database) as connection:
        engine = Engine(connection)
        plan = engine.plan(query)
        arrays, totals = engine.arrays(plan), engine.arrays(plan.over_range())
    reports = of.robots if query.is_automated else of.reports
    truth = Truth(plan, reports)
    truth.compare(arrays)
    if "sessions" in query.sums:
        truth.compare_sessions(arrays, reports, distinct=plan.counts_distinct)
    if WITHOUT in arrays.sums:
        truth.compare_states(arrays, of.states_of_robots if query.is_automated else of.states)
    else:
        assert WITHOUT not in query.sums or WITHOUT in plan.not_counted
    for name in arrays.sums.keys() & AMOUNTS.keys():
        assert totals.sums[name].sum() == arrays.sums[name].sum(), name
    for name, histograms in arrays.histograms.items():
        for part in ("counts", "n", "sums_us"):
            over_range, per_step = getattr(totals.histograms[name], part), getattr(histograms, part)
            assert np.array_equal(over_range.sum(axis=(0, 1)), per_step.sum(axis=(0, 1))), name
    if plan.resolution.cells != "cube":
        assert {*query.sums} <= arrays.sums.keys() | plan.not_counted.keys()
        assert {*query.durations} <= arrays.histograms.keys()
    else:
        assert plan.not_counted
        assert query.sums == () or {*query.sums} & {*COUNTS} <= arrays.sums.keys()
    return plan


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(queries())
def test_any_query_is_answered_as_the_reports_add_up(store_of: Filled, query: Query) -> None:
    later = store_of.start - START
    window = TimeRange(query.window.start + later, query.window.end + later)
    assert_answered(store_of, replace(query, window=window))


def test_pairs_of_rare_values_are_other_and_nothing_is_lost(store_of: Filled) -> None:
    many = TimeRange(store_of.start, store_of.start + DAY * 6)
    query = Query(
        source=SeriesSource.CLIENT, metrics=metrics(["drops", "sent"], ["latency"]), window=many,
        group_by=("country", "release"),
    )  # fmt: skip
    plan = assert_answered(store_of, query)
    assert plan.pieces.days == [(many.start, many.end)]
    with snapshot(store_of.database) as connection:
        labels = Engine(connection).arrays(plan).labels
    assert "other" in {each["release"] for each in labels}
    rare = assert_answered(store_of, replace(query, group_by=(), filters=RARE))
    assert (rare.resolution.cells, {*rare.not_counted} - {*STATE_FIGURES}) == (
        "cube",
        {*NOT_IN_CUBE},
    )


RARE = {"country": ("BR",), "release": tuple(f"r{number}" for number in range(30))}


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 86400 * 2), st.sampled_from([(), ("app",), ("country",), ("country", "page")]),
    st.integers(1, 60), st.sampled_from([{}, {"app": ("portal", "kiosk")}]),
)  # fmt: skip
def test_sessions_of_rules_count_by_their_last_report(
    store_of: Filled, seconds: int, groups: tuple[str, ...], steps: int, filters: dict[str, Any]
) -> None:
    start = store_of.end - DAY * 2 + timedelta(seconds=seconds)
    grid = Grid.uniform(start, 60, 60)
    query = Query(
        source=SeriesSource.CLIENT, metrics=metrics(["sessions", "calm_sessions", "sent"], []),
        window=TimeRange(grid.start, grid.end), group_by=groups, filters=filters, grid=grid,
        is_live=True,
    )  # fmt: skip
    plan = assert_read_live(store_of, query, steps)
    assert plan.grid == grid


def assert_read_live(of: Filled, query: Query, steps: int) -> Plan:
    """The sums over the last `steps` steps, which are a window of a rule."""
    with snapshot(of.database) as connection:
        engine = Engine(connection)
        plan = engine.plan(query)
        arrays = engine.arrays(plan)
    Truth(plan, of.reports).compare(arrays)
    since = query.window.end - MINUTE * steps
    of_window = [
        r for r in of.reports
        if since <= r.period_end < query.window.end
        and all(value_of(r, name) in values for name, values in query.filters.items())
    ]  # fmt: skip
    sessions: dict[Any, set[UUID]] = {}
    abnormal: dict[Any, set[UUID]] = {}
    for each in of_window:
        key = tuple(value_of(each, name) for name in query.group_by)
        sessions.setdefault(key, set()).add(each.session_id)
        if each.abnormal_closes:
            abnormal.setdefault(key, set()).add(each.session_id)
    for labels, started, calm in zip(
        arrays.labels, arrays.sums["sessions"], arrays.sums["calm_sessions"], strict=True
    ):
        key = tuple(labels.values())
        expected = len(sessions.pop(key, ())), len(abnormal.get(key, ()))
        assert (started[-steps:].sum(), (started - calm)[-steps:].sum()) == expected
    assert not sessions
    return plan
