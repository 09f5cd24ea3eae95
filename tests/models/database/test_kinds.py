"""0014 adds what monitors from 2.0 on tell: beside writers of the version before, and with rows."""

from alembic import command
from sqlalchemy import text

from analytics.rollups import client_rollup
from analytics.rollups.client_aggregator import ClientAggregator
from models.database import migrate
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import RETENTION
from tests.support.store.upgrades.migration_writers import count, store_report_by_0013, writing

BEFORE, AFTER = "0013", "0014"


def test_writers_of_the_version_before_go_on(fresh: Database) -> None:
    configuration = migrate.configuration(fresh.url)
    command.upgrade(configuration, BEFORE)
    with writing(fresh, store_report_by_0013) as writer:
        for _ in range(2):
            command.upgrade(configuration, AFTER)
            writer.await_rounds(3)
            migrate.downgrade(fresh.url, BEFORE)
            writer.await_rounds(3)
    assert writer.faults == []
    assert count(fresh, "client_reports") == writer.rounds
    command.upgrade(configuration, "head")
    command.check(configuration)


def test_rows_from_before_are_rolled_up_beside_new_ones(fresh: Database) -> None:
    configuration = migrate.configuration(fresh.url)
    command.upgrade(configuration, BEFORE)
    with writing(fresh, store_report_by_0013) as writer:
        writer.await_rounds(1)
    command.upgrade(configuration, "head")
    assert len(ClientReports(fresh).insert([report(period_end=NOON, lost=2, drops=2)]).keys) == 1
    client_rollup.run(ClientAggregator(fresh, lambda _: None), NOON, RETENTION)
    query = text(
        "SELECT sum(lost), sum(judged_reports_n), sum(reports) FROM client_minutes "
        "WHERE dimension = ''"
    )
    with fresh.transaction() as connection:
        assert connection.execute(query).all() == [(2, 1, writer.rounds + 1)]
