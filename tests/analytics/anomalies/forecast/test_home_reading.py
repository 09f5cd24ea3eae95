"""The homes of apps, by the sessions in the store."""

from datetime import timedelta

from analytics.anomalies.forecast.home_reading import homes
from analytics.anomalies.forecast.homes import Home
from analytics.query.engine import Engine
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, store


def test_each_app_lives_where_most_of_its_sessions_are(database: Database) -> None:
    countries = [("portal", "BR"), ("portal", "BR"), ("portal", "DE"), ("blog", "JP")]
    unknown = [("portal", "unknown")] * 4
    store(database, *(report(app=app, country=country) for app, country in countries + unknown))
    roll_up(database)
    window = TimeRange(NOON - timedelta(days=28), NOON)
    with database.transaction() as connection:
        engine = Engine(connection)
        by_app = homes(engine, ["portal", "blog", "new"], (("new", "Asia/Tokyo"),), window)
    assert by_app == {
        "portal": Home("America/Sao_Paulo", "BR"),
        "blog": Home("Asia/Tokyo", "JP"),
        "new": Home("Asia/Tokyo", "JP"),
    }
