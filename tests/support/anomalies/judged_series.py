"""Judged series with a daily shape, planted incidents, a gap, and the next day's expectation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import pi, sin
from typing import Any

from msgspec import structs

from models.anomalies import feedback, incident_changes, series, steps
from models.anomalies.incident_changes import IncidentContent
from models.anomalies.incidents import Feedback
from models.anomalies.series import SeriesFit, SeriesProgress
from models.anomalies.steps import COLUMNS, AnomalyStep
from models.database.engine import Connection, Database
from models.metrics.anomalies.incident import (
    FeedbackVerdict,
    IncidentFigures,
    IncidentKind,
    IncidentPart,
)
from models.metrics.anomalies.series_key import SeriesKey

OK, ANOMALOUS, NO_DATA = 0, 1, 3  # as `StepState` numbers them
DROPS = SeriesKey("client", "portal", "drops")
EXPLANATION: Mapping[str, Any] = {
    "total_change": 1460.0,
    "unit": "drops",
    "contributions": [
        {"slice": {"release": "4.18.1"}, "share": 0.86, "usual_share": 0.31, "change": 1255.0,
         "n": 1400.0, "sessions": 380.0, "rank_low": 1, "rank_high": 1, "is_notable": True},
        {"slice": {"browser": "Safari"}, "share": 0.71, "usual_share": 0.2, "change": 1036.0,
         "n": 1100.0, "sessions": 300.0, "rank_low": 2, "rank_high": 3, "is_notable": True},
        {"slice": {"country": "DE"}, "share": 0.18, "usual_share": 0.19, "change": 262.0,
         "n": 300.0, "sessions": 90.0, "rank_low": 3, "rank_high": 4, "is_notable": False},
    ],
    "mix_share": 0.06, "rate_share": 0.94, "volume_share": 0.0,
    "not_counted": {"page": "pages are not judged"},
    "sentence": "86 % of the extra drops: release 4.18.1.",
    "notes": ["Germany has its usual share: nothing special there."],
    "advice": ["Check what release 4.18.1 changed about the connection."],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """An incident of a series: its first step begins `before` the end of the data and it lasts
    `length`; values are `factor` times the expected ones."""

    before: timedelta
    length: timedelta
    factor: float
    severity: str = "high"
    is_ongoing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSeries:
    """`level` is the mean, `swing` the share by which the day moves it; without values for
    `gap_length` from `gap_before` the end on."""

    key: SeriesKey = DROPS
    level: float = 40.0
    swing: float = 0.5
    plants: Sequence[Plant] = ()
    gap_before: timedelta = timedelta()
    gap_length: timedelta = timedelta()
    method: str = "prophet"
    state: str = "ok"


def store_series(
    connection: Connection, judged: JudgedSeries, end: datetime, days: int = 2
) -> tuple[int, list[int]]:
    """Store a series up to `end` and what is expected for a day after; (its id, its incidents)."""
    series.add(connection, [judged.key])
    stored = series.find(connection, judged.key)
    assert stored is not None
    is_learning = judged.method == series.LEARNING
    if not is_learning:
        fit = SeriesFit(
            series_id=stored.id, zone="Europe/Berlin", method=judged.method,
            errors={"prophet": 3.4, "usual hour": 4.1}, bands={}, designed_rate=0.012,
            measured_rate=0.011, fitted_at=end - timedelta(hours=9),
        )  # fmt: skip
        series.store_fits(connection, [fit])
    progress = SeriesProgress(series_id=stored.id, state=judged.state, memory={}, judged_until=end)
    series.store_progress(connection, [progress])
    steps.store(connection, _columns(stored.id, judged, end, days, has_band=not is_learning))
    return stored.id, [_store_incident(connection, stored.id, judged, each, end)
                       for each in judged.plants]  # fmt: skip


def steps_of(judged: JudgedSeries, end: datetime, days: int = 2) -> list[AnomalyStep]:
    """The steps as they are read."""
    columns = _columns(1, judged, end, days, has_band=judged.method != series.LEARNING)
    return [AnomalyStep(*row) for row in zip(*columns.values(), strict=True)]


def explain(database: Database, incident_id: int) -> None:
    """Store `EXPLANATION` with an incident."""
    with database.transaction() as connection:
        incident_changes.explain(connection, incident_id, EXPLANATION)


def judge(database: Database, incident_id: int, verdict: str, at: datetime) -> None:
    """Store what a person said of an incident."""
    with database.transaction() as connection:
        verdict_on_it = Feedback(FeedbackVerdict(verdict), "ana@example.com", "a load test", at)
        assert feedback.give(connection, incident_id, verdict_on_it)


def expected_at(judged: JudgedSeries, at: datetime) -> float:
    """What is usual of a series at a time of day."""
    return judged.level * (1 + judged.swing * sin(2 * pi * (at.hour + at.minute / 60 - 9) / 24))


def _columns(
    series_id: int, judged: JudgedSeries, end: datetime, days: int, *, has_band: bool
) -> dict[str, list[Any]]:
    length = timedelta(seconds=judged.key.step_seconds)
    start = end - timedelta(days=days)
    number = int((end + timedelta(days=1) - start) / length)
    rows = [
        _step(series_id, judged, start + length * index, end, index, has_band=has_band)
        for index in range(number)
    ]
    return {name: [row[index] for row in rows] for index, name in enumerate(COLUMNS)}


def _step(
    series_id: int, judged: JudgedSeries, at: datetime, end: datetime, index: int, *,
    has_band: bool,
) -> tuple[Any, ...]:  # fmt: skip
    expected = expected_at(judged, at)
    band = (expected, expected * 0.7, expected * 1.3) if has_band else (None,) * 3
    if at >= end:
        return (series_id, at, None, None, None, *band, None, None, None)
    gap_start = end - judged.gap_before
    if gap_start <= at < gap_start + judged.gap_length:
        return (series_id, at, None, 0, 0, *band, None, None, NO_DATA)
    plant = next((each for each in judged.plants
                  if end - each.before <= at < end - each.before + each.length), None)  # fmt: skip
    noise = 1 + 0.12 * sin(index * 2.399)  # the golden angle: no visible period
    value = expected * (plant.factor if plant else noise)
    rho = abs(value - expected) / (0.3 * expected)
    return (series_id, at, value, 120, 60, *band, rho, 0.2, ANOMALOUS if plant else OK)


def _store_incident(
    connection: Connection, series_id: int, judged: JudgedSeries, plant: Plant, end: datetime
) -> int:
    start = end - plant.before
    expected = expected_at(judged, start)
    figures = IncidentFigures(
        kind=IncidentKind.DEVIATION, severity=plant.severity, started_at=start,
        until=start + plant.length, ended_at=None if plant.is_ongoing else start + plant.length,
        peak_at=start, scale="sudden", observed=expected * plant.factor, expected=expected,
        low=expected * 0.7, high=expected * 1.3, rho=abs(plant.factor - 1) / 0.3,
    )  # fmt: skip
    causes = [{"kind": "deploy", "title": "4.18.1", "at": start.isoformat()}]
    content = IncidentContent(judged.key, figures, causes if plant.severity == "high" else ())
    incident_id = incident_changes.add(connection, content, end)
    part = IncidentPart(series_id=series_id, key=judged.key, incident_id=incident_id, steps=12,
                        **structs.asdict(figures))  # fmt: skip
    incident_changes.store_parts(connection, incident_id, [part])
    return incident_id
