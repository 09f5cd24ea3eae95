"""Validates a rule beyond its types: that its fields fit together. Reports the first fault."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics.query.formula import Calculation
from models.metrics.metric import Worse

from .formulas import UnsupportedFormula, formula_of
from .labels import dimensions_of, metric_of
from .rule import Rule

MOST_TIMES = 100.0  # that a value may be worse than its baseline
_control = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_control_but_lines = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


class RuleFault(ValueError):
    """A rule is invalid. Attributes: `field`, and `reason`, which says what it must be."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def check(rule: Rule) -> None:
    """Raises `RuleFault`."""
    _check_texts(rule)
    try:
        how = formula_of(rule.source, rule.metric, rule.aggregation).calculation
    except UnsupportedFormula as fault:
        raise RuleFault(fault.field, fault.reason) from None
    if rule.is_of_anomalies:
        _check_anomalies(rule)
    else:
        _check_dimensions(rule)
    if rule.baseline is not None:
        _check_baseline(rule)
    _check_thresholds(rule, how)
    if len(set(rule.channels)) != len(rule.channels) or not rule.channels:
        raise RuleFault("channels", "must name email, webhook or both, each once")
    if len(set(rule.recipients)) != len(rule.recipients):
        raise RuleFault("recipients", "must name each once")
    if rule.name in rule.inhibited_by or len(set(rule.inhibited_by)) != len(rule.inhibited_by):
        raise RuleFault("inhibited_by", "must name other rules, each once")
    _check_quiet_hours(rule)


def _check_texts(rule: Rule) -> None:
    if _control.search(rule.name) or rule.name != rule.name.strip():
        raise RuleFault("name", "must not hold control characters nor begin or end with a space")
    if _control_but_lines.search(rule.runbook):
        raise RuleFault("runbook", "must not hold control characters other than line ends")
    for name in rule.inhibited_by:
        if _control.search(name):
            raise RuleFault("inhibited_by", "must not hold control characters")


def _check_anomalies(rule: Rule) -> None:
    if {*rule.filters} - {"app"}:
        raise RuleFault("filters", "can be by app")
    if rule.split_by is not None:
        raise RuleFault("split_by", "must be empty: every incident is an alert")
    if rule.direction != "above":
        raise RuleFault("direction", "must be above")


def _check_dimensions(rule: Rule) -> None:
    dimensions = dimensions_of(rule.source, rule.metric)
    accepted = ", ".join(dimensions)
    for name, value in rule.filters.items():
        if name not in dimensions:
            raise RuleFault("filters", f"can be by {accepted}")
        if _control.search(value):
            raise RuleFault("filters", "must not hold control characters")
    if rule.split_by is not None and rule.split_by not in dimensions:
        raise RuleFault("split_by", f"can be {accepted}")
    if rule.split_by in rule.filters:
        raise RuleFault("split_by", "must be a dimension that is not filtered")


def _check_baseline(rule: Rule) -> None:
    metric = metric_of(rule.source, rule.metric)
    if rule.aggregation in ("anomaly", "count"):
        raise RuleFault("baseline", "must be empty: anomalies and counts have none")
    if metric is None or metric.worse is Worse.NEITHER:
        raise RuleFault("baseline", "must be empty: neither direction of this metric is worse")
    if rule.split_by is not None:
        raise RuleFault("split_by", "must be empty: a baseline is of all together")
    if rule.direction != "above":
        raise RuleFault("direction", "must be above: it fires when the metric is worse")
    if not 0 <= rule.fire <= MOST_TIMES or not rule.clear_at >= 0:
        raise RuleFault("fire", f"must be from 0 to {MOST_TIMES:g} times the baseline")


def _check_thresholds(rule: Rule, how: Calculation) -> None:
    if how is Calculation.SHARE and not 0 <= rule.fire <= 1:
        raise RuleFault("fire", "must be a share from 0 to 1")
    if rule.direction == "above" and rule.clear_at > rule.fire:
        raise RuleFault("clear", "must not lie above fire")
    if rule.direction == "below" and rule.clear_at < rule.fire:
        raise RuleFault("clear", "must not lie below fire")
    if how is Calculation.SHARE and not 0 <= rule.clear_at <= 1:
        raise RuleFault("clear", "must be a share from 0 to 1")


def _check_quiet_hours(rule: Rule) -> None:
    quiet = rule.quiet_hours
    if quiet is None:
        return
    try:
        ZoneInfo(quiet.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RuleFault("quiet_hours.zone", "must be a zone such as Europe/Berlin") from None
    if quiet.start == quiet.end:
        raise RuleFault("quiet_hours.end", "must differ from start")
