"""All tables are known to the metadata, and exist in a migrated database."""

from models import tables
from models.database.engine import Database
from tests.support.store.postgres import rows


def test_every_table_of_the_metadata_is_listed_once() -> None:
    names = [table.name for table in tables.ALL]
    assert sorted(names) == sorted(tables.metadata.tables)
    assert names == sorted(names)


def test_the_columns_of_every_table_are_those_of_the_database(database: Database) -> None:
    query = (
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    stored = {(str(table), str(column)) for table, column in rows(database, query)}
    modelled = {(table.name, column.name) for table in tables.ALL for column in table.columns}
    assert modelled <= stored


def test_every_table_but_counters_of_rows_has_a_primary_key() -> None:
    assert [table.name for table in tables.ALL if not table.primary_key.columns] == []
