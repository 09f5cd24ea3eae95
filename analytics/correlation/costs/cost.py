"""The cost of drops, as page and API say it."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from analytics.correlation import cost_sentences
from analytics.correlation.costs.comparing import Comparison, DayDifference, compare
from analytics.correlation.costs.outcomes import MINUTES_AFTER, Outcome, outcome_rows
from analytics.correlation.results import Cost, CostDay, CostOutcome, Estimate
from analytics.correlation.sessions.table import SessionTable
from analytics.stats.inference.day_bootstrap import LEAST_DAYS

Ints = NDArray[np.int64]
EPOCH = date(1970, 1, 1)


def cost_of(table: SessionTable) -> Cost:
    """Of the first drops of the sessions of a range."""
    is_dropped = np.isfinite(table.first_drop_ms)
    people = int(is_dropped.sum())
    days = np.unique(table.day)
    if len(days) < LEAST_DAYS or not people:
        reason = cost_sentences.few_days(len(days)) if people else cost_sentences.NO_DROP
        return Cost(
            people=people,
            sessions=len(table),
            not_compared=people,
            minutes_after=MINUTES_AFTER,
            outcomes=(),
            reason=reason,
        )
    day = np.searchsorted(days, table.day)
    # Those that were not sent or not read are as many again, as in the total of a day.
    a_day = float(table.weight[is_dropped].sum()) / table.read_share / len(days)
    outcomes = tuple(
        _outcome(outcome, compare(rows), days, table.read_share, a_day)
        for outcome, rows in outcome_rows(table, day, len(days))
    )
    compared = max((each.people for each in outcomes), default=0)
    return Cost(
        people=people,
        sessions=len(table),
        not_compared=people - compared,
        minutes_after=MINUTES_AFTER,
        outcomes=outcomes,
        sentence=cost_sentences.cost(people, len(table), outcomes),
    )


def _outcome(
    outcome: Outcome,
    comparison: Comparison | None,
    days: Ints,
    read_share: float,
    people_a_day: float,
) -> CostOutcome:
    if comparison is None:
        return CostOutcome(
            key=outcome.key,
            label=outcome.label,
            unit=outcome.unit,
            total_unit=outcome.total_unit,
            people=0,
            reason=cost_sentences.TOO_FEW,
        )
    scale = outcome.total_scale / read_share
    result = CostOutcome(
        key=outcome.key,
        label=outcome.label,
        unit=outcome.unit,
        total_unit=outcome.total_unit,
        people=comparison.people,
        dropped=comparison.dropped,
        others=comparison.others,
        difference=comparison.difference,
        relative=comparison.relative,
        per_day=_scaled(comparison.per_day, scale),
        days=_days(comparison.by_day, days),
    )
    return cost_sentences.with_sentence(result, people_a_day, outcome.less)


def _scaled(estimate: Estimate, scale: float) -> Estimate:
    return Estimate(
        value=estimate.value * scale, low=estimate.low * scale, high=estimate.high * scale
    )


def _days(by_day: DayDifference, days: Ints) -> tuple[CostDay, ...]:
    return tuple(
        CostDay(
            day=EPOCH + timedelta(days=int(number)),
            people=int(people),
            difference=Estimate(
                value=float(value), low=float(value - half), high=float(value + half)
            )
            if np.isfinite(half)
            else None,
        )
        for number, people, value, half in zip(
            days, by_day.people, by_day.difference, by_day.half, strict=True
        )
    )
