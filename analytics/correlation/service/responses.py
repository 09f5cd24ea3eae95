"""The answer of the API: every pair in both views, and what a first drop goes with.

The fields of a pair's top level are those over time, the headline; `per_session` is the other view.
"""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from analytics.correlation.results import (
    Correlations,
    Cost,
    CostOutcome,
    DoseBin,
    Estimate,
    Pair,
    PairPerSession,
    Shifts,
    Slope,
)


class IntervalValue(Struct, frozen=True):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class SlopeValue(Struct, frozen=True):
    """How much of y goes with a step of x: `unit` says both, `3.1` `ms per 10 ms`."""

    value: float
    low: float
    high: float
    unit: str


class ShiftValue(Struct, frozen=True):
    """The coefficient with y moved by `hours`, positive: y comes after x."""

    hours: int
    spearman: float | None


class DoseValue(Struct, frozen=True):
    """Sessions that met this much of x (`least` to `most`), their mean of y and its difference to
    the first bin, the reference."""

    label: str
    least: float
    most: float
    sessions: int
    share: float
    outcome: IntervalValue | None
    difference: IntervalValue | None


class PerSession(Struct, frozen=True, kw_only=True):
    """Sessions as points: over all (`pooled`) and `within` equals. `by_dimension` holds equals in
    one dimension alone, of the selected pair and those that disagree; `explained_by` names that
    which explains the difference. `dose` is of the selected pair."""

    n: int
    n_effective: float | None
    days: int
    n_within: int
    strata: int
    pooled: IntervalValue | None
    within: IntervalValue | None
    p_adjusted: float | None
    by_dimension: dict[str, float]
    disagreement: str | None
    explained_by: str | None
    touched: IntervalValue | None
    slope: SlopeValue | None
    dose: Sequence[DoseValue]
    strength: str
    enough_data: bool
    reason: str | None
    sentence: str


class PairResponse(Struct, frozen=True, kw_only=True):
    """One pair. Figures are null without `enough_data`, and `reason` says why."""

    x: str
    y: str
    x_label: str
    y_label: str
    x_unit: str
    y_unit: str
    is_seed: bool
    spearman: float | None
    low: float | None
    high: float | None
    pearson: float | None
    n: int
    n_effective: float | None
    left_out: int
    p_adjusted: float | None
    lag_minutes: int | None
    slope: SlopeValue | None
    shifts: Sequence[ShiftValue]
    chance: float | None
    strength: str
    sentence: str
    enough_data: bool
    reason: str | None
    per_session: PerSession


class CostDayValue(Struct, frozen=True):
    """One day in the zone of the app."""

    day: date
    people: int
    difference: IntervalValue | None


class CostValue(Struct, frozen=True, kw_only=True):
    """What people did after a first drop against equals of the same age without one; `per_day` is
    the difference times the people of a day, in `total_unit`."""

    outcome: str
    label: str
    unit: str
    total_unit: str
    people: int
    dropped: float | None
    others: float | None
    difference: IntervalValue | None
    relative: IntervalValue | None
    per_day: IntervalValue | None
    days: Sequence[CostDayValue]
    enough_data: bool
    reason: str | None
    sentence: str


class CostResponse(Struct, frozen=True, kw_only=True):
    """What a first drop goes with in the `minutes_after` it."""

    people: int
    sessions: int
    not_compared: int
    minutes_after: int
    outcomes: Sequence[CostValue]
    reason: str | None
    sentence: str


class UxCorrelation(Struct, frozen=True, kw_only=True):
    """All pairs of [`start`, `end`), the three of the documentation first. `mark` is the
    documentation's 70 %; `zone` is that whose hours of the week are compared. `sessions` are those
    that were read, `read_share` of all in the range: below 1 they were drawn at random."""

    start: datetime
    end: datetime
    zone: str
    filters: dict[str, str]
    hours: int
    sessions: int
    read_share: float
    mark: float
    strongest: str | None
    selected: str
    pairs: Sequence[PairResponse]
    cost: CostResponse


