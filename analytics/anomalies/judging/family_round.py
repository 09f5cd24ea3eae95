"""Judges new steps of a family: series of an app that are judged up to the same step; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from analytics.anomalies.detection.bands import Memory
from analytics.anomalies.detection.fit import judge
from analytics.anomalies.detection.kinds import SeriesKind, StepState
from analytics.anomalies.detection.steps import Ints, Steps, Verdicts
from analytics.anomalies.incidents.parts import Folding, Run
from analytics.anomalies.judging.columns import step_columns
from analytics.anomalies.judging.marks import Family, events_of, plausible
from analytics.anomalies.judging.stored import StoredBands, StoredMemory
from analytics.anomalies.series import records
from analytics.anomalies.series.reading import SeriesArrays
from models.anomalies.series import AnomalySeries, SeriesDetector, SeriesProgress
from models.metrics.anomalies.incident import IncidentPart


@dataclass(frozen=True, slots=True)
class FamilyRound:
    """What a round made of a family: columns of steps, how far its series are, changed parts."""

    app: str
    columns: Mapping[str, list[Any]]
    progress: Sequence[SeriesProgress]
    changed: Sequence[IncidentPart]


def judge_family(
    family: Sequence[AnomalySeries], arrays: SeriesArrays,
    detectors: Mapping[int, SeriesDetector], open_parts: Sequence[IncidentPart],
) -> FamilyRound:  # fmt: skip
    """The round of the steps of `arrays` that `family` has not judged."""
    since = family[0].judged_until
    own = arrays.select([each.key for each in family]).since(since.timestamp() if since else 0)
    bands = [StoredBands.of_record(detectors[each.id].bands) for each in family]
    memories = [StoredMemory.of_record(detectors[each.id].memory or {}) for each in family]
    verdicts, after = _judged(family[0].step_seconds, own, bands, memories)
    judged = Family(
        [each.id for each in family], own.keys, own.timestamps, own.values, verdicts,
        np.array([each.gap_limit for each in bands]),
        events_of(own.values, own.n, verdicts.expected, own.keys),
    )  # fmt: skip
    changed, runs = folded(judged, [each.run for each in memories], open_parts)
    until = own.timestamps[-1] + family[0].step_seconds if len(own.timestamps) else 0
    progress = progress_of(judged, after, runs, int(until))
    columns = step_columns(judged.ids, own.timestamps, own.values, (own.n, own.sessions), verdicts)
    return FamilyRound(family[0].key.app, columns, progress, changed)


def folded(
    family: Family, runs: Sequence[Run | None], open_parts: Sequence[IncidentPart]
) -> tuple[list[IncidentPart], list[Run | None]]:
    """The parts of incidents that changed, and what the last steps end."""
    changed: list[IncidentPart] = []
    after: list[Run | None] = []
    for run, marked in zip(runs, family.marked(runs), strict=True):
        own = [part for part in open_parts if part.series_id == marked.series_id]
        folding = Folding(own, run)
        folding.fold(marked)
        changed += folding.changed
        after.append(folding.run)
    return changed, after


def progress_of(
    family: Family, memory: Sequence[records.Record], runs: Sequence[Run | None], until: int
) -> list[SeriesProgress]:
    """How far the series of a family are judged."""
    return [
        SeriesProgress(
            series_id=series_id, state=state_name(family, row, runs[row]),
            memory=StoredMemory(memory[row], runs[row]).record(),
            judged_until=datetime.fromtimestamp(until, UTC),
        )
        for row, series_id in enumerate(family.ids)
    ]  # fmt: skip


def state_name(family: Family, row: int, run: Run | None) -> str:
    """The state of a series after its last step, as `no_data`: which it has once a gap is longer
    than usual."""
    state = StepState(int(family.verdicts.state[row, -1]))
    if state is StepState.NO_DATA and (run is None or run.steps < family.gap_limits[row]):
        state = StepState.OK
    return state.name.lower()


def _judged(
    step_seconds: int, own: SeriesArrays, bands: Sequence[StoredBands],
    memories: Sequence[StoredMemory],
) -> tuple[Verdicts, list[records.Record]]:  # fmt: skip
    """The verdicts on all series, and their memory after them."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for row, each in enumerate(bands):
        groups.setdefault(records.group_of(each.detector), []).append(row)
    parts: list[Verdicts] = []
    after: dict[int, records.Record] = {}
    for rows in groups.values():
        detector = records.bands_of([bands[row].detector for row in rows])
        forecast = np.stack([bands[row].expected(own.timestamps, step_seconds) for row in rows])
        is_ratio = detector.kind is SeriesKind.RATIO
        steps = Steps(own.timestamps, own.values[rows], own.n[rows] if is_ratio else None, forecast)
        before: Memory = records.memory_of([memories[row].detector for row in rows])
        verdicts, memory = judge(detector, before, steps)
        parts.append(plausible(verdicts, steps, (detector.kind, detector.worse), before.first))
        after |= dict(zip(rows, records.memory_records(memory), strict=True))
    order = np.argsort(np.concatenate([np.array(rows) for rows in groups.values()]))
    return in_order(stacked(parts, slice(None)), order), [after[row] for row in range(len(bands))]


def stacked(parts: Sequence[Verdicts], span: slice) -> Verdicts:
    """The series of all parts in turn, of the steps of `span`."""
    names = Verdicts.__dataclass_fields__
    return Verdicts(
        **{name: np.concatenate([getattr(part, name) for part in parts])[:, span] for name in names}
    )


def in_order(verdicts: Verdicts, order: Ints) -> Verdicts:
    """The series in another order."""
    names = Verdicts.__dataclass_fields__
    return Verdicts(**{name: getattr(verdicts, name)[order] for name in names})
