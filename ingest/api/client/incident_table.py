"""Incidents as CSV, a row each; values in the unit of the metric, shares from 0 to 1."""

from collections.abc import Iterator, Mapping

from analytics.anomalies.answers import AnomalyList, IncidentResponse
from analytics.formatting.csv_text import Cell
from ingest.routing.route import Table
from ingest.routing.series_table import ranged_name

FIGURES = ("observed", "expected", "low", "high", "deviation", "deviation_percent", "rho")
HEADER = (
    *("id", "source", "app", "metric", "statistic", "dimension", "kind", "severity", "scale"),
    *("start", "end", "peak_at", "unit", *FIGURES),
    *("parts", "explanation", "causes", "feedback", "feedback_by", "feedback_note"),
)


def incident_table(listed: AnomalyList) -> Table:
    """The incidents, the newest first."""
    return Table(
        name=ranged_name("anomalies", listed.start, listed.end),
        header=HEADER,
        rows=[[*_cells(each)] for each in listed.incidents],
    )


def _cells(incident: IncidentResponse) -> Iterator[Cell]:
    yield from (incident.id, incident.source, incident.app, incident.metric, incident.statistic)
    yield from (_pairs(incident.dimension), incident.kind, incident.severity, incident.scale)
    yield from (incident.start, incident.end, incident.peak_at, incident.unit)
    yield from (getattr(incident, name) for name in FIGURES)
    yield incident.part_count
    yield "; ".join(
        _pairs(each.slice) + ("" if each.share is None else f" {each.share:.0%}")
        for each in incident.explanation
    )
    yield "; ".join(str(cause.get("title") or cause.get("kind", "")) for cause in incident.causes)
    feedback = incident.feedback
    yield from (
        (None,) * 3 if feedback is None else (feedback.verdict.value, feedback.by, feedback.note)
    )


def _pairs(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels.items())