def response_of(result: Correlations, filters: dict[str, str]) -> UxCorrelation:
    """The answer that says a result."""
    return UxCorrelation(
        start=result.start,
        end=result.end,
        zone=result.zone,
        filters=filters,
        hours=result.hours,
        sessions=result.sessions,
        read_share=result.read_share,
        mark=result.mark,
        strongest=result.strongest,
        selected=result.selected,
        pairs=[_pair(pair) for pair in result.pairs],
        cost=_cost(result.cost),
    )


def _interval(estimate: Estimate | None) -> IntervalValue | None:
    return None if estimate is None else IntervalValue(estimate.value, estimate.low, estimate.high)


def _slope(slope: Slope | None) -> SlopeValue | None:
    return None if slope is None else SlopeValue(slope.value, slope.low, slope.high, slope.unit)


def _pair(pair: Pair) -> PairResponse:
    view = pair.over_time
    estimate = view.coefficient
    return PairResponse(
        x=pair.x.key, y=pair.y.key, x_label=pair.x.label, y_label=pair.y.label,
        x_unit=pair.x.unit, y_unit=pair.y.unit, is_seed=pair.is_seed,
        spearman=estimate.value if estimate else None,
        low=estimate.low if estimate else None,
        high=estimate.high if estimate else None,
        pearson=view.pearson.value if view.pearson else None,
        n=view.n, n_effective=view.n_effective, left_out=view.left_out,
        p_adjusted=view.p_adjusted, lag_minutes=view.lag_minutes, slope=_slope(view.slope),
        shifts=_shifts(view.shifts), chance=view.shifts.chance if view.shifts else None,
        strength=pair.strength.value, sentence=pair.sentence, enough_data=view.enough_data,
        reason=view.reason, per_session=_per_session(pair.per_session),
    )  # fmt: skip


def _shifts(shifts: Shifts | None) -> list[ShiftValue]:
    if shifts is None:
        return []
    return [ShiftValue(*each) for each in zip(shifts.hours, shifts.coefficients, strict=True)]


def _per_session(view: PairPerSession) -> PerSession:
    by_dimension = {each.dimension: each.coefficient for each in view.by_dimension}
    return PerSession(
        n=view.n, n_effective=view.n_effective, days=view.days, n_within=view.n_within,
        strata=view.strata,
        pooled=_interval(view.pooled), within=_interval(view.within), p_adjusted=view.p_adjusted,
        by_dimension=by_dimension,
        disagreement=view.disagreement.value if view.disagreement else None,
        explained_by=view.explained_by, touched=_interval(view.touched), slope=_slope(view.slope),
        dose=[_dose(each) for each in view.dose.bins] if view.dose else [],
        strength=view.strength.value, enough_data=view.enough_data, reason=view.reason,
        sentence=view.sentence,
    )  # fmt: skip


def _dose(each: DoseBin) -> DoseValue:
    return DoseValue(
        each.label, each.least, each.most, each.sessions, each.share, _interval(each.outcome),
        _interval(each.difference),
    )  # fmt: skip


def _cost(cost: Cost) -> CostResponse:
    return CostResponse(
        people=cost.people, sessions=cost.sessions, not_compared=cost.not_compared,
        minutes_after=cost.minutes_after, outcomes=[_outcome(each) for each in cost.outcomes],
        reason=cost.reason, sentence=cost.sentence,
    )  # fmt: skip


def _outcome(each: CostOutcome) -> CostValue:
    return CostValue(
        outcome=each.key, label=each.label, unit=each.unit, total_unit=each.total_unit,
        people=each.people, dropped=each.dropped, others=each.others,
        difference=_interval(each.difference), relative=_interval(each.relative),
        per_day=_interval(each.per_day),
        days=[CostDayValue(day.day, day.people, _interval(day.difference)) for day in each.days],
        enough_data=each.enough_data, reason=each.reason, sentence=each.sentence,
    )  # fmt: skip
