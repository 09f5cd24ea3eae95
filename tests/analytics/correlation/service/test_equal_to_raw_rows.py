"""Sessions are compared as pandas does it from raw rows, for random ranges and filters."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.correlation.persession.strata import length_bands
from analytics.correlation.results import Correlations, Estimate
from analytics.correlation.service.reports import CorrelationReports
from analytics.correlation.sessions.making import SessionSummaries
from analytics.ranges.timerange import Filters, TimeRange
from models.database.engine import Database
from models.metrics.dimensions import SEGMENTS
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.session_truth import expected_sessions, random_reports

DAY = timedelta(days=1)
MONTH = 14  # days with sessions
HOUR_MS, MINUTE_MS, LEAST_MS = 3_600_000.0, 60_000.0, 10_000.0
SELECTED = "drops_per_hour~interactions_per_minute"
BINS = (-np.inf, 0, 1, 2, 5, np.inf)
SELECTIONS = (
    Filters(), Filters(app="portal"), Filters(country="BR"), Filters(app="kiosk", release="1"),
    Filters(browser="unknown"),
)  # fmt: skip
ENOUGH = 200  # sessions, of which most pairs have figures
TIED = 3e-3  # values within 0.024 % of each other tie
ON_DATABASE = settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
windows = st.builds(
    lambda first, hours: TimeRange(NOON - timedelta(hours=first), NOON - timedelta(hours=hours)),
    st.integers(9 * 24, 15 * 24), st.integers(0, 30),
)  # fmt: skip


def store(database: Database, sessions: int) -> None:
    """Sessions of fourteen days, so many each two days, summed up."""
    for number in range(MONTH // 2):
        until = NOON - 2 * number * DAY
        ClientReports(database).insert(random_reports(number, until, sessions))
    summaries = SessionSummaries(database, lambda _: None)
    while summaries.sum_up(NOON):
        pass


def per_session(table: pd.DataFrame) -> pd.DataFrame:
    """Both sides of the pairs of sessions."""

    def ratio(above: "pd.Series[float]", below: str, least: float) -> "pd.Series[float]":
        return above / table[below].where(table[below] >= least)

    return pd.DataFrame(
        {
            "latency_p95_ms": table.latency_p95_ms.where(table.latency_n >= 5),
            "error_rate": ratio(100 * table.errors, "messages", 1),
            "drops_per_hour": ratio(HOUR_MS * table.drops, "open_ms", LEAST_MS),
            "without_connection": ratio(100 * table.without_connection_ms, "judged_ms", LEAST_MS),
            "ux_errors_per_hour": ratio(HOUR_MS * table.ux_errors, "visible_ms", LEAST_MS),
            "interactions_per_minute": ratio(
                MINUTE_MS * table.interactions, "visible_ms", LEAST_MS
            ),
            **{
                name: table[name]
                for name in (
                    "setup_p95_ms",
                    "longest_silence_ms",
                    "page_load_ms",
                    "lcp_ms",
                    "inp_ms",
                    "cls",
                )
            },
        }
    ).astype(float)


def matching(table: pd.DataFrame, filters: Filters) -> "pd.Series[bool]":
    """Which rows have the values of the filters."""
    result = pd.Series(True, index=table.index)
    for name, value in filters.active().items():
        result &= table[name].fillna("unknown") == value
    return result


def coefficient(both: pd.DataFrame) -> float:
    return float(both.corr().iloc[0, 1])


def assert_per_session(result: Correlations, table: pd.DataFrame) -> int:
    """How many pairs have a coefficient among equals."""
    sides = per_session(table)
    band = pd.Series(length_bands(table.length_ms.to_numpy(dtype=np.float64)), table.index)
    stratum = table.groupby([*SEGMENTS, band]).ngroup()
    ranks, among_equals = sides.rank(), 0
    for pair in result.pairs:
        view, both = pair.per_session, ranks[[pair.x.key, pair.y.key]].dropna()
        assert view.n == len(both), pair.key
        if view.touched is not None:
            assert view.touched.value == pytest.approx(touched(sides, table, pair.key))
        if view.pooled is not None:
            assert view.pooled.value == pytest.approx(coefficient(both), abs=TIED), pair.key
        if view.within is not None:
            centred = both - both.groupby(stratum).transform("mean")
            assert view.within.value == pytest.approx(coefficient(centred), abs=TIED), pair.key
            among_equals += 1
    return among_equals


def touched(sides: pd.DataFrame, table: pd.DataFrame, key: str) -> float:
    x = sides[key.split("~", maxsplit=1)[0]].dropna()
    weight = table.weight.astype(float)[x.index]
    limit = 200.0 if x.name == "latency_p95_ms" else 0.0
    return float(weight[x > limit].sum() / weight.sum())


def assert_doses(result: Correlations, table: pd.DataFrame) -> None:
    """The means of the selected pair by how often sessions dropped."""
    pair = result.pair(SELECTED)
    assert pair is not None
    if (dose := pair.per_session.dose) is None:
        return
    both = per_session(table)[["drops_per_hour", "interactions_per_minute"]].dropna()
    bins = pd.cut(table.drops[both.index].astype(float), BINS, labels=False)
    means = both.interactions_per_minute.groupby(bins).mean()
    for number, each in enumerate(dose.bins):
        assert each.sessions == (bins == number).sum()
        if isinstance(each.outcome, Estimate):
            assert each.outcome.value == pytest.approx(means[number])


@pytest.fixture
def sessions(database: Database) -> pd.DataFrame:
    store(database, 70)
    return expected_sessions(database)


@ON_DATABASE
@given(windows, st.sampled_from(SELECTIONS))
def test_sessions_of_a_range_are_compared_as_pandas_does(
    database: Database, sessions: pd.DataFrame, window: TimeRange, filters: Filters
) -> None:
    result = CorrelationReports(database).read(window, filters, SELECTED)
    start = sessions.start.astype(int)
    inside = (start >= window.start.timestamp()) & (start < window.end.timestamp())
    table = sessions[inside & matching(sessions, filters)]
    assert result.sessions == len(table)
    among_equals = assert_per_session(result, table)
    assert among_equals > 5 or len(table) < ENOUGH
    assert_doses(result, table)
