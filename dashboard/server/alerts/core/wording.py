"""The texts of the Alerts page about alerts and rules: value, status, notifications, thresholds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.alerting.answers import AlertResponse
from analytics.alerting.rules.formulas import (
    AGGREGATION_LABELS,
    POINTS,
    RELATIVE,
    UnsupportedFormula,
    formula_for,
)
from analytics.alerting.rules.rule import ANOMALIES, Rule
from analytics.geo.countries import value_names
from analytics.notifications.delivery.recipient_reports import DeliveryCounts
from analytics.notifications.wording import NAMES, amount, names_text
from analytics.query.formula import Calculation, Formula
from dashboard.core.numbers import MINUS, count, with_unit
from dashboard.core.times import length, moment
from models.metrics.alert_state import State

SEVERITY_TAGS = {"critical": "bad", "warning": "warn", "info": "unknown"}
SEVERITY_LABELS = {"critical": "Critical", "warning": "Warning", "info": "Info"}
STATE_DOTS = {
    "firing": "bad",
    "flapping": "bad",
    "error": "warn",
    "no_data": "warn",
    "resolved": "good",
}
OBSERVED = {"client": "browsers", "server": "servers"}
OPPOSITE = {"above": "below", "below": "above"}


def state_label(state: str) -> str:
    """`no data` of `no_data`; `ended` of an alert that ended without resolving."""
    return "ended" if state == "inactive" else state.replace("_", " ")


def alert_name(rule: str, labels: Mapping[str, str]) -> str:
    """`Connect success, Brazil`."""
    return ", ".join([rule, *value_names(labels)])


def formula_or_none(rule: Rule | None) -> Formula | None:
    """The formula of a rule's metric, `None` for a rule that is not readable."""
    if rule is None:
        return None
    try:
        return formula_for(rule)
    except UnsupportedFormula:
        return None


def unit_of(formula: Formula | None) -> str:
    """The unit of displayed values: that of a share is `%`, compared with a baseline `pt`."""
    if formula is None:
        return ""
    return formula.unit or ("%" if formula.calculation is Calculation.SHARE else "")


def value_text(alert: AlertResponse, rule: Rule | None) -> str:
    """`93.1 %, fires below 95 % · n = 1,204 attempts`."""
    formula = formula_or_none(rule)
    unit = unit_of(formula)
    text = amount(alert.value, unit) + _compared(rule)
    if alert.threshold is not None:
        direction = rule.direction if rule else "beyond"
        text += f", fires {direction} {threshold_text(alert.threshold, unit)}"
    return " · ".join(filter(None, [text, sample_text(alert.n, rule)]))


def sample_text(n: int, rule: Rule | None) -> str:
    """`n = 1,204 attempts`; empty for a rule about incidents, which counts nothing itself."""
    if rule is not None and rule.is_of_anomalies:
        return ""
    formula = formula_or_none(rule)
    return f"n = {count(n)}{f' {formula.noun}' if formula else ''}"


def status_text(
    alert: AlertResponse,
    rule: Rule | None,
    deliveries: DeliveryCounts,
    now: datetime,
    zone: ZoneInfo,
) -> str:
    """State, since when, notifications sent, next change of state."""
    state = State(alert.state)
    since = alert.state_since if state in (State.NO_DATA, State.ERROR) else alert.since
    duration = f"since {moment(since, now, zone)}, {length(now - since)}"
    if state is State.PENDING:
        return _next_change(alert, rule.for_seconds if rule else 0, "Fires", now, zone)
    if state is State.RECOVERING:
        resolves = _next_change(
            alert, rule.keep_firing_seconds if rule else 0, "Resolves", now, zone
        )
        return f"Within the clear threshold. {resolves}"
    starts = {
        State.ACKNOWLEDGED: "Firing",
        State.FIRING: "Firing",
        State.FLAPPING: "Flapping",
        State.NO_DATA: "No data",
        State.ERROR: "Evaluation fails",
    }
    status = f"{starts.get(state, state_label(state))} {duration}"
    return f"{status} · {notification_text(alert, deliveries, now, zone)}"


