"""Builds the outbox notices of changed alerts: texts, value history and the path of the page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

import numpy as np

from analytics.alerting.evaluation.evaluation_round import AlertChange
from analytics.alerting.evaluation.measurements import RuleMeasurements
from analytics.alerting.evaluation.row_index import RowIndex
from analytics.alerting.evaluation.series_matrix import SeriesMatrix
from analytics.alerting.evaluation.window_values import values_per_step
from analytics.alerting.policy import notify
from analytics.alerting.rules.formulas import AGGREGATION_LABELS, Formula, formula_for
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import source_filters
from analytics.alerting.rules.rule import Rule
from analytics.notifications.notice import HistoryPoint, Notice
from models.alerts.alerts import AlertRow
from models.alerts.recipients import Recipient

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
    changes: Sequence[tuple[int, AlertChange]], rule_measurements: RuleMeasurements, now: datetime
) -> dict[NoticeGroup, list[Notice]]:
    """The due notices of `changes` (pairs of alert id and change), by message.

    Only the first `MOST_WITH_HISTORY` alerts of a rule carry their value history.
    """
    groups: dict[NoticeGroup, list[Notice]] = {}
    count_by_rule: Counter[int] = Counter()
    for alert_id, change in changes:
        if change.notice_kind is None:
            continue
        rule = change.loaded_rule.rule
        group = NoticeGroup(
            notify.group_key(change.loaded_rule.id, rule, change.notice_kind),
            frozenset(rule.channels),
            frozenset(rule.recipients),
        )
        count_by_rule[change.loaded_rule.id] += 1
        has_history = count_by_rule[change.loaded_rule.id] <= MOST_WITH_HISTORY
        history_measurements = rule_measurements if has_history else RuleMeasurements()
        groups.setdefault(group, []).append(notice_of(change, alert_id, history_measurements, now))
    return groups


def notice_of(
    change: AlertChange, alert_id: int, rule_measurements: RuleMeasurements, now: datetime
) -> Notice:
    """The notice of one alert at `now`, or at its end when it has ended. An end that is notified
    later has no value history: the measurements are those of `now`."""
    rule, row = change.loaded_rule.rule, change.row
    formula = formula_for(rule)
    at = row.ended_at or now
    matrix = rule_measurements.matrices.get(group_of(rule)) if at == now else None
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
        value=row.value,
        threshold=rule.fire,
        clear_threshold=rule.clear_at,
        direction=rule.direction,
        n=row.n,
        noun=formula.noun,
        since=row.started_at,
        at=at,
        path=view_path(rule, row, at),
        runbook=rule.runbook,
        reason=change.reason,
        history=value_history(rule, formula, row, matrix)
        if matrix and not change.loaded_rule.fault
        else (),
    )


def view_path(rule: Rule, row: AlertRow, now: datetime) -> str:
    """Path and query of the page with the alert's charts, from `LEAD` before its start to `now`."""
    span = {"start": row.started_at - LEAD, "end": now + timedelta(minutes=1)}
    times = {name: _iso_utc(moment) for name, moment in span.items()}
    filters = source_filters(rule, {**rule.filters, **row.labels})
    return f"{PAGES[rule.source]}?{urlencode(times | filters)}"


def value_history(
    rule: Rule, formula: Formula, row: AlertRow, matrix: SeriesMatrix
) -> tuple[HistoryPoint, ...]:
    """The value of the window ending with each minute. Empty for counts of distinct sessions, which
    do not add up over minutes: only their latest value is available."""
    index = RowIndex.of(rule, matrix).find(row.labels)
    if index is None or formula.counts_sessions:
        return ()
    window_values = values_per_step(rule, formula, _single_row(matrix, index))
    step = timedelta(seconds=matrix.step_seconds)
    return tuple(
        (matrix.start + step * (number + 1), None if np.isnan(value) else float(value))
        for number, value in enumerate(window_values.value[0])
    )


def _single_row(matrix: SeriesMatrix, index: int) -> SeriesMatrix:
    row = slice(index, index + 1)
    return SeriesMatrix(
        start=matrix.start,
        step_seconds=matrix.step_seconds,
        steps=matrix.steps,
        labels=[matrix.labels[index]],
        weighted={name: series[row] for name, series in matrix.weighted.items()},
        counted={name: series[row] for name, series in matrix.counted.items()},
        histograms={name: series[row] for name, series in matrix.histograms.items()},
    )


def _iso_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
