"""The job that explains incidents."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from analytics.anomalies.explain.answers import Explanation
from analytics.anomalies.explain.explain import NOTHING_USUAL, explain
from analytics.anomalies.explain.reader import Change
from analytics.jobs import explanations
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.anomalies import incident_changes, incidents
from models.anomalies.incident_changes import IncidentContent
from models.anomalies.incidents import IncidentRow
from models.database.engine import Database
from models.database.leases import Leases
from models.metrics.anomalies.incident import IncidentFigures
from models.metrics.anomalies.series_key import SeriesKey
from settings import Settings
from tests.support.alerts.incident_factory import DROPS, ERRORS, FIGURES
from tests.support.clock import NOON, Clock

HOUR = timedelta(hours=1)


def stored(database: Database, incident_id: int) -> IncidentRow:
    with database.transaction() as connection:
        row = incidents.find(connection, incident_id)
    assert row is not None
    return row


def _failing_for(metric: str) -> Any:
    def fail(database: Database, change: Change, *others: Any) -> Explanation:
        if change.metric == metric:
            raise KeyError("a bug")
        return explain(database, change, *others)

    return fail


def test_incidents_are_explained_at_their_begin_while_they_go_on_and_at_their_end(
    database: Database, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    context = JobContext(database, Settings(data_dir=tmp_path), clock, lease)

    def write(incident_id: int, figures: IncidentFigures) -> None:
        with database.transaction() as connection:
            incident_changes.change(connection, incident_id, IncidentContent(DROPS, figures), NOON)

    with database.transaction() as connection:
        number = incident_changes.add(connection, IncidentContent(DROPS, FIGURES), NOON)
        other = incident_changes.add(connection, IncidentContent(ERRORS, FIGURES), NOON)
        odd = incident_changes.add(
            connection, IncidentContent(SeriesKey("client", "kiosk", "weather"), FIGURES), NOON
        )
    monkeypatch.setattr(explanations, "explain", _failing_for("weather"))
    with pytest.raises(explanations.NotExplained, match=f"incident {odd}: KeyError: 'a bug'"):
        explanations.step(context)
    assert stored(database, odd).explanation is None
    assert stored(database, other).explanation is not None
    monkeypatch.setattr(explanations, "explain", explain)
    assert explanations.step(context) == "1 of 1 incidents explained"
    explained = stored(database, number).explanation or {}
    assert (explained["sentence"], explained["until"]) == (NOTHING_USUAL, NOON.isoformat())
    assert "Message error rate (high, since the same minute)" in explained["notes"][0]
    assert "Weather of app kiosk (high, since the same minute)" in explained["notes"][0]
    assert (stored(database, odd).explanation or {})["sentence"] == explanations.NOT_EXPLAINED
    assert stored(database, other).explanation is not None
    assert explanations.step(context) == "0 of 0 incidents explained"
    write(number, replace(FIGURES, until=NOON + HOUR / 2))
    assert explanations.step(context) == "0 of 0 incidents explained"
    write(number, replace(FIGURES, until=NOON + HOUR * 2))
    assert explanations.step(context) == "1 of 1 incidents explained"
    write(number, replace(FIGURES, until=NOON + HOUR * 2.5, ended_at=NOON + HOUR * 3))
    assert explanations.step(context) == "1 of 1 incidents explained"
    assert explanations.step(context) == "0 of 0 incidents explained"
