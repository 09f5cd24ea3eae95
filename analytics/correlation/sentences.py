"""What correlations say in words: true of the figures beside them, never more than associated."""

from analytics.correlation.figures import coefficient, interval, p_value, slope
from analytics.correlation.measures import Measure
from analytics.correlation.results import (
    Disagreement,
    Estimate,
    PairOverTime,
    PairPerSession,
    Slope,
    Strength,
)
from analytics.formatting.numbers import count, plural
from models.metrics.dimensions import DIMENSIONS

TOO_SHORT = "The range is shorter than three days: a daily rhythm cannot be told from a change."
NO_SESSIONS = "No session of this range has ended and is summed up."
DECIDED_BY_A_DAY = "Nearly all of it comes from one or two days: how sure it is cannot be told."
EQUALS = "of one app, country, network, browser and release that lasted about as long"
_NAMES = DIMENSIONS | {"network_type": "Network type"}


def not_measured(side: Measure) -> str:
    """No data on one side."""
    return f"{side.label} was not measured in this range."


def constant(side: Measure) -> str:
    """A side that does not vary."""
    return f"{side.label} did not vary in this range."


def few_hours(n: int, left_out: int) -> str:
    """Hours with both sides are missing."""
    reason = f"Both were measured in {plural(n, 'hour')} only."
    return f"{reason} {count(left_out)} more had too few values." if left_out else reason


def few_effective(effective: float, n: int) -> str:
    """Hours that repeat each other."""
    return (
        f"{plural(n, 'hour')} with data in both are worth {count(effective)} independent ones, as "
        "hours resemble their neighbours; 30 are needed."
    )


def few_days(days: int) -> str:
    """Too few days to tell how days differ."""
    return f"Sessions of {plural(days, 'day')}: how much days differ is told from 7 on."


def few_sessions(effective: float, n: int) -> str:
    """Nearly all sessions share one value."""
    return (
        f"Nearly all of {plural(n, 'session')} have the same value: they tell as much as "
        f"{count(effective)} that differ; 30 are needed."
    )


def over_time(result: PairOverTime, x: Measure, y: Measure) -> str:
    """Of a pair with figures, by the hour."""
    if result.coefficient is None or result.n_effective is None or result.p_adjusted is None:
        return result.reason or ""
    figures = (
        f"rank correlation {interval(result.coefficient)} over {plural(result.n, 'hour')} worth "
        f"{count(result.n_effective)} independent ones, adjusted {p_value(result.p_adjusted)}"
    )
    later = _later(result, x, y)
    if result.strength is Strength.NONE:
        return _joined(
            f"In the same hour {_lower(x.label)} and {_lower(y.label)} go together no more than "
            f"chance explains among so many pairs: {figures}.",
            later,
        )
    moves = y.more if result.coefficient.value > 0 else y.less
    return _joined(
        f"In hours when {x.more} than usual, {moves}: {figures}.",
        _slope(result.coefficient, result.slope, x, y),
        later,
        "They are associated; this does not show that one causes the other.",
    )


def per_session(result: PairPerSession, x: Measure, y: Measure) -> str:
    """Of a pair with figures, session by session."""
    if result.pooled is None:
        return result.reason or ""
    all_of = f"Over all {plural(result.n, 'session')}: rank correlation {interval(result.pooled)}."
    if result.within is None or result.p_adjusted is None:
        return _joined(all_of, "Too few sessions have an equal to compare them with.")
    if result.disagreement is not None:
        return _joined(_disagreement(result, x, y), _because(result))
    if result.strength is Strength.NONE:
        return (
            f"Among sessions {EQUALS} {_lower(x.label)} and {_lower(y.label)} go together no more "
            "than chance explains among so many pairs: rank correlation "
            f"{interval(result.within)}, adjusted {p_value(result.p_adjusted)}; over all sessions "
            f"{interval(result.pooled)}."
        )
    moves = y.more if result.within.value > 0 else y.less
    return _joined(
        f"In sessions in which {x.more}, {moves}, also among sessions {EQUALS}: rank correlation "
        f"{interval(result.within)}, adjusted {p_value(result.p_adjusted)}; over all sessions "
        f"{coefficient(result.pooled.value)}.",
        _slope(result.within, result.slope, x, y),
        "They are associated; this does not show that one causes the other.",
    )


def is_refused(result: PairPerSession) -> bool:
    """Whether equals do not confirm what all sessions seem to say."""
    return result.disagreement is not None and (
        result.strength is Strength.NONE or result.disagreement is Disagreement.SIGN
    )


def both_views(over: PairOverTime, per: PairPerSession) -> str:
    """The sentences of the views that have one; a refusal comes first."""
    views = [each.sentence for each in (over, per) if each.enough_data]
    if is_refused(per):
        views.reverse()
    if views:
        return " ".join(views)
    return "Not enough data. " + " ".join(dict.fromkeys(each.reason or "" for each in (over, per)))


def _disagreement(result: PairPerSession, x: Measure, y: Measure) -> str:
    pooled, within = result.pooled, result.within
    if pooled is None or within is None:
        return ""
    figures = f"over all sessions the rank correlation is {interval(pooled)}, among sessions "
    figures += f"{EQUALS} it is {interval(within)}"
    names = f"{_lower(x.label)} and {_lower(y.label)}"
    if result.disagreement is Disagreement.SIGN:
        return f"All sessions and equal ones say the opposite of {names}: {figures}."
    if result.strength is Strength.NONE:
        return f"Among equals no association of {names} is left beyond chance: {figures}."
    more = "more" if abs(within.value) > abs(pooled.value) else "less"
    return f"Among equals there is {more} of an association of {names}: {figures}."


def _because(result: PairPerSession) -> str:
    name = result.explained_by
    if name is None:
        return "No single dimension explains the difference; all of them together do."
    value = next(each.coefficient for each in result.by_dimension if each.dimension == name)
    return (
        f"{_NAMES.get(name, name.capitalize())} explains most of the difference: among sessions "
        f"equal in it alone it is {coefficient(value)}."
    )


def _later(result: PairOverTime, x: Measure, y: Measure) -> str:
    if not result.lag_minutes or result.shifts is None:
        return ""
    hours = result.lag_minutes // 60
    at = dict(zip(result.shifts.hours, result.shifts.coefficients, strict=True)).get(hours)
    if at is None:
        return ""
    first, second = (x, y) if hours > 0 else (y, x)
    return (
        f"They go together most clearly with {_lower(second.label)} {plural(abs(hours), 'hour')} "
        f"after {_lower(first.label)}: {coefficient(at)}."
    )


def _slope(of: Estimate, line: Slope | None, x: Measure, y: Measure) -> str:
    """The slope where it is one and runs as the coefficient does."""
    if line is None or not (line.low > 0 or line.high < 0) or line.value * of.value <= 0:
        return ""
    return f"That is {slope(line, x, y)}."


def _joined(*sentences: str) -> str:
    return " ".join(each for each in sentences if each)


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]
