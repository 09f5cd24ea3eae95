"""0015 names crawlers and probes: beside writers of the version before, whose rows are people's."""

from alembic import command

from models.database import migrate
from models.database.engine import Database
from tests.support.store.upgrades.migration_writers import count, store_report_by_0013, writing

BEFORE, AFTER = "0014", "0015"


def test_writers_of_the_version_before_go_on(fresh: Database) -> None:
    configuration = migrate.configuration(fresh.url)
    command.upgrade(configuration, BEFORE)
    with writing(fresh, store_report_by_0013) as writer:
        command.upgrade(configuration, AFTER)
        writer.await_rounds(3)
        migrate.downgrade(fresh.url, BEFORE)
        writer.await_rounds(3)
        command.upgrade(configuration, AFTER)
    assert writer.faults == []
    assert count(fresh, "sessions WHERE automated IS NULL") == writer.rounds
