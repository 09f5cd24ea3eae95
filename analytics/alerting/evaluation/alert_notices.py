"""Builds the outbox notices of changed alerts: texts, value history and the path of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import isnan
from urllib.parse import urlencode
from uuid import UUID

from msgspec.structs import replace

from analytics.alerting.evaluation.evaluation_round import AlertChange
from analytics.alerting.evaluation.incident_rules import INCIDENT, incident_path
from analytics.alerting.evaluation.measurements import RuleMeasurements
from analytics.alerting.evaluation.row_index import RowIndex
from analytics.alerting.evaluation.rule_baseline import NoBaselineValues, RuleBaseline
from analytics.alerting.evaluation.window_values import values_per_step
from analytics.alerting.policy import notify
from analytics.alerting.rules.formulas import AGGREGATION_LABELS, formula_for
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import source_filters
from analytics.alerting.rules.rule import Rule
from analytics.notifications.notice import EarlierNotice, HistoryPoint, Notice
from analytics.query.arrays import Arrays, key_of
from analytics.query.formula import Formula
from models.alerts.alerts import AlertRow
from models.alerts.recipients import Recipient
from models.queries.load_test_windows import LoadTestActivity

PAGES = {"client": "/admin/websocket-client-metrics", "server": "/admin/websocket-analytics"}
MOST_WITH_HISTORY = 10
LEAD = timedelta(minutes=30)  # the linked page starts this long before the alert


@dataclass(frozen=True, slots=True)
class NoticeGroup:
    """Notices sent as one message: same group key, channels and recipients (empty: all)."""

    group_key: str
    channels: frozenset[str]
    recipients: frozenset[UUID]

    def select_recipients(self, active_recipients: Sequence[Recipient]) -> list[Recipient]:
        """The named recipients on these channels. Where none of them is active, all on these
        channels: a notice must reach somebody."""
        reachable = [
            recipient for recipient in active_recipients if recipient.kind in self.channels
        ]
        named = [recipient for recipient in reachable if recipient.id in self.recipients]
        return named or reachable


def group_notices(
    changes: Sequence[tuple[int, AlertChange]],
    rule_measurements: RuleMeasurements,
    now: datetime,
    largest_sessions: Mapping[int, float],
    load_test: LoadTestActivity | None = None,
) -> dict[NoticeGroup, list[Notice]]:
    """The due notices of `changes` (pairs of alert id and change), by message; `largest_sessions`
    are what one session makes of a value, by alert id; `load_test` is the last one here."""
    due = [(alert_id, change) for alert_id, change in changes if change.notice_kind is not None]
    changes_by_rule: dict[int, list[AlertChange]] = {}
    for _, change in due:
        changes_by_rule.setdefault(change.loaded_rule.id, []).append(change)
    notices_by_rule = {
        rule_id: RuleNotices.of(rule_changes, rule_measurements, now)
        for rule_id, rule_changes in changes_by_rule.items()
    }
    groups: dict[NoticeGroup, list[Notice]] = {}
    for alert_id, change in due:
        rule_notices = notices_by_rule[change.loaded_rule.id]
        notice = rule_notices.notice_of(change, alert_id)
        notice = replace(
            notice,
            largest_session=largest_sessions.get(alert_id),
            load_test=load_test_text(load_test, change, now),
        )
        groups.setdefault(_group_of(change), []).append(notice)
    return groups


@dataclass(frozen=True, slots=True)
class RuleNotices:
    """What the notices of one rule at `now` have in common, and value histories by label key."""

    now: datetime
    formula: Formula
    histories: Mapping[str, tuple[HistoryPoint, ...]]
    baseline: str = ""

    @classmethod
    def of(
        cls, changes: Sequence[AlertChange], rule_measurements: RuleMeasurements, now: datetime
    ) -> "RuleNotices":
        """For `changes` of one rule. Only the first `MOST_WITH_HISTORY` have their history."""
        loaded_rule = changes[0].loaded_rule
        rule, formula = loaded_rule.rule, formula_for(loaded_rule.rule)
        if rule.is_of_anomalies:
            return cls(now, formula, {})
        arrays = rule_measurements.arrays.get(group_of(rule))
        if arrays is None or loaded_rule.fault:
            return cls(now, formula, {})
        rows = [change.row for change in changes[:MOST_WITH_HISTORY]]
        baseline = rule_measurements.baselines.get(rule.baseline or 0)
        name = baseline.name if baseline else ""
        try:
            histories = value_histories(rule, formula, rows, arrays, baseline)
        except NoBaselineValues:  # the rule is faulty, and its notice says so
            histories = {}
        return cls(now, formula, histories, name)

    def notice_of(self, change: AlertChange, alert_id: int) -> Notice:
        """The notice of one alert at `now`, or at its end when it has ended. An end that is
        notified later has no value history: the measurements are those of `now`."""
        rule, row, formula = change.loaded_rule.rule, change.row, self.formula
        at = row.alert_state.ended_at or self.now
        return Notice(
            kind=change.notice_kind or "firing",
            rule=rule.name,
            alert_id=alert_id,
            labels={**rule.filters, **row.labels},
            severity=rule.severity,
            metric=rule.metric,
            label=formula.label,
            unit=formula.unit,
            aggregation=AGGREGATION_LABELS[rule.aggregation],
            value=row.alert_state.value,
            threshold=rule.fire,
            clear_threshold=rule.clear_at,
            direction=rule.direction,
            n=row.alert_state.n,
            noun=formula.noun,
            since=row.alert_state.started_at,
            at=at,
            baseline=self.baseline,
            path=view_path(rule, row, at),
            runbook=rule.runbook,
            reason=change.reason,
            history=self.histories.get(row.label_key, ()) if at == self.now else (),
            earlier=_unnoticed_start(row),
        )


def load_test_text(activity: LoadTestActivity | None, change: AlertChange, now: datetime) -> str:
    """`load test running since 13:47 UTC`, where one ran while the values of an alert were
    measured, from the window of its first one on."""
    if activity is None:
        return ""
    started_at = min(change.row.alert_state.started_at, now)
    window = timedelta(seconds=change.loaded_rule.rule.window_seconds)
    if activity.end <= started_at - window:
        return ""
    if activity.is_running:
        return f"load test running since {activity.start:%H:%M} UTC"
    return f"a load test ran from {activity.start:%H:%M} to {activity.end:%H:%M} UTC"


def _unnoticed_start(row: AlertRow) -> tuple[EarlierNotice, ...]:
    """That it fired, where an alert has ended and no notice said so."""
    alert_state = row.alert_state
    if alert_state.ended_at is None or alert_state.firing_notified or alert_state.fired_at is None:
        return ()
    return (("firing", alert_state.fired_at),)


def _group_of(change: AlertChange) -> NoticeGroup:
    rule, kind = change.loaded_rule.rule, change.notice_kind or "firing"
    return NoticeGroup(
        notify.group_key(change.loaded_rule.id, rule, kind),
        frozenset(rule.channels),
        frozenset(rule.recipients),
    )


def view_path(rule: Rule, row: AlertRow, now: datetime) -> str:
    """Path and query of the page with the alert's charts, from `LEAD` before its start to `now`;
    that of an incident is its own."""
    if INCIDENT in row.labels:
        return incident_path(rule.source, row.labels)
    times = _times_query(row.alert_state.started_at - LEAD, now + timedelta(minutes=1))
    filters = source_filters(rule, {**rule.filters, **row.labels})
    return "&".join([f"{PAGES[rule.source]}?{times}", *([urlencode(filters)] if filters else [])])


@lru_cache(maxsize=16)  # alerts of one cause begin together
def _times_query(start: datetime, end: datetime) -> str:
    return urlencode({"start": _iso_utc(start), "end": _iso_utc(end)})


def value_histories(
    rule: Rule,
    formula: Formula,
    rows: Sequence[AlertRow],
    arrays: Arrays,
    baseline: RuleBaseline | None = None,
) -> dict[str, tuple[HistoryPoint, ...]]:
    """By label key of `rows` the value of the window ending with each minute. Empty for counts of
    distinct sessions, which do not add up over minutes: only their latest value is available."""
    if formula.counts_sessions:
        return {}
    row_index, ends = RowIndex.of(rule, arrays), arrays.grid.edges[1:]
    reference = baseline.reference(rule, arrays.grid) if baseline else None
    histories = {}
    for row in rows:
        index = row_index.find(key_of(row.labels))
        if index is not None:
            # A label set at a time: sums over all at once do not fit the processor's cache.
            window_values = values_per_step(rule, formula, arrays.select([index]), reference)
            values = window_values.value[0].tolist()
            histories[row.label_key] = tuple(zip(ends, map(_number, values), strict=True))
    return histories


def _number(value: float) -> float | None:
    return None if isnan(value) else value


def _iso_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
