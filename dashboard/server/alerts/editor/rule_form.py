"""Conversion between a rule and the values of its form, lossless in both directions."""

import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.rules.formulas import (
    POINTS,
    RELATIVE,
    UnsupportedFormula,
    compared_unit,
    formula_of,
)
from analytics.alerting.rules.rule import (
    DAY_SECONDS,
    LARGEST,
    LONGEST_WINDOW_SECONDS,
    QuietHours,
    Rule,
)
from analytics.query.formula import Calculation

MINUTE, HOUR = 60, 3600
NOT_SPLIT = "-"
NO_BASELINE = "-"
NEW_RULE = Rule(
    name="New rule", source="client", metric="latency_ms", aggregation="p95", fire=200, clear=180,
    minimum_n=50,
)  # fmt: skip
Fields = dict[str, Any]
_FLAGS = ("enabled", "notify_resolved")
_ERROR_PATH = re.compile(r"at `\$\.(\w+)")
REASONS = {
    "name": "must be text of 1 to 80 characters",
    "filters": "must be at most 6 lines such as country=BR, each value of at most 256 characters",
    "inhibited_by": "must be at most 20 rules",
    "runbook": "must be text of at most 2000 characters",
}


def fields_of(rule: Rule) -> Fields:
    """The form's values: texts, and lists of selected options. Shares are in percent."""
    is_compared = rule.baseline is not None
    scale = _scale(rule.source, rule.metric, rule.aggregation, is_compared=is_compared)
    quiet = rule.quiet_hours
    return {
        "name": rule.name,
        "metric": f"{rule.source}/{rule.metric}",
        "aggregation": rule.aggregation,
        "window_seconds": _number_text(rule.window_seconds / MINUTE),
        "split_by": rule.split_by or NOT_SPLIT,
        "filters": "\n".join(f"{name}={value}" for name, value in rule.filters.items()),
        "baseline": NO_BASELINE if rule.baseline is None else str(rule.baseline),
        "minimum_n": str(rule.minimum_n),
        "direction": rule.direction,
        "fire": _number_text(rule.fire * scale),
        "for_seconds": _number_text(rule.for_seconds / MINUTE),
        "clear": "" if rule.clear is None else _number_text(rule.clear * scale),
        "keep_firing_seconds": _number_text(rule.keep_firing_seconds / MINUTE),
        "severity": rule.severity,
        "channels": list(rule.channels),
        "recipients": [str(recipient) for recipient in rule.recipients],
        "notify_resolved": ["yes"] if rule.notify_resolved else [],
        "repeat_seconds": _number_text(rule.repeat_seconds / HOUR),
        "no_data": rule.no_data,
        "inhibited_by": list(rule.inhibited_by),
        "quiet_hours.start": quiet.start if quiet else "",
        "quiet_hours.end": quiet.end if quiet else "",
        "quiet_hours.zone": quiet.zone if quiet else "",
        "runbook": rule.runbook,
        "enabled": ["on"] if rule.enabled else [],
    }


def rule_of(fields: Fields) -> Rule:
    """The rule of a filled form; that its parts fit together is not checked.

    Raises `RuleFault`.
    """
    source, _, metric = _text(fields, "metric").partition("/")
    aggregation = _text(fields, "aggregation")
    baseline = _baseline(fields)
    scale = _scale(source, metric, aggregation, is_compared=baseline is not None)
    clear = _text(fields, "clear")
    return _converted(
        {
            "name": _text(fields, "name"),
            "source": source,
            "metric": metric,
            "aggregation": aggregation,
            "window_seconds": _seconds(
                fields, "window_seconds", MINUTE, LONGEST_WINDOW_SECONDS, integral=True
            ),
            "split_by": _split_by(fields),
            "filters": pairs_of("filters", _text(fields, "filters")),
            "baseline": baseline,
            "minimum_n": _integer(fields, "minimum_n", 10**9),
            "direction": _text(fields, "direction"),
            "fire": _scaled("fire", _text(fields, "fire"), scale),
            "for_seconds": _seconds(fields, "for_seconds", MINUTE, DAY_SECONDS),
            "clear": _scaled("clear", clear, scale) if clear else None,
            "keep_firing_seconds": _seconds(fields, "keep_firing_seconds", MINUTE, DAY_SECONDS),
            "severity": _text(fields, "severity"),
            "channels": fields.get("channels") or [],
            "recipients": fields.get("recipients") or [],
            "repeat_seconds": _seconds(fields, "repeat_seconds", HOUR, 7 * DAY_SECONDS),
            "no_data": _text(fields, "no_data"),
            "inhibited_by": fields.get("inhibited_by") or [],
            "quiet_hours": _quiet_hours(fields),
            "runbook": fields.get("runbook") or "",
            **{name: bool(fields.get(name)) for name in _FLAGS},
        }
    )


