"""The route of incidents: the contract's fields, filters, CSV, feedback by admins."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from ingest.api.client.anomaly_routes import PATH
from ingest.api.client.incident_table import HEADER
from models.database.engine import Database
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.anomalies.judged_series import JudgedSeries, Plant, explain, store_series
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import api_get, csv_rows

OF_BRAZIL = SeriesKey("client", "portal", "drops", "country", "BR")
FIELDS = {
    *("id", "metric", "dimension", "start", "end", "severity", "observed", "expected"),
    *("deviation", "deviation_percent", "rho", "scale", "explanation", "feedback"),
}


def test_incidents_are_answered_filtered_and_judged(
    client: FlaskClient, database: Database
) -> None:
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    surge = Plant(before=timedelta(hours=3), length=timedelta(hours=1), factor=3.0, is_ongoing=True)
    late = Plant(before=timedelta(hours=1), length=timedelta(hours=1), factor=1.4, severity="low")
    with database.transaction() as connection:
        judged = JudgedSeries(key=OF_BRAZIL, plants=[surge])
        _, (incident,) = store_series(connection, judged, end)
        active = SeriesKey("server", "portal", "active")
        store_series(connection, JudgedSeries(key=active, plants=[late]), end)
    explain(database, incident)
    bearer = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    result = api_get(client, bearer, PATH).get_json()
    (only,) = result["incidents"]
    assert only.keys() >= FIELDS
    assert (only["id"], only["dimension"], only["end"]) == (incident, {"country": "BR"}, None)
    assert only["explanation"][0] == {"slice": {"release": "4.18.1"}, "share": 0.86}
    assert result["states"] == {"learning": 0, "no_data": 0, "frozen": 0, "too_few": 0}
    for query, number in (
        ({"country": "BR"}, 1), ({"country": "DE"}, 0), ({"app": "kiosk"}, 0),
        ({"metric": "drops", "severity": "high"}, 1), ({"severity": "low"}, 0),
        ({"source": "server"}, 1),
    ):  # fmt: skip
        assert len(api_get(client, bearer, PATH, **query).get_json()["incidents"]) == number
    (row,) = csv_rows(api_get(client, bearer, PATH, format="csv").text)
    assert tuple(row) == HEADER
    assert (row["dimension"], row["explanation"]) == (
        "country=BR", "release=4.18.1 86%; browser=Safari 71%",
    )  # fmt: skip
    for wrong in {"severity": "huge"}, {"automated": "only"}, {"source": "sea"}:
        assert api_get(client, bearer, PATH, **wrong).status_code == 422
    _feedback(client, database, incident, bearer)


def _feedback(
    client: FlaskClient, database: Database, incident: int, of_analyst: dict[str, str]
) -> None:
    admin = {"Authorization": f"Bearer {new_token(database, 'admin')}"}
    path = f"{PATH}/{incident}/feedback"
    verdict = {"verdict": "expected", "note": "a load test"}
    assert client.post(path, json=verdict, headers=of_analyst).status_code == 403
    first, again = (client.post(path, json=verdict, headers=admin) for _ in range(2))
    assert first.status_code == 200
    assert first.get_json() == again.get_json()
    assert first.get_json()["feedback"].items() >= {**verdict}.items()
    for body, field in (
        ({"verdict": "maybe"}, "verdict"), ({}, "verdict"), ({**verdict, "who": "me"}, "who"),
        ({**verdict, "note": "x" * 501}, "note"),
    ):  # fmt: skip
        refused = client.post(path, json=body, headers=admin)
        assert (refused.status_code, refused.get_json()["field"]) == (422, field)
    assert client.post(f"{PATH}/999/feedback", json=verdict, headers=admin).status_code == 404
