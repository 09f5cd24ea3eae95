"""Which incidents are explained next."""

from datetime import timedelta

from msgspec.structs import replace

from models.anomalies import explanations, incident_changes
from models.anomalies.incident_changes import IncidentContent
from models.database.engine import Database
from models.metrics.anomalies.incident import IncidentKind
from tests.support.alerts.incident_factory import DROPS, FIGURES
from tests.support.clock import NOON

HOUR = timedelta(hours=1)


def test_those_without_an_explanation_come_first_that_go_on(database: Database) -> None:
    ended = replace(FIGURES, ended_at=NOON)
    frozen = replace(FIGURES, kind=IncidentKind.FROZEN)
    with database.transaction() as connection:
        over, going, _ = (
            incident_changes.add(connection, IncidentContent(DROPS, figures), NOON)
            for figures in (ended, FIGURES, frozen)
        )
        assert [row.id for row in explanations.due(connection, 9)] == [going, over]
        assert [row.id for row in explanations.due(connection, 1)] == [going]
        for incident_id in (going, over):
            record = {"sentence": "", "until": (NOON - HOUR / 2).isoformat()}
            incident_changes.explain(connection, incident_id, record)
        assert [row.id for row in explanations.due(connection, 9)] == [over]
        incident_changes.explain(connection, over, {"until": ""})
        assert [row.id for row in explanations.due(connection, 9)] == [over]
