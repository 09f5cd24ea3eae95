"""Stored incidents as the answers of API and pages; pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from analytics.anomalies import naming
from analytics.anomalies.answers import (
    ExplainedSlice,
    FeedbackResponse,
    IncidentResponse,
    PartResponse,
    StateCounts,
)
from analytics.anomalies.explain.answers import Explanation
from models.anomalies.incidents import Feedback, IncidentRow
from models.metrics.anomalies.incident import FeedbackVerdict, IncidentFigures, IncidentPart
from models.metrics.anomalies.series_key import SeriesKey

MOST_PARTS = 40  # of an answer; the largest first


def incident_responses(
    rows: Sequence[IncidentRow], parts: Iterable[IncidentPart], labels: Mapping[str, str]
) -> list[IncidentResponse]:
    """The incidents that concern `labels`, values by dimension, in their order, with their
    parts."""
    of_incident: dict[int, list[IncidentPart]] = {}
    for part in parts:
        of_incident.setdefault(part.incident_id, []).append(part)
    responses = [incident_response(row, of_incident.get(row.id, ())) for row in rows]
    return [each for each in responses if _concerns(each, of_incident.get(each.id, ()), labels)]


def incident_response(row: IncidentRow, parts: Sequence[IncidentPart]) -> IncidentResponse:
    """One incident; parts with the largest rho first."""
    details = details_of(row.explanation)
    return IncidentResponse(
        **_deviation(row.key, row),
        id=row.id,
        source=row.key.source,
        app=row.key.app,
        until=row.until,
        explanation=[
            ExplainedSlice(slice=dict(each.slice), share=each.share)
            for each in (details.notable if details else ())
        ],
        details=details,
        causes=[dict(cause) for cause in row.causes],
        parts=[_part(each) for each in parts[:MOST_PARTS]],
        part_count=row.part_count,
        feedback=None if row.feedback is None else feedback_response(row.feedback),
    )


def details_of(stored: Mapping[str, Any] | None) -> Explanation | None:
    """What is stored of an explanation, also by another version; `None` before there is one."""
    return None if stored is None else msgspec.convert(stored, Explanation)


def feedback_response(feedback: Feedback) -> FeedbackResponse:
    """What a person said."""
    return FeedbackResponse(
        verdict=FeedbackVerdict(feedback.verdict),
        by=feedback.actor,
        note=feedback.note,
        at=feedback.at,
    )


def state_counts(numbers: Mapping[str, int]) -> StateCounts:
    """Of series by the state of their newest step."""
    by_field = {name.replace(" ", "_"): number for name, number in numbers.items()}
    return StateCounts(**{name: by_field.get(name, 0) for name in StateCounts.__struct_fields__})


def _concerns(
    incident: IncidentResponse, parts: Iterable[IncidentPart], labels: Mapping[str, str]
) -> bool:
    """Whether all of `labels` are those of the incident or of one of its `parts`, of which the
    answer may not have all, or of one slice that explains it."""
    slices = [incident.dimension, *(each.key.labels for each in parts)]
    slices += [each.slice for each in incident.explanation]
    return any(labels.items() <= each.items() for each in slices)


def _part(part: IncidentPart) -> PartResponse:
    return PartResponse(**_deviation(part.key, part), steps=part.steps)


def _deviation(key: SeriesKey, figures: IncidentFigures) -> dict[str, Any]:
    series = naming.series_of(key.source, key.metric)
    return {
        "kind": figures.kind.value,
        "metric": key.metric,
        "label": naming.label_of(key.source, key.metric),
        "statistic": naming.statistic_of(key.source, key.metric),
        "unit": series.unit if series else "",
        "dimension": dict(key.labels),
        "start": figures.started_at,
        "end": None if figures.is_ongoing else figures.until,
        "severity": figures.severity,
        "peak_at": figures.peak_at,
        "observed": figures.observed,
        "expected": figures.expected,
        "low": figures.low,
        "high": figures.high,
        "deviation": figures.deviation,
        "deviation_percent": figures.deviation_percent,
        "rho": figures.rho,
        "scale": figures.scale,
    }
