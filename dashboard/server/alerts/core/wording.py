"""The sentences of the Alerts page: what an alert is, how it stands, what a rule says."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.alerting.answers import AlertAnswer
from analytics.alerting.lifecycle.alert_state import State
from analytics.alerting.rules.formulas import WORDS, Formula, How, NotReadable, reading_of
from analytics.alerting.rules.rule import Rule
from analytics.notifications.delivery.recipient_reports import Told
from analytics.notifications.wording import NAMES, amount
from dashboard.core.numbers import MINUS, count, with_unit
from dashboard.core.times import length, moment

SEVERITY_TAGS = {"critical": "bad", "warning": "warn", "info": "unknown"}
SEVERITY_WORDS = {"critical": "Critical", "warning": "Warning", "info": "Info"}
STATE_DOTS = {
    "firing": "bad",
    "flapping": "bad",
    "error": "warn",
    "no_data": "warn",
    "resolved": "good",
}
OTHER_WAY = {"above": "below", "below": "above"}


def state_words(state: str) -> str:
    """`no data` of `no_data`."""
    return "over" if state == "inactive" else state.replace("_", " ")


def name_of(rule: str, labels: Mapping[str, str]) -> str:
    """`Connect success, BR`."""
    return ", ".join([rule, *labels.values()])


def reading_or_none(rule: Rule | None) -> Formula | None:
    """How a rule reads its metric, `None` for one that cannot be read."""
    if rule is None:
        return None
    try:
        return reading_of(rule.source, rule.metric, rule.aggregation)
    except NotReadable:
        return None


def unit_of(reading: Formula | None) -> str:
    """The unit in which people read the values: that of a share is `%`."""
    if reading is None:
        return ""
    return "%" if reading.how is How.SHARE else reading.unit


def value_words(alert: AlertAnswer, rule: Rule | None) -> str:
    """`93.1 %, fires below 95 % · n = 1,204 attempts`."""
    reading = reading_or_none(rule)
    unit = unit_of(reading)
    words = amount(alert.value, unit)
    if alert.threshold is not None:
        direction = rule.direction if rule else "beyond"
        words += f", fires {direction} {limit(alert.threshold, unit)}"
    noun = f" {reading.noun}" if reading else ""
    return f"{words} · n = {count(alert.n)}{noun}"


def standing_words(
    alert: AlertAnswer, rule: Rule | None, told: Told, now: datetime, zone: ZoneInfo
) -> str:
    """How it stands, since when, who was told, what comes next."""
    state = State(alert.state)
    since = alert.state_since if state in (State.NO_DATA, State.ERROR) else alert.since
    began = f"since {moment(since, now, zone)}, {length(now - since)}"
    if state is State.PENDING:
        return _next(alert, rule.for_seconds if rule else 0, "Fires", now, zone)
    if state is State.RECOVERING:
        resolves = _next(alert, rule.keep_firing_seconds if rule else 0, "Resolves", now, zone)
        return f"Within the limit. {resolves}"
    starts = {
        State.ACKNOWLEDGED: "Firing",
        State.FIRING: "Firing",
        State.FLAPPING: "Comes and goes",
        State.NO_DATA: "No data to judge by",
        State.ERROR: "The rule cannot be evaluated",
    }
    words = f"{starts.get(state, state_words(state))} {began}"
    return f"{words} · {told_words(alert, told, now, zone)}"


def told_words(alert: AlertAnswer, told: Told, now: datetime, zone: ZoneInfo) -> str:
    """`told 13:47, sent to 3`."""
    if alert.told_at is None:
        return "nobody told yet"
    at = moment(alert.told_at, now, zone)
    if not told.all:
        return f"told {at}"
    if told.sent == told.all:
        return f"told {at}, sent to {told.sent}"
    rest = [f"{number} {word}" for number, word in ((told.waiting, "waiting"),
                                                    (told.dead, "given up")) if number]  # fmt: skip
    sent = f"sent to {told.sent} of {told.all}, " if told.sent else ""
    return f"told {at}, {sent}{', '.join(rest)}"


def pending_words(alert: AlertAnswer, rule: Rule | None, now: datetime) -> str:
    """`Pending 3 of 5 min`."""
    if rule is None:
        return "Pending"
    whole = rule.for_seconds / 60
    lasted = min(whole, max(0.0, (now - alert.state_since).total_seconds() / 60))
    return f"Pending {with_unit(f'{lasted:.0f} of {whole:g}', 'min')}"


def acknowledged_words(alert: AlertAnswer, now: datetime, zone: ZoneInfo) -> str:
    """`Acknowledged by M. Keller until 18:00: “carrier work”`."""
    given = alert.acknowledged
    if given is None:
        return ""
    until = f" until {moment(given.until, now, zone)}" if given.until else ""
    over = " (over)" if given.until and given.until <= now else ""
    note = f": “{given.note}”" if given.note else ""
    return f"Acknowledged by {given.by}{until}{over}{note}"


def limits_words(rule: Rule) -> str:
    """`fires above 200 ms for 5 min, clears below 180 ms for 5 min`."""
    unit = unit_of(reading_or_none(rule))
    return (
        f"fires {rule.direction} {limit(rule.fire, unit)} {_lasting(rule.for_seconds)}, "
        f"clears {OTHER_WAY[rule.direction]} {limit(rule.clear_at, unit)} "
        f"{_lasting(rule.keep_firing_seconds)}"
    )


def limit(value: float, unit: str) -> str:
    """A threshold as somebody typed it: `95 %`, `200 ms`, `3 per session-hour`."""
    shown = value * 100 if unit == "%" else value
    return with_unit(f"{shown:,.12g}".replace("-", MINUS), unit)


def watched_words(rule: Rule) -> str:
    """`95th percentile of message latency over 5 min, by country`."""
    reading = reading_or_none(rule)
    label = reading.label if reading else rule.metric
    what = f"{label[:1].lower()}{label[1:]}"
    if unit_of(reading) != "%":
        what = f"{WORDS[rule.aggregation]} {what}"
    split = f", by {NAMES.get(rule.split_by, rule.split_by).lower()}" if rule.split_by else ""
    where = "".join(f", {NAMES.get(name, name)} {value}" for name, value in rule.filters.items())
    return f"{what} over {span_words(rule.window_seconds)}{split}{where}"


def _lasting(seconds: int) -> str:
    return f"for {span_words(seconds)}" if seconds else "at once"


def span_words(seconds: int) -> str:
    """`5 min`, `30 s`, `0 s`."""
    if seconds and seconds % 60 == 0:
        return length(timedelta(seconds=seconds))
    return with_unit(f"{seconds:g}", "s")


def _next(alert: AlertAnswer, seconds: int, verb: str, now: datetime, zone: ZoneInfo) -> str:
    at = alert.state_since + timedelta(seconds=seconds)
    return f"{verb} at {moment(max(at, now), now, zone)} if it stays"
