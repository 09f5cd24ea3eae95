"""Every column can be written away, and its rows have one hash in SQL and in Python."""

from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.archive import values
from models.database import partitions
from models.database.engine import Database
from models.raw import day_rows

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)


def test_every_column_of_the_tables_can_be_written_away(database: Database) -> None:
    assert values.COLUMN_TYPES.keys() == day_rows.CANONICAL.keys()
    for table in partitions.PARTITIONED:
        assert day_rows.unsupported_types(day_rows.columns_of(database, table)) == []


@trial(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts, numbers, st.lists(st.integers(-(2**31), 2**31 - 1)), st.binary(max_size=20))
def test_sql_and_python_compute_the_same_row_hash(
    database_url: str, label: str, number: float, integers: list[int], data: bytes
) -> None:
    kinds = {"a": "text", "b": "double precision", "c": "integer[]", "d": "bytea", "e": "uuid"}
    row = [label, number, integers, data, None]
    store = Database(database_url, pool_size=1)
    with store.transaction() as connection:
        shape = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
        connection.execute(text(f"CREATE TEMP TABLE one_row ({shape}) ON COMMIT DROP"))
        connection.connection.cursor().execute(
            "INSERT INTO one_row VALUES (%s, %s, %s::integer[], %s, %s)", row
        )
        checksum = day_rows.checksum(connection, "one_row", kinds)
    store.dispose()
    assert checksum.total == values.row_hash_sum(list(kinds.values()), [[value] for value in row])