def notification_text(
    alert: AlertResponse, deliveries: DeliveryCounts, now: datetime, zone: ZoneInfo
) -> str:
    """`notified 13:47, sent to 3`."""
    if alert.notified_at is None:
        return "not notified yet"
    at = moment(alert.notified_at, now, zone)
    if not deliveries.total:
        return f"notified {at}"
    if deliveries.sent == deliveries.total:
        return f"notified {at}, sent to {deliveries.sent}"
    counts = ((deliveries.waiting, "waiting"), (deliveries.dead, "failed"))
    unsent = [f"{number} {label}" for number, label in counts if number]
    sent = f"sent to {deliveries.sent} of {deliveries.total}, " if deliveries.sent else ""
    return f"notified {at}, {sent}{', '.join(unsent)}"


def pending_label(alert: AlertResponse, rule: Rule | None, now: datetime) -> str:
    """`Pending 3 of 5 min`."""
    if rule is None:
        return "Pending"
    minutes = rule.for_seconds / 60
    elapsed = min(minutes, max(0.0, (now - alert.state_since).total_seconds() / 60))
    return f"Pending {with_unit(f'{elapsed:.0f} of {minutes:g}', 'min')}"


def acknowledgement_text(alert: AlertResponse, now: datetime, zone: ZoneInfo) -> str:
    """`Acknowledged by M. Keller until 18:00: “carrier work”`."""
    acknowledgement = alert.acknowledged
    if acknowledgement is None:
        return ""
    until = f" until {moment(acknowledgement.until, now, zone)}" if acknowledgement.until else ""
    over = " (expired)" if acknowledgement.until and acknowledgement.until <= now else ""
    note = f": “{acknowledgement.note}”" if acknowledgement.note else ""
    return f"Acknowledged by {acknowledgement.by}{until}{over}{note}"


def thresholds_text(rule: Rule) -> str:
    """`fires above 200 ms for 5 min, clears below 180 ms for 5 min`."""
    unit = unit_of(formula_or_none(rule))
    return (
        f"fires {rule.direction} {threshold_text(rule.fire, unit)}{_compared(rule)} "
        f"{_for_text(rule.for_seconds)}, "
        f"clears {OPPOSITE[rule.direction]} {threshold_text(rule.clear_at, unit)} "
        f"{_for_text(rule.keep_firing_seconds)}"
    )


def threshold_text(value: float, unit: str) -> str:
    """A threshold as typed in the form: `95 %`, `200 ms`, `3 per session-hour`."""
    scaled = value * 100 if unit in (RELATIVE, POINTS) else value
    return with_unit(f"{scaled:,.12g}".replace("-", MINUS), unit)


def measurement_text(rule: Rule) -> str:
    """`95th percentile of round trip over 5 min, by country`."""
    formula = formula_or_none(rule)
    if rule.is_of_anomalies:
        about = (
            "" if rule.metric == ANOMALIES or formula is None else f" of {formula.label.lower()}"
        )
        filters = f", {names_text(rule.filters)}" if rule.filters else ""
        return f"every anomaly{about} of {OBSERVED[rule.source]}{filters}"
    label = formula.label if formula else rule.metric
    measured = f"{label[:1].lower()}{label[1:]}"
    if formula is None or formula.calculation is not Calculation.SHARE:
        measured = f"{AGGREGATION_LABELS[rule.aggregation]} {measured}"
    split = f", by {NAMES.get(rule.split_by, rule.split_by).lower()}" if rule.split_by else ""
    filters = f", {names_text(rule.filters)}" if rule.filters else ""
    return f"{measured} over {seconds_text(rule.window_seconds)}{split}{filters}"


def _compared(rule: Rule | None) -> str:
    return " worse than the baseline" if rule is not None and rule.baseline is not None else ""


def _for_text(seconds: int) -> str:
    return f"for {seconds_text(seconds)}" if seconds else "immediately"


def seconds_text(seconds: int) -> str:
    """`5 min`, `30 s`, `0 s`."""
    if seconds and seconds % 60 == 0:
        return length(timedelta(seconds=seconds))
    return with_unit(f"{seconds:g}", "s")


def _next_change(
    alert: AlertResponse, seconds: int, verb: str, now: datetime, zone: ZoneInfo
) -> str:
    at = alert.state_since + timedelta(seconds=seconds)
    return f"{verb} at {moment(max(at, now), now, zone)} if this continues"
