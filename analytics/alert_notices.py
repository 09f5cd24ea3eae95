"""From what is told to the notices of the outbox: words, history and the address of the view."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import numpy as np

from analytics.alert_figures import Figures, group_of
from analytics.alert_round import Change
from analytics.alerting.cells import Cells
from analytics.alerting.measuring import at_each_step
from analytics.alerting.readings import WORDS, Reading, reading_of
from analytics.alerting.rule import Rule
from analytics.notices import HistoryPoint, Notice, NoticeKind
from models.alerts import AlertRow

PAGES = {"client": "/admin/websocket-client-metrics", "server": "/admin/websocket-analytics"}
BEFORE = timedelta(minutes=30)  # how much of what went before the view shows


def notice_of(
    change: Change, alert_id: int, kind: NoticeKind, figures: Figures, now: datetime
) -> Notice:
    """One alert in its present moment."""
    rule, row = change.known.rule, change.row
    reading = reading_of(rule.source, rule.metric, rule.aggregation)
    cells = figures.cells.get(group_of(rule))
    return Notice(
        kind=kind,
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
        at=now,
        path=view_path(rule, row, now),
        runbook=rule.runbook,
        reason=change.reason,
        history=history(rule, reading, row, cells) if cells and not change.known.fault else (),
    )


def view_path(rule: Rule, row: AlertRow, now: datetime) -> str:
    """The page that shows the figures, from before the trouble up to now."""
    span = {"start": row.started_at - BEFORE, "end": now + timedelta(minutes=1)}
    pairs = {name: _written(moment) for name, moment in span.items()}
    return f"{PAGES[rule.source]}?{urlencode(pairs | rule.filters | row.labels)}"


def history(rule: Rule, reading: Reading, row: AlertRow, cells: Cells) -> tuple[HistoryPoint, ...]:
    """The value over the window that ended with each minute."""
    place = _place(rule, row, cells)
    if place is None:
        return ()
    measured = at_each_step(rule, reading, _only(cells, place))
    step = timedelta(seconds=cells.step_seconds)
    return tuple(
        (cells.start + step * (number + 1), None if np.isnan(value) else float(value))
        for number, value in enumerate(measured.value[0])
    )


def _place(rule: Rule, row: AlertRow, cells: Cells) -> int | None:
    wanted = {**rule.filters, **row.labels}
    return next((i for i, labels in enumerate(cells.labels) if labels == wanted), None)


def _only(cells: Cells, place: int) -> Cells:
    row = slice(place, place + 1)
    return Cells(
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


def grouped(
    told: Sequence[tuple[str, Rule, Notice]],
) -> dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Notice]]:
    """Notices of one cause together, by its key, the channels and the recipients they go to."""
    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Notice]] = {}
    for key, rule, notice in told:
        whom = tuple(sorted(map(str, rule.recipients)))
        groups.setdefault((key, tuple(sorted(rule.channels)), whom), []).append(notice)
    return groups
