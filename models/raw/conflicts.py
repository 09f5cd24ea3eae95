"""Rows sent again whose identity is stored with another content: the stored row stays."""

from collections.abc import Collection

from sqlalchemy import Table, TextClause, text


def statement(table: Table, stamped: Collection[str]) -> TextClause:
    """A query for the positions, from 0, of those `:rows` (JSON) that differ from the stored row.

    Rows of another identity are none of them. The columns `stamped` were not sent but set at
    receipt, so they may differ. Each row is one probe of the primary key: without OFFSET the
    planner may read all days.
    """
    key = [column.name for column in table.primary_key]
    columns = [column.name for column in table.columns]
    content = [name for name in columns if name not in {*key, *stamped}]
    same_key = " AND ".join(f"s.{name} = r.{name}" for name in key)
    sent, stored = (", ".join(f'{alias}."{name}"' for name in content) for alias in "rs")
    return text(
        f"SELECT r.ordinality - 1 FROM json_populate_recordset(NULL::{table.name}, "
        f"CAST(:rows AS json)) WITH ORDINALITY AS r CROSS JOIN LATERAL "
        f"(SELECT * FROM {table.name} AS s WHERE {same_key} OFFSET 0) AS s "
        f"WHERE ROW({sent}) IS DISTINCT FROM ROW({stored})"
    )
