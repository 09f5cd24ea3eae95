"""Factories of what the page of correlations draws: all pairs of four weeks, a few of them related,
one explained by the country, one without enough data."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analytics.correlation.measures import EXPOSURES, OUTCOMES, SEED_PAIRS, Measure
from analytics.correlation.results import (
    Correlations,
    Cost,
    CostDay,
    CostOutcome,
    CurveBin,
    Disagreement,
    DoseBin,
    DoseCurve,
    Estimate,
    Pair,
    PairOverTime,
    PairPerSession,
    Scatter,
    Shifts,
    Slope,
    Strength,
    WithinDimension,
)
from analytics.ranges.timerange import TimeRange
from dashboard.client.correlation.core.data import CorrelationData, HourlyRange
from dashboard.client.correlation.core.url_state import CorrelationView
from tests.support.clock import NOON

DAYS, HOURS, SESSIONS, REPORTS = 28, 672, 48_210, 964_200
FORMS = {
    "latency_p95_ms~page_load_ms": (0.41, 0.12), "error_rate~ux_errors_per_hour": (0.63, 0.57),
    "drops_per_hour~interactions_per_minute": (-0.47, -0.38), "latency_p95_ms~inp_ms": (0.74, 0.71),
    "setup_p95_ms~lcp_ms": (0.23, -0.08),
}  # fmt: skip
STRONGEST = "latency_p95_ms~inp_ms"
DIMENSIONS = ("country", "effective_type", "browser", "release")
REASON = "Fewer than 30 independent hours have both sides."


def estimate(value: float, reach: float = 0.08) -> Estimate:
    return Estimate(value=value, low=value - reach, high=value + reach)


def strength_of(value: float) -> Strength:
    size = abs(value)
    if size < 0.1:
        return Strength.NONE
    steps = ((0.3, Strength.WEAK), (0.7, Strength.MODERATE))
    return next((name for bound, name in steps if size < bound), Strength.STRONG)


def over_time(value: float) -> PairOverTime:
    """Hours with this coefficient, a shift of two hours, and points along a line."""
    random = np.random.default_rng(7)
    x = random.normal(0, 40, HOURS)
    y = value * x + random.normal(0, 40 * (1 - value**2) ** 0.5, HOURS)
    start = int((NOON - timedelta(days=DAYS)).timestamp())
    order = np.array_split(np.argsort(x), 10)
    curve = tuple(
        CurveBin(
            x=float(np.median(x[at])), median=float(np.median(y[at])), n=len(at),
            lower=float(np.quantile(y[at], 0.25)), upper=float(np.quantile(y[at], 0.75)),
        )
        for at in order
    )  # fmt: skip
    hours = tuple(range(-12, 13))
    heights = tuple(value * 0.8 ** abs(each - 2) for each in hours)
    return PairOverTime(
        n=HOURS, left_out=32, n_effective=190.0, coefficient=estimate(value),
        pearson=estimate(value * 0.9), p=0.0002, p_adjusted=0.0004, lag_minutes=120,
        slope=Slope(value=3.1, low=2.0, high=4.2, per=10.0, unit="ms per 10 ms"),
        shifts=Shifts(hours=hours, coefficients=heights, chance=0.07),
        scatter=Scatter(at=start + 3600 * np.arange(HOURS), x=x, y=y, curve=curve),
        strength=strength_of(value), sentence="Hours with more of it have more of that.",
    )  # fmt: skip


def per_session(pooled: float, within: float) -> PairPerSession:
    """Sessions with these coefficients over all and among equals, and a dose curve of counts."""
    is_explained = abs(within) < abs(pooled) / 2
    outcomes = [4.1, 3.9, 3.6, 3.2, 2.8]
    bins = tuple(
        DoseBin(
            label=label, least=at, most=at, sessions=SESSIONS // (at + 2) ** 2, share=0.2,
            outcome=estimate(value, 0.1 + 0.1 * at),
            difference=estimate(value - outcomes[0], 0.2 + 0.1 * at) if at else None,
        )
        for at, (label, value) in enumerate(zip(("0", "1", "2", "3–5", "more"), outcomes,
                                                strict=True))
    )  # fmt: skip
    return PairPerSession(
        n=SESSIONS, days=DAYS, n_within=SESSIONS - 800, strata=140, pooled=estimate(pooled, 0.03),
        within=estimate(within, 0.04), p=0.001, p_adjusted=0.004,
        by_dimension=tuple(
            WithinDimension(dimension=name, coefficient=within if name == "country" else pooled)
            for name in DIMENSIONS
        ),
        disagreement=Disagreement.HALF if is_explained else None,
        explained_by="country" if is_explained else None, touched=estimate(0.12, 0.01),
        dose=DoseCurve(bins=bins, is_count=True), strength=strength_of(within),
        sentence="Among equals, sessions with more of it have more of that.",
    )  # fmt: skip


def a_pair(x: Measure, y: Measure) -> Pair:
    """The pair as of `FORMS`, else unrelated; page layout is without enough data."""
    key, is_seed = f"{x.key}~{y.key}", (x.key, y.key) in SEED_PAIRS
    if y.key == "cls":
        return Pair(
            x=x, y=y, over_time=PairOverTime(n=12, left_out=0, reason=REASON),
            per_session=PairPerSession(n=40, days=1, reason="Only one day has both sides."),
            is_seed=is_seed, strength=Strength.NONE, sentence="Not enough data.",
        )  # fmt: skip
    value, within = FORMS.get(key, (0.04, 0.02))
    return Pair(
        x=x, y=y, over_time=over_time(value), per_session=per_session(value, within),
        is_seed=is_seed, strength=strength_of(within),
        sentence=f"When {x.more}, {y.more}: the two are associated with one another.",
    )  # fmt: skip


def a_cost() -> Cost:
    """Of a first drop: fewer interactions; session length within chance; errors refused."""
    days = tuple(
        CostDay(day=(NOON - timedelta(days=DAYS - at)).date(), people=200 + at,
                difference=estimate(-0.7 + 0.02 * at, 0.25))
        for at in range(DAYS)
    )  # fmt: skip
    return Cost(
        people=5_880, sessions=SESSIONS, not_compared=210, minutes_after=10,
        sentence="People who were dropped interacted less in the ten minutes after.",
        outcomes=(
            CostOutcome(
                key="interactions", label="Interactions", unit="per minute",
                total_unit="interactions", people=5_670, dropped=3.2, others=3.9,
                difference=estimate(-0.7, 0.1), relative=estimate(-0.18, 0.03),
                per_day=estimate(-1_417.0, 220.0), days=days,
                sentence="0.7 interactions a minute fewer, 95 % interval 0.6 to 0.8.",
            ),
            CostOutcome(
                key="stay", label="Time left", unit="min", total_unit="min", people=5_670,
                dropped=7.9, others=8.0, difference=estimate(-0.1, 0.3),
                relative=estimate(-0.01, 0.04), per_day=estimate(-20.0, 61.0),
                sentence="No difference beyond chance.",
            ),
            CostOutcome(key="errors", label="Page errors", unit="per hour", total_unit="errors",
                        people=0, reason="No session reported page errors."),
        ),
    )  # fmt: skip


def correlations(**fields: Any) -> Correlations:
    """All pairs, the three of the documentation first; `fields` replace those of the result."""
    pairs = [a_pair(x, y) for x in EXPOSURES for y in OUTCOMES]
    seed = [pair for key in SEED_PAIRS for pair in pairs if (pair.x.key, pair.y.key) == key]
    result = Correlations(
        start=NOON - timedelta(days=DAYS), end=NOON, zone="Europe/Berlin", exposures=EXPOSURES,
        outcomes=OUTCOMES, pairs=(*seed, *(pair for pair in pairs if not pair.is_seed)),
        sessions=SESSIONS, hours=HOURS, strongest=STRONGEST, selected=STRONGEST, cost=a_cost(),
        reports=REPORTS,
    )  # fmt: skip
    return replace(result, **fields)


def refused() -> Correlations:
    """The same range with 40 sessions: nothing can be computed."""
    pairs = tuple(
        Pair(
            x=pair.x, y=pair.y, over_time=PairOverTime(n=12, left_out=0, reason=REASON),
            per_session=PairPerSession(n=40, days=1, reason="Only one day has both sides."),
            is_seed=pair.is_seed, strength=Strength.NONE, sentence="Not enough data.",
        )
        for pair in correlations().pairs
    )  # fmt: skip
    cost = Cost(people=3, sessions=40, not_compared=0, minutes_after=10, outcomes=(),
                reason="Fewer than 30 people were dropped.")  # fmt: skip
    return correlations(pairs=pairs, strongest=None, selected=pairs[0].key, sessions=40, hours=12,
                        cost=cost)  # fmt: skip


def correlation_data(
    result: Correlations | None = None, view: CorrelationView | None = None
) -> CorrelationData:
    """The page's data of a result."""
    result = result or correlations()
    if view is not None and view.pair:
        result = replace(result, selected=view.pair)
    return CorrelationData(
        view=view or CorrelationView(preset="30d", default_preset="30d"),
        window=TimeRange(result.start, result.end), now=NOON, zone=ZoneInfo("UTC"),
        current=HourlyRange(result.start, result.end, result.zone), correlations=result,
    )  # fmt: skip
