"""Series, steps, incidents and feedback come back from the store as they were written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec.structs import asdict
from sqlalchemy import Connection

from models.anomalies import feedback, incident_changes, incidents, series, steps
from models.anomalies.incident_changes import IncidentContent
from models.anomalies.incidents import Feedback, IncidentFilter
from models.anomalies.series import SeriesFit, SeriesProgress
from models.anomalies.steps import COLUMNS, AnomalyStep
from models.database.engine import Database
from models.metrics.anomalies.incident import (
    FeedbackVerdict,
    IncidentFigures,
    IncidentKind,
    IncidentPart,
)
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.clock import NOON

STEP = timedelta(minutes=5)
DROPS = SeriesKey("client", "portal", "drops")
OF_BRAZIL = SeriesKey("client", "portal", "drops", "country", "BR")
FIGURES = IncidentFigures(
    kind=IncidentKind.DEVIATION, severity="high", started_at=NOON, until=NOON + STEP,
    ended_at=None, peak_at=NOON, scale="sudden", observed=41.0, expected=6.0, low=2.0, high=11.0,
    rho=3.5,
)  # fmt: skip


def add_series(connection: Connection, *keys: SeriesKey) -> list[int]:
    series.add(connection, keys)
    return [each.id for each in series.all_series(connection)]


def part(series_id: int, key: SeriesKey) -> IncidentPart:
    return IncidentPart(series_id=series_id, key=key, steps=1, **asdict(FIGURES))


def columns_of(*rows: AnomalyStep) -> dict[str, list[object]]:
    return {name: [getattr(row, name) for row in rows] for name in COLUMNS}


def test_a_series_is_fitted_judged_retired_and_taken_up_again(database: Database) -> None:
    with database.transaction() as connection:
        of_app, of_value = add_series(connection, DROPS, OF_BRAZIL)
        fit = SeriesFit(
            series_id=of_app, zone="America/Sao_Paulo", method="prophet", errors={"prophet": 0.5},
            bands={"scale": [1.0, 2.0]}, designed_rate=0.01, measured_rate=0.011, fitted_at=NOON,
        )  # fmt: skip
        series.store_fits(connection, [fit])
        progress = SeriesProgress(
            series_id=of_app, state="ok", memory={"fast": 0.5}, judged_until=NOON
        )
        series.store_progress(connection, [progress])
        series.retire(connection, [of_value], NOON)
        stored, retired = series.all_series(connection)
        assert (stored.key, stored.zone, stored.errors, stored.judged_until, stored.state) == (
            DROPS, "America/Sao_Paulo", {"prophet": 0.5}, NOON, "ok",
        )  # fmt: skip
        detectors = series.detectors(connection, [of_app, of_value])
        assert {each: (d.bands, d.memory) for each, d in detectors.items()} == {
            of_app: ({"scale": [1.0, 2.0]}, {"fast": 0.5})
        }
        assert series.state_counts(connection, "client", "portal") == {"ok": 1}
        assert retired.retired_at == NOON
        series.add(connection, [DROPS, OF_BRAZIL])
        assert series.find(connection, OF_BRAZIL) is not None
        assert series.state_counts(connection, "client") == {"ok": 1, "learning": 1}
        assert [each.key for each in series.all_series(connection)] == [DROPS, OF_BRAZIL]


def test_a_step_written_twice_is_the_same(database: Database) -> None:
    with database.transaction() as connection:
        (of_app,) = add_series(connection, DROPS)
        judged = AnomalyStep(of_app, NOON, 41.0, 30, 20, 6.0, 2.0, 11.0, 3.5, 1.5, 1)
        ahead = AnomalyStep(of_app, NOON + STEP, None, None, None, 6.5, 2.5, 11.5, None, None, None)
        assert steps.store(connection, columns_of(judged)) == 1
        assert steps.store(connection, columns_of(judged)) == 0
        steps.store_ahead(connection, columns_of(replace(judged, expected=9.0), ahead))
        read = steps.between(connection, [of_app], NOON, NOON + STEP * 2)
        assert read == [judged, ahead]
        steps.store_ahead(connection, columns_of())
        assert steps.forget(connection, 3600, NOON + STEP) == 0
        assert steps.forget(connection, 300, NOON + STEP * 2) == 2
        assert steps.store(connection, columns_of()) == 0


def test_incidents_are_listed_with_their_parts_and_feedback(database: Database) -> None:
    window = IncidentFilter(start=NOON, end=NOON + STEP, app="portal", metrics=["drops"])
    causes = [{"kind": "deploy", "title": "2.4.1"}]
    content = IncidentContent(DROPS, FIGURES, causes)
    verdict = Feedback(FeedbackVerdict.EXPECTED, "ana", "a test of the load", NOON)
    with database.transaction() as connection:
        of_app, of_value = add_series(connection, DROPS, OF_BRAZIL)
        first = incident_changes.add(connection, content, NOON)
        other = incident_changes.add(connection, IncidentContent(OF_BRAZIL, FIGURES), NOON)
        incident_changes.store_parts(connection, first, [part(of_app, DROPS)])
        incident_changes.store_parts(connection, other, [part(of_value, OF_BRAZIL)])
        assert feedback.give(connection, other, verdict)
        assert not feedback.give(connection, other + 1, verdict)
        assert [each.id for each in incidents.matching(connection, window, 9)] == [other, first]
        incident_changes.store_parts(connection, first, [part(of_value, OF_BRAZIL)])
        incident_changes.join(connection, first, [other])
        incident_changes.change(connection, first, content, NOON + STEP)
        incident_changes.explain(connection, first, {"sentence": "BR did it"})
        incident = incidents.find(connection, first)
        assert incident is not None
        assert (incident.part_count, incident.feedback, incident.causes) == (2, verdict, causes)
        assert incident.explanation == {"sentence": "BR did it"}
        assert incident.deviation == 35.0
        assert incident.deviation_percent == pytest.approx(583.33, abs=0.01)
        assert incident.updated_at == NOON
        assert incidents.find(connection, other) is None
        parts = incidents.parts_of(connection, [first])
        assert {(each.key, each.steps) for each in parts} == {(DROPS, 1), (OF_BRAZIL, 1)}
        assert incidents.parts_of_series(connection, [of_app], NOON + STEP, NOON + STEP * 2) == [
            parts[0]
        ]
        assert feedback.expected_windows(connection, [of_value], NOON) == {
            of_value: [(NOON, NOON + STEP)]
        }
        assert feedback.real_by_severity(connection) == {"high": (0, 1)}
        assert feedback.withdraw(connection, first)
        assert incident_changes.forget(connection, NOON + STEP * 9) == 0
