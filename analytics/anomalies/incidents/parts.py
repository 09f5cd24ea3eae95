"""Folds the judged steps of one series to parts of incidents; pure.

Steps beyond the band that follow each other, or lie no further apart than the gap, are one part:
an hour for steps of five minutes (what comes back within an hour is the same trouble), twelve for
those of an hour. A part begins with the first of the contiguous steps that lead to one no chance
explains.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec.structs import replace

from analytics.anomalies.detection.severity import Severity, severity
from analytics.anomalies.detection.steps import Floats, Ints, Mask
from models.metrics.anomalies.incident import IncidentKind, IncidentPart
from models.metrics.anomalies.series_key import STEP_SECONDS, SeriesKey

GAP = timedelta(hours=1)
VALUE_GAP = timedelta(hours=12)
LEAST_EVENTS = 5.0  # by which a run deviates: one drop where none is usual is no incident
SUDDEN, SUSTAINED = "sudden", "sustained"


@dataclass(frozen=True, slots=True)
class Run:
    """Contiguous steps of one kind beyond the band, up to the last judged one; `events` are those
    by which they deviate together."""

    kind: IncidentKind
    since: datetime
    steps: int
    events: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSteps:
    """The steps of one series, arrays [T]: `kinds` are indexes into `KINDS`, -1 within the band;
    `begins` whether a step can begin a part, where its run has `LEAST_EVENTS` of the `events`; the
    others as in `Verdicts`."""

    series_id: int
    key: SeriesKey
    timestamps: Ints
    kinds: Ints
    begins: Mask
    events: Floats
    observed: Floats
    expected: Floats
    low: Floats
    high: Floats
    rho: Floats
    is_sustained: Mask


KINDS = (IncidentKind.DEVIATION, IncidentKind.NO_DATA, IncidentKind.FROZEN)


def gap_of(key: SeriesKey) -> timedelta:
    """How far apart steps of one part lie at most."""
    return GAP if key.step_seconds == STEP_SECONDS else VALUE_GAP


class Folding:
    """Folds steps in order of time. `open_parts` are those that may go on, `run` what the steps
    before ended with: the result does not depend on how steps come in portions."""

    def __init__(self, open_parts: Sequence[IncidentPart] = (), run: Run | None = None) -> None:
        self.run = run
        self._open = {part.kind: part for part in open_parts}
        self._changed: dict[datetime, IncidentPart] = {}

    def fold(self, steps: JudgedSteps) -> None:
        """Fold further steps."""
        if not len(steps.timestamps):
            return
        length, previous = timedelta(seconds=steps.key.step_seconds), -1
        for index in np.flatnonzero(steps.kinds >= 0).tolist():
            start, kind = _instant(steps.timestamps[index]), KINDS[steps.kinds[index]]
            if index != previous + 1:
                self.run = None
            if self.run is None or self.run.kind is not kind:
                self.run = Run(kind, start, 0)
            events = self.run.events + float(steps.events[index])
            self.run = Run(kind, self.run.since, self.run.steps + 1, events)
            self._step(steps, index, self.run)
            previous = index
        if previous != len(steps.timestamps) - 1:
            self.run = None
        self._end(_instant(steps.timestamps[-1]) + length, gap_of(steps.key))

    @property
    def changed(self) -> list[IncidentPart]:
        """The parts that began, went on or ended, by their start."""
        return [self._changed[start] for start in sorted(self._changed)]

    def _step(self, steps: JudgedSteps, index: int, run: Run) -> None:
        part, start = self._open.get(run.kind), _instant(steps.timestamps[index])
        if part is not None and start - part.until > gap_of(steps.key):
            self._put(replace(part, ended_at=part.until))
            part = None
        if part is not None:
            self._put(_extended(part, _part_of(steps, index, Run(run.kind, start, 1))))
        elif steps.begins[index] and run.events >= LEAST_EVENTS:
            self._put(_part_of(steps, index, run))

    def _end(self, until: datetime, gap: timedelta) -> None:
        """What lies back further than the gap is over."""
        for part in [*self._open.values()]:
            if until - part.until > gap:
                self._put(replace(part, ended_at=part.until))

    def _put(self, part: IncidentPart) -> None:
        self._changed[part.started_at] = part
        if part.is_ongoing:
            self._open[part.kind] = part
        else:
            self._open.pop(part.kind, None)


def _part_of(steps: JudgedSteps, index: int, run: Run) -> IncidentPart:
    """A part of the steps of `run`, of which the last is at `index`."""
    start = _instant(steps.timestamps[index])
    rho = float(steps.rho[index])
    return IncidentPart(
        kind=run.kind, severity=severity_of(rho), started_at=run.since,
        until=start + timedelta(seconds=steps.key.step_seconds), ended_at=None, peak_at=start,
        scale=SUSTAINED if steps.is_sustained[index] else SUDDEN,
        observed=_number(steps.observed[index]), expected=_number(steps.expected[index]),
        low=_number(steps.low[index]), high=_number(steps.high[index]), rho=rho,
        series_id=steps.series_id, key=steps.key, steps=run.steps,
    )  # fmt: skip


def _extended(part: IncidentPart, step: IncidentPart) -> IncidentPart:
    peak = step if step.rho > part.rho else part
    return replace(
        peak, started_at=part.started_at, until=step.until, steps=part.steps + step.steps,
        incident_id=part.incident_id,
    )  # fmt: skip


def severity_of(rho: float) -> str:
    """`low`, `medium` or `high`."""
    return (severity(rho) or Severity.LOW).value


def _instant(second: float) -> datetime:
    return datetime.fromtimestamp(int(second), UTC)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
