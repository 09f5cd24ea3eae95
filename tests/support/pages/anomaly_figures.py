"""Factories of what a page of anomalies draws: a judged series and incidents, until noon."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.anomalies.answers import (
    AnomalyList,
    IncidentResponse,
    JudgedByPeople,
    PartResponse,
    StateCounts,
)
from analytics.anomalies.listing import details_of
from analytics.anomalies.points import points_of
from analytics.anomalies.reports import AnomalySeries, IncidentPart, SeriesPage
from analytics.ranges.timerange import TimeRange
from dashboard.client.anomalies.core.data import AnomaliesData, DrawnSeries
from dashboard.client.anomalies.core.url_state import AnomaliesView
from models.metrics.anomalies.incident import IncidentKind
from tests.support.anomalies.judged_series import (
    EXPLANATION,
    JudgedSeries,
    Plant,
    steps_of,
)
from tests.support.clock import NOON

HOUR = timedelta(hours=1)
SURGE = Plant(before=10 * HOUR, length=HOUR, factor=3.0)
FIGURES: dict[str, Any] = {
    "severity": "high", "peak_at": NOON - 10 * HOUR, "observed": 60.0, "expected": 20.0,
    "low": 14.0, "high": 26.0, "rho": 6.7, "scale": "sudden",
}  # fmt: skip


def an_incident(number: int = 7, **fields: Any) -> IncidentResponse:
    """A surge of drops ten hours ago, an hour long, explained by a release."""
    details = details_of(EXPLANATION)
    assert details is not None
    defaults: dict[str, Any] = {
        **FIGURES, "id": number, "source": "client", "app": "portal", "kind": "deviation",
        "metric": "drops", "label": "Drops", "statistic": None, "unit": "count", "dimension": {},
        "start": NOON - 10 * HOUR, "end": NOON - 9 * HOUR, "until": NOON - 9 * HOUR,
        "deviation": 40.0, "deviation_percent": 200.0, "details": details, "part_count": 1,
        "explanation": [each for each in details.contributions if each.is_notable],
        "causes": [{"kind": "deploy", "title": "4.18.1", "at": (NOON - 11 * HOUR).isoformat()}],
    }  # fmt: skip
    return IncidentResponse(**(defaults | fields))


def a_part(**fields: Any) -> PartResponse:
    """A part of an incident."""
    names = PartResponse.__struct_fields__
    incident = an_incident()
    values = {name: getattr(incident, name) for name in names if hasattr(incident, name)}
    return PartResponse(**(values | {"steps": 12} | fields))


def anomalies_data(
    *incidents: IncidentResponse, judged: JudgedSeries | None = None,
    view: AnomaliesView | None = None, incident: IncidentResponse | None = None,
    is_judged: bool = True, ahead: timedelta = timedelta(hours=8), **fields: Any,
) -> AnomaliesData:  # fmt: skip
    """The page of a series of drops over the last day, with these incidents."""
    drawn = judged or JudgedSeries(plants=[SURGE])
    window = TimeRange(NOON - 24 * HOUR, NOON)
    steps = [each for each in steps_of(drawn, NOON)
             if window.start <= each.starts_at < NOON + ahead] if is_judged else []  # fmt: skip
    points = points_of(steps, drawn.key.step_seconds, window.length + ahead)
    selected = _series(drawn) if is_judged else None
    listing = AnomalyList(
        start=window.start, end=window.end, judged_until=NOON if is_judged else None,
        series=int(is_judged), incidents=list(incidents),
        states=StateCounts(learning=int(drawn.state == "learning")),
        severities={"high": JudgedByPeople(real=9, judged=10)},
    )  # fmt: skip
    page = SeriesPage(
        listing=listing, series=[selected] if selected else [], selected=selected, steps=steps,
        spans=_spans(drawn) if is_judged else [], incident=incident,
    )  # fmt: skip
    return AnomaliesData(
        view=view or AnomaliesView(preset="24h", default_preset="7d"),
        window=window,
        now=NOON,
        zone=ZoneInfo("UTC"),
        current=DrawnSeries(window.start, NOON, "5 min", points.seconds,
                            [each for each in points.points if not each.is_ahead]),
        page=page,
        points=points,
        ahead_until=NOON + ahead,
        **fields,
    )  # fmt: skip


def _series(judged: JudgedSeries) -> AnomalySeries:
    is_learning = judged.method == "learning"
    return AnomalySeries(
        id=1, key=judged.key, step_seconds=judged.key.step_seconds, zone="UTC",
        method=judged.method, state=judged.state,
        errors={} if is_learning else {"prophet": 3.4, "usual hour": 4.1},
        designed_rate=None if is_learning else 0.012,
        measured_rate=None if is_learning else 0.011,
        fitted_at=None if is_learning else NOON - 9 * HOUR, judged_until=NOON, retired_at=None,
    )  # fmt: skip


def _spans(judged: JudgedSeries) -> Sequence[IncidentPart]:
    return [
        IncidentPart(
            series_id=1, key=judged.key, incident_id=7, steps=12, kind=IncidentKind.DEVIATION,
            started_at=_start(plant), until=_start(plant) + plant.length,
            ended_at=None if plant.is_ongoing else _start(plant) + plant.length,
            **FIGURES | {"severity": plant.severity},
        )
        for plant in judged.plants
    ]  # fmt: skip


def _start(plant: Plant) -> datetime:
    return NOON - plant.before
