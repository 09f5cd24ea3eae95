"""The texts of a comparison with a baseline: values, differences, verdicts; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.baselines.answers import BaselineComparison, BaselineResponse, MeasureComparison
from analytics.baselines.measures import SHARE
from analytics.notifications.wording import amount, names_text
from analytics.stats.verdict import Verdict
from dashboard.core import times
from dashboard.core.numbers import DASH, MINUS, change, figures, plural, with_unit

DAY_HOURS = 24
VERDICT_TAGS = {
    Verdict.MUCH_WORSE: "bad",
    Verdict.WORSE: "warn",
    Verdict.BETTER: "good",
    Verdict.CHANGED: "plain",
}
NUMBER = "number"  # the unit of a level, which is not written
LARGEST_CHANGE = 10  # of which a ratio says more than a percentage


def value_text(value: float | None, unit: str) -> str:
    """`412 ms`, `95.0 %`, `0.412` of a unit per something; a dash for none."""
    if value is None:
        return DASH
    amount_unit, _ = _units(unit)
    return amount(value, {SHARE: "%", NUMBER: ""}.get(amount_unit, amount_unit))


def per_text(unit: str) -> str:
    """`per session-hour` of a unit per something, else empty."""
    return _units(unit)[1]


def difference_text(row: MeasureComparison) -> str:
    """`+12.0 %` of the baseline, of a share `−1.20 pt`; a dash for none."""
    return _changes_text(row, row.difference)


def interval_text(row: MeasureComparison) -> str:
    """`+3.0 % to +21.0 %`, or why there is none."""
    if row.low is None or row.high is None:
        return row.reason or ""
    if row.change_low is not None and row.change_high is not None:
        return f"{_change_text(row.change_low)} to {_change_text(row.change_high)}"
    return f"{_changes_text(row, row.low)} to {_changes_text(row, row.high)}"


def relative(row: MeasureComparison, difference: float | None) -> float | None:
    """A difference by what was in the baseline; `None` of nothing."""
    return difference / row.baseline if difference is not None and row.baseline else None


def sentence(measures: Sequence[MeasureComparison]) -> str:
    """`5 of 47 measures differ beyond chance: 3 worse, 1 better, 1 changed.`"""
    judged = [row for row in measures if row.p is not None]
    real = [row.verdict for row in judged if row.is_real]
    if not judged:
        return "Nothing can be compared: too few hours of the range or the baseline have values."
    if not real:
        return f"None of {plural(len(judged), 'measure')} differs beyond chance."
    worse = sum(verdict is not None and verdict.is_worse for verdict in real)
    better = real.count(Verdict.BETTER)
    counts = ((worse, "worse"), (better, "better"), (len(real) - worse - better, "changed"))
    text = ", ".join(f"{number} {word}" for number, word in counts if number)
    return f"{len(real)} of {plural(len(judged), 'measure')} differ beyond chance: {text}."


def about(baseline: BaselineResponse, now: datetime, zone: ZoneInfo) -> str:
    """`June, 2 Jun 00:00 to 9 Jun 00:00, saved 10 Jun 09:00 by ada@example.com`."""
    span = times.span(baseline.start, baseline.end, now, zone)
    saved = times.moment(baseline.created_at, now, zone)
    return f"{span} ({zone.key}), saved {saved} by {baseline.created_by}"


def hours_text(comparison: BaselineComparison) -> str:
    """`compared at 6 hours of the day alone: 9, 10, 11 (Europe/Berlin)`; empty for all."""
    hours = comparison.hours_of_day
    if len(hours) == DAY_HOURS:
        return ""
    listed = ", ".join(map(str, hours)) or "none"
    return f"hours of the day that both have: {listed} ({comparison.baseline.zone})"


def filters_text(filters: Mapping[str, str]) -> str:
    """`Country Brazil`, `no filters`."""
    return names_text(filters) or "no filters"


def _changes_text(row: MeasureComparison, difference: float | None) -> str:
    if difference is None:
        return DASH
    if row.unit == SHARE:
        return _points_text(difference)
    by = relative(row, difference)
    if by is None:
        return f"+{value_text(difference, row.unit)}" if difference else value_text(0, row.unit)
    return _change_text(by)


def _change_text(by: float) -> str:
    return change(by) if abs(by) < LARGEST_CHANGE else f"{1 + by:,.0f} times"


def _points_text(difference: float) -> str:
    sign = MINUS if difference < 0 else "+"
    return with_unit(f"{sign}{figures(abs(difference) * 100)}", "pt")


def _units(unit: str) -> tuple[str, str]:
    """What is counted, and per what: (`ms`, `per session-hour`)."""
    if unit.startswith("per "):
        return "", unit
    amount_unit, per, exposure = unit.partition(" per ")
    return amount_unit, f"per {exposure}" if per else ""
