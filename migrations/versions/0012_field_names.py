"""Tables and columns under the words of the field: renames alone, no row is written.

Beside running processes of the version before: their inserts of reports, samples and outcome
counts go on, since the two tables they write stay reachable under their former names as
automatically updatable views. The migration after this one drops these views. Everything else of
that version that reads or writes a renamed column fails until its process is replaced, and loses
nothing by it: a job (evaluation, rollup, retention, export) rolls back and is run again, a page or
an answer of the API about alerts, exports or rolled-up history is an error 500 for these seconds.

`outbox.answer` keeps its name: a sender of the version before writes it after the mail has left,
and would send that mail again. `glued`, the parameter of the histogram functions, keeps its name:
renaming it means dropping functions that views of an operator may use. No stored JSON (bodies of
rules, notices, audit details, filters of exports) holds a renamed word.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from models.database import schema_locks

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

# Former name, name; those that every insert of a report writes are locked last.
TABLES = (
    ("client_cross_days", "client_cube_days"),
    ("ingest_minutes", "ingest_outcomes"),
    ("touched", "dirty_minutes"),
)
VIEWS = ("ingest_minutes", "touched")
# By the table's name in this version.
COLUMNS = (
    ("alerts", "seen_at", "evaluated_at"),
    ("alerts", "told_at", "notified_at"),
    ("alerts", "told_as", "last_notice"),
    ("alerts", "told_of_trouble", "firing_notified"),
    ("alerts", "owes_end", "resolve_pending"),
    ("exports", "asked_at", "requested_at"),
    ("exports", "worked_at", "heartbeat_at"),
    ("rollup_state", "settled", "complete_until"),
    ("rollup_state", "crossed", "cube_until"),
    ("rollup_state", "divided_from", "by_dimension_from"),
)
INDEXES = (
    ("ix_alerts_owing", "ix_alerts_resolve_pending"),
    ("ix_exports_asked_at", "ix_exports_requested_at"),
    ("ix_touched_source_minute", "ix_dirty_minutes_source_minute"),
    ("pk_touched", "pk_dirty_minutes"),
    ("pk_ingest_minutes", "pk_ingest_outcomes"),
    ("pk_client_cross_days", "pk_client_cube_days"),
)
SEQUENCES = (("touched_id_seq", "dirty_minutes_id_seq"),)
CHANGED = ("alerts", "exports", "rollup_state")

NOT_NULL = sa.text(
    "SELECT c.conname, a.attname FROM pg_constraint c "
    "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
    "WHERE c.contype = 'n' AND c.conrelid = to_regclass(:table)"
)


def upgrade() -> None:
    schema_locks.lock_tables(op.get_bind(), (*CHANGED, *(before for before, _ in TABLES)))
    for before, after in TABLES:
        op.rename_table(before, after)
    for table, before, after in COLUMNS:
        op.alter_column(table, before, new_column_name=after)
    for kind, names in (("INDEX", INDEXES), ("SEQUENCE", SEQUENCES)):
        for before, after in names:
            op.execute(f"ALTER {kind} {before} RENAME TO {after}")
    _name_not_null((*CHANGED, *(after for _, after in TABLES)))
    for before, after in TABLES:
        if before in VIEWS:
            op.execute(f"CREATE VIEW {before} AS SELECT * FROM {after}")


def downgrade() -> None:
    # A view is locked with its table, in the order in which an insert takes both.
    schema_locks.lock_tables(
        op.get_bind(),
        (*CHANGED, *(before if before in VIEWS else after for before, after in TABLES)),
    )
    for name in VIEWS:
        op.execute(f"DROP VIEW {name}")
    for kind, names in (("INDEX", INDEXES), ("SEQUENCE", SEQUENCES)):
        for before, after in names:
            op.execute(f"ALTER {kind} {after} RENAME TO {before}")
    for table, before, after in COLUMNS:
        op.alter_column(table, after, new_column_name=before)
    for before, after in TABLES:
        op.rename_table(after, before)
    _name_not_null((*CHANGED, *(before for before, _ in TABLES)))


def _name_not_null(tables: Iterable[str]) -> None:
    """PostgreSQL 18 names these constraints by table and column, and leaves them in a rename."""
    connection = op.get_bind()
    for table in tables:
        for name, column in connection.execute(NOT_NULL, {"table": table}).all():
            if name != f"{table}_{column}_not_null":
                op.execute(
                    f'ALTER TABLE {table} RENAME CONSTRAINT "{name}" TO "{table}_{column}_not_null"'
                )
