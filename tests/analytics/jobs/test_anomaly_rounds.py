"""Which bands are due, and what is retired and forgotten."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import asdict

from analytics.anomalies.judging import incident_round
from analytics.anomalies.judging.fitting import Fitting
from analytics.jobs import anomaly_rounds
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.jobs.schedule import SCHEDULE, STEPS
from analytics.jobs.timetable import TIMETABLE
from models.anomalies import incidents, series, steps
from models.anomalies.series import AnomalySeries
from models.database.engine import Database, DatabaseAway
from models.database.leases import Leases
from models.metrics.anomalies.incident import IncidentFigures, IncidentKind, IncidentPart
from models.metrics.anomalies.series_key import SeriesKey
from settings import Settings
from tests.support.clock import NOON, Clock

DROPS = SeriesKey("client", "portal", "drops")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def stored_series(
    key: SeriesKey, fitted_at: datetime | None, *, zone: str = "UTC",
    retired_at: datetime | None = None,
) -> AnomalySeries:  # fmt: skip
    return AnomalySeries(
        id=1, key=key, step_seconds=300, zone=zone, method="usual hour", state="ok", errors={},
        designed_rate=None, measured_rate=None, fitted_at=fitted_at, judged_until=NOON,
        retired_at=retired_at,
    )  # fmt: skip


def test_the_schedule_has_a_step_for_each_job_of_the_timetable() -> None:
    assert [job.name for job in SCHEDULE] == [name for name, _ in TIMETABLE] == [*STEPS]


def test_bands_are_due_after_the_midnight_of_the_app_those_without_any_first() -> None:
    kiosk, chat = replace(DROPS, app="kiosk"), replace(DROPS, app="chat")
    stored = [
        stored_series(DROPS, NOON - HOUR * 11),  # since midnight
        stored_series(replace(DROPS, metric="sent"), NOON - HOUR * 13),
        stored_series(replace(DROPS, app="tokyo"), NOON - HOUR * 13, zone="America/Sao_Paulo"),
        stored_series(replace(DROPS, app="rome"), NOON - HOUR * 12, zone="America/Sao_Paulo"),
        stored_series(kiosk, None),
        stored_series(chat, None, retired_at=NOON),
        stored_series(replace(DROPS, dimension="country", value="BR"), NOON - HOUR * 11),
    ]
    due = [[each.key for each in portion] for portion in anomaly_rounds.due_portions(stored, NOON)]
    assert due == [
        [kiosk],
        [DROPS, replace(DROPS, metric="sent")],
        [replace(DROPS, app="tokyo")],
        [replace(DROPS, app="rome")],
    ]


def test_an_app_that_cannot_be_fitted_keeps_no_other_waiting(
    database: Database, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    context = JobContext(database, Settings(data_dir=tmp_path), clock, lease)
    with database.transaction() as connection:
        series.add(connection, [replace(DROPS, app=app) for app in ("chat", "kiosk", "portal")])

    def fit(_: Fitting, portion: Sequence[AnomalySeries]) -> str:
        app = portion[0].key.app
        if app == "chat":
            raise ValueError("no such zone")
        if app == "portal" and is_away:
            raise DatabaseAway("gone")
        return f"{app} fitted"

    is_away = False
    monkeypatch.setattr(Fitting, "fit", fit)
    with pytest.raises(ExceptionGroup, match="kiosk fitted; portal fitted") as raised:
        anomaly_rounds.fits(context)
    assert [str(fault) for fault in raised.value.exceptions] == ["no such zone"]
    is_away = True
    with pytest.raises(DatabaseAway):
        anomaly_rounds.fits(context)


def test_what_is_listed_no_more_is_retired_and_its_incident_ends(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    context = JobContext(database, Settings(data_dir=tmp_path), clock, lease)
    figures = IncidentFigures(
        kind=IncidentKind.DEVIATION, severity="high", started_at=NOON - HOUR, until=NOON,
        ended_at=None, peak_at=NOON - HOUR, scale="sudden", observed=41.0, expected=6.0, low=2.0,
        high=11.0, rho=3.5,
    )  # fmt: skip
    with database.transaction() as connection:
        series.add(connection, [DROPS])
        (own,) = series.all_series(connection)
        part = IncidentPart(series_id=own.id, key=DROPS, steps=12, **asdict(figures))
        incident_round.write(connection, "portal", [part], NOON)
        columns = {name: [None, None] for name in steps.COLUMNS}
        starts = [NOON - anomaly_rounds.STEPS_FOR - HOUR, NOON]
        steps.store(connection, columns | {"series_id": [own.id] * 2, "starts_at": starts})
    summary = anomaly_rounds.places(context)
    assert summary == "0 series, 0 new, 1 retired; 1 steps and 0 incidents deleted"
    with database.transaction() as connection:
        (incident,) = incidents.matching(
            connection, incidents.IncidentFilter(start=NOON - DAY, end=NOON), 9
        )
        assert incident.ended_at == NOON
        assert [each.retired_at for each in series.all_series(connection)] == [NOON]
    clock.advance(days=Settings(data_dir=tmp_path).rollup_retention_days + 2)
    assert anomaly_rounds.places(context).endswith("1 steps and 1 incidents deleted")
    with database.transaction() as connection:
        assert series.all_series(connection) == []
    assert anomaly_rounds.fits(context) == "none is due"
