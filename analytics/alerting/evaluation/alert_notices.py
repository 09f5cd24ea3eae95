"""From what is told to the notices of the outbox: words, history and the address of the view."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

import numpy as np

from analytics.alerting.evaluation.evaluation_round import Change
from analytics.alerting.evaluation.measurements import Figures
from analytics.alerting.evaluation.row_index import RowIndex
from analytics.alerting.evaluation.series_matrix import SeriesMatrix
from analytics.alerting.evaluation.window_values import at_each_step
from analytics.alerting.policy import notify
from analytics.alerting.rules.formulas import WORDS, Formula, reading_for
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import common
from analytics.alerting.rules.rule import Rule
from analytics.notifications.notice import HistoryPoint, Notice
from models.alerts.alerts import AlertRow
from models.alerts.recipients import Recipient

PAGES = {"client": "/admin/websocket-client-metrics", "server": "/admin/websocket-analytics"}
MOST_DRAWN = 10
BEFORE = timedelta(minutes=30)  # how much of what went before the view shows


@dataclass(frozen=True, slots=True)
class Message:
    """What has one cause and goes the same way; nobody named means everybody."""

    group_key: str
    channels: frozenset[str]
    recipients: frozenset[UUID]

    def chosen(self, everybody: Sequence[Recipient]) -> list[Recipient]:
        """Who gets it. When all who are named are gone or paused, everybody: somebody must."""
        reached = [one for one in everybody if one.kind in self.channels]
        return [one for one in reached if one.id in self.recipients] or reached


def messages(
    changes: Sequence[tuple[int, Change]], figures: Figures, now: datetime
) -> dict[Message, list[Notice]]:
    """What is told of the changes (with their alerts' ids): notices of one cause together.

    Of very many alerts of one rule only the first come with their history.
    """
    found: dict[Message, list[Notice]] = {}
    drawn: Counter[int] = Counter()
    for alert_id, change in changes:
        if change.kind is None:
            continue
        rule = change.known.rule
        message = Message(
            notify.group_key(change.known.id, rule, change.kind),
            frozenset(rule.channels),
            frozenset(rule.recipients),
        )
        drawn[change.known.id] += 1
        is_drawn = drawn[change.known.id] <= MOST_DRAWN
        shown = figures if is_drawn else Figures()
        found.setdefault(message, []).append(notice_of(change, alert_id, shown, now))
    return found


def notice_of(change: Change, alert_id: int, figures: Figures, now: datetime) -> Notice:
    """One alert in its present moment, or in that of its end, which may be told later; without
    figures of that moment it has no history."""
    rule, row = change.known.rule, change.row
    reading = reading_for(rule)
    at = row.ended_at or now
    cells = figures.cells.get(group_of(rule)) if at == now else None
    return Notice(
        kind=change.kind or "firing",
        rule=rule.name,
        alert_id=alert_id,
        labels={**rule.filters, **row.labels},
        severity=rule.severity,
        metric=rule.metric,
        label=reading.label,
        unit=reading.unit,
        aggregation=WORDS[rule.aggregation],
        value=row.value,
        threshold=rule.fire,
        clear_threshold=rule.clear_at,
        direction=rule.direction,
        n=row.n,
        noun=reading.noun,
        since=row.started_at,
        at=at,
        path=view_path(rule, row, at),
        runbook=rule.runbook,
        reason=change.reason,
        history=history(rule, reading, row, cells) if cells and not change.known.fault else (),
    )


def view_path(rule: Rule, row: AlertRow, now: datetime) -> str:
    """The page that shows the figures, from before the trouble up to now."""
    span = {"start": row.started_at - BEFORE, "end": now + timedelta(minutes=1)}
    pairs = {name: _written(moment) for name, moment in span.items()}
    return f"{PAGES[rule.source]}?{urlencode(pairs | common(rule, {**rule.filters, **row.labels}))}"


def history(
    rule: Rule, reading: Formula, row: AlertRow, cells: SeriesMatrix
) -> tuple[HistoryPoint, ...]:
    """The value over the window that ended with each minute; of different sessions it is known for
    the present alone."""
    place = RowIndex.of(rule, cells).find(row.labels)
    if place is None or reading.is_of_sessions:
        return ()
    measured = at_each_step(rule, reading, _only(cells, place))
    step = timedelta(seconds=cells.step_seconds)
    return tuple(
        (cells.start + step * (number + 1), None if np.isnan(value) else float(value))
        for number, value in enumerate(measured.value[0])
    )


def _only(cells: SeriesMatrix, place: int) -> SeriesMatrix:
    row = slice(place, place + 1)
    return SeriesMatrix(
        start=cells.start,
        step_seconds=cells.step_seconds,
        steps=cells.steps,
        labels=[cells.labels[place]],
        weighted={name: series[row] for name, series in cells.weighted.items()},
        counted={name: series[row] for name, series in cells.counted.items()},
        histograms={name: series[row] for name, series in cells.histograms.items()},
    )


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
