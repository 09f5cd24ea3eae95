"""The geographic route: countries, regions of one, what is not counted; JSON and CSV."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask.testing import FlaskClient
from msgspec.structs import replace

from analytics.country_file.source import CountrySource
from analytics.reports.segments.compared import compared
from analytics.reports.segments.geographic import geographic_of
from ingest.api.client.region_table import HEADER, region_table
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import api_get, csv_rows
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import store
from tests.support.store.segment_factory import people, segments

PATH = "/api/ws/client-metrics/geographic"


def test_a_row_has_the_figures_of_its_header() -> None:
    of = segments(({"country": "BR"}, people(50, dropped=9)), ({"country": "unknown"}, people(2)))
    result = geographic_of(compared(of), {})
    table = region_table(result)
    assert {len(row) for row in table.rows} == {len(HEADER)}
    brazil, unknown, world = (dict(zip(HEADER, row, strict=True)) for row in table.rows)
    assert (brazil["name"], unknown["country"], world["name"]) == ("Brazil", "unknown", "World")
    assert brazil["client_count"] == brazil["sessions"] == 50
    assert brazil["stability"] == 41 / 50
    assert (unknown["small_sample"], world["sessions"]) == (True, 52)
    assert "latency_p95_ms latency_p99_ms" in str(brazil["too_few"])
    assert brazil["latency_p95_ms_low"] is None


def test_whose_the_countries_are_is_in_the_table_and_no_formula() -> None:
    result = geographic_of(compared(segments(({"country": "BR"}, people(50)))), {})
    assert [row[-1] for row in region_table(result).rows] == ["", ""]
    source = CountrySource(origin="=DB-IP", link="https://db-ip.com", built_at=NOON)
    rows = region_table(replace(result, country_source=source)).rows
    assert [row[-1] for row in rows] == ["'=DB-IP, https://db-ip.com"] * 2


def test_countries_and_their_regions_are_answered(client: FlaskClient, database: Database) -> None:
    at = datetime.now(UTC) - timedelta(minutes=5)
    store(
        database,
        *(
            report(
                (40.0, 90.0), session_id=UUID(int=number + 1), period_end=at, opened=1,
                country=("BR", "BR", "XK", None)[number % 4], region=("SP", "RJ")[number % 2],
                page="/a", drops=number % 2, open_ms=9000, lost=0, ended_by_server=0,
            )
            for number in range(80)
        ),
    )  # fmt: skip
    bearer = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    result = api_get(client, bearer, PATH).get_json()
    assert {each["country"]: each["sessions"] for each in result["regions"]} == {"BR": 40, "XK": 20}
    assert result["unknown"]["sessions"] == 20
    assert result["world"]["latency_ms"]["n"] == 160
    brazil = result["regions"][0]
    assert brazil["latency_ms"]["p50_interval"]["low"] <= brazil["latency_ms"]["p50"]
    assert brazil["latency_ms"]["p95_interval"] is None
    assert "latency_p95_ms" in brazil["too_few"]
    assert (brazil["small_sample"], result["regions"][1]["small_sample"]) == (False, True)
    assert result["not_counted"] == {}
    assert {*result["country_source"]} == {"origin", "link", "built_at"}
    of_brazil = api_get(client, bearer, PATH, country="BR").get_json()
    assert {each["region"]: each["sessions"] for each in of_brazil["regions"]} == {
        "SP": 20,
        "RJ": 20,
    }
    assert of_brazil["sessions_are"] == "present"
    table = csv_rows(api_get(client, bearer, PATH, format="csv").text)
    assert [row["country"] for row in table] == ["BR", "XK", "unknown", "world"]
    assert float(table[0]["drops_per_session_hour"]) > 0
    days = {"range": "30d", "country": "BR", "page": "/a"}
    crowded = api_get(client, bearer, PATH, **days).get_json()
    assert crowded["regions"] == []
    assert "regions" in crowded["not_counted"]
    assert api_get(client, bearer, PATH, metric="p95").status_code == 422
