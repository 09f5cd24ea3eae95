"""What a first drop costs, in words."""

from collections.abc import Sequence
from dataclasses import replace

from analytics.correlation.figures import signed
from analytics.correlation.results import CostOutcome, Estimate
from analytics.formatting.numbers import change, count, figures, percent_text, plural

NO_DROP = "No session of this range was dropped."
TOO_FEW = "Fewer than 30 dropped sessions can be compared with equal ones, or on fewer than 7 days."


def few_days(days: int) -> str:
    """Too few days to tell how days differ."""
    return f"Sessions of {plural(days, 'day')}: how much days differ is told from 7 on."


def cost(people: int, sessions: int, outcomes: Sequence[CostOutcome]) -> str:
    """Of all outcomes: how many people, and what differs."""
    met = f"{count(people)} of {plural(sessions, 'session')} were dropped"
    met += f" ({percent_text(people / sessions)})."
    if not any(each.enough_data for each in outcomes):
        return f"{met} {TOO_FEW}"
    differing = [
        each.sentence for each in outcomes if each.difference and each.difference.excludes_zero
    ]
    if not differing:
        return f"{met} What they did afterwards does not differ beyond chance from equal sessions."
    return " ".join([met, *differing])


def with_sentence(outcome: CostOutcome, people_a_day: float, less: str) -> CostOutcome:
    """An outcome with figures and its sentence; `people_a_day` are dropped of all that there are.
    `less` as opposed to more."""
    if outcome.difference is None or outcome.dropped is None or outcome.others is None:
        return outcome
    against = (
        f"{_value(outcome, outcome.dropped)} against {_value(outcome, outcome.others)} of equal "
        "sessions of the same age without a drop"
    )
    if not outcome.difference.excludes_zero:
        text = f"{outcome.label} after a first drop: no difference beyond chance, {against} "
        return replace(
            outcome, sentence=f"{text}(difference {_interval(outcome.difference, outcome.unit)})."
        )
    word = less if outcome.difference.value < 0 else "more"
    text = f"{outcome.label} after a first drop: {word}, {against} "
    text += f"(difference {_interval(outcome.difference, outcome.unit)}{_relative(outcome)})."
    return replace(outcome, sentence=text + _per_day(outcome, people_a_day, less))


def _per_day(outcome: CostOutcome, people_a_day: float, less: str) -> str:
    total = outcome.per_day
    if total is None or not total.excludes_zero:
        return ""
    word = less if total.value < 0 else "more"
    return (
        f" That goes with {figures(abs(total.value))} {outcome.total_unit} {word} a day, of "
        f"{figures(people_a_day)} people dropped a day; it does not show that the drops are the "
        "cause."
    )


def _relative(outcome: CostOutcome) -> str:
    return f", {change(outcome.relative.value)}" if outcome.relative is not None else ""


def _interval(of: Estimate, unit: str) -> str:
    return f"{signed(of.value)} {unit}, 95 % interval {signed(of.low)} to {signed(of.high)}"


def _value(outcome: CostOutcome, value: float) -> str:
    return f"{figures(value)} {outcome.unit}"