def unit_of(
    source: str, metric: str, aggregation: str, *, is_compared: bool = False
) -> tuple[str, str]:
    """(unit of the thresholds, noun of the least number to judge); empty for a metric without this
    aggregation. `is_compared`: with a baseline."""
    try:
        formula = formula_of(source, metric, aggregation)  # type: ignore[arg-type]  # typed by a person
    except UnsupportedFormula:
        return "", ""
    unit = "%" if formula.calculation is Calculation.SHARE else formula.unit
    if is_compared:
        unit = compared_unit(formula)
    return unit, "sessions" if source == "client" else formula.noun


def threshold_unit(unit: str, *, is_compared: bool) -> str:
    """The unit as it stands in the fields of the thresholds: `%`, with a baseline `% worse`."""
    return f"{unit} worse" if is_compared and unit else unit


def pairs_of(field: str, text: str) -> dict[str, str]:
    """`country=BR`, one on a line. Raises `RuleFault`."""
    pairs: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name or not value or name in pairs:
            raise RuleFault(field, "must be lines such as country=BR, each name once")
        pairs[name] = value
    return pairs


def changes_between(older: Rule | None, newer: Rule | None) -> list[tuple[str, str, str]]:
    """(field, before, after) of every changed field, as the form writes it."""
    before = fields_of(older) if older else {}
    after = fields_of(newer) if newer else {}
    if not before or not after:
        return []
    return [
        (name, _display_text(before[name]), _display_text(value))
        for name, value in after.items()
        if before[name] != value
    ]


def _converted(body: Mapping[str, Any]) -> Rule:
    try:
        return msgspec.convert(body, Rule)
    except msgspec.ValidationError as error:
        match = _ERROR_PATH.search(str(error))
        field = match[1] if match else "name"
        raise RuleFault(field, REASONS.get(field, "must be one of the options")) from None


def _scale(source: str, metric: str, aggregation: str, *, is_compared: bool) -> float:
    unit, _ = unit_of(source, metric, aggregation, is_compared=is_compared)
    return 100.0 if unit in (RELATIVE, POINTS) else 1.0


def _number_text(value: float) -> str:
    """A number as typed, without the error of binary fractions."""
    return f"{value:.12g}" if abs(value) < LARGEST else f"{value:.0f}"


def _display_text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _baseline(fields: Mapping[str, Any]) -> int | None:
    text = _text(fields, "baseline")
    if text in ("", NO_BASELINE):
        return None
    if not re.fullmatch("[1-9][0-9]{0,14}", text):
        raise RuleFault("baseline", "must be one that is there")
    return int(text)


def _split_by(fields: Mapping[str, Any]) -> str | None:
    dimension = _text(fields, "split_by")
    return None if dimension in ("", NOT_SPLIT) else dimension


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(field: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise RuleFault(field, "must be a number such as 4.5") from None
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise RuleFault(field, "must be a finite number")
    return value


def _scaled(field: str, text: str, scale: float) -> float:
    """Divided by `scale`, without the error of the division: 0.35 % is 0.0035."""
    return float(f"{_number(field, text) / scale:.15g}")


def _integer(fields: Mapping[str, Any], name: str, most: int) -> int:
    text = _text(fields, name)
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > most:
        raise RuleFault(name, f"must be a whole number from 0 to {most:,}")
    return int(text)


def _seconds(
    fields: Mapping[str, Any], name: str, unit: int, most: int, *, integral: bool = False
) -> int:
    unit_name = "minutes" if unit == MINUTE else "hours"
    least = 1 if integral else 0
    reason = f"must be {'whole ' if integral else ''}{unit_name} from {least} to {most // unit:g}"
    try:
        seconds = _number(name, _text(fields, name)) * unit
    except RuleFault:
        raise RuleFault(name, reason) from None
    step = unit if integral else 1
    is_even = abs(seconds / step - round(seconds / step)) < 1e-6
    if not is_even or not least * unit <= seconds <= most:
        raise RuleFault(name, reason)
    return round(seconds)


def _quiet_hours(fields: Mapping[str, Any]) -> dict[str, str] | None:
    parts = {part: _text(fields, f"quiet_hours.{part}") for part in ("start", "end", "zone")}
    if not parts["start"] and not parts["end"]:
        return None
    for part in ("start", "end"):
        if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", parts[part]):
            raise RuleFault(f"quiet_hours.{part}", "must be a time of day such as 22:00")
    quiet_hours: dict[str, str] = msgspec.to_builtins(
        QuietHours(parts["start"], parts["end"], parts["zone"] or "UTC")
    )
    return quiet_hours
