"""Constraints have names of a convention, the same in the models and in a migrated database."""

from collections import Counter

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table

from models import tables
from models.database.base import Base
from models.database.engine import Database
from tests.support.store.postgres import rows

LONGEST_NAME = 63  # NAMEDATALEN - 1: PostgreSQL cuts what is longer


def constraint_names(metadata: MetaData) -> list[str]:
    names = [c.name for table in metadata.tables.values() for c in table.constraints]
    return [str(name) for name in names if name]


def test_names_tell_kind_table_and_columns() -> None:
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    Table("parents", metadata, Column("id", Integer(), primary_key=True))
    table = Table(
        "children", metadata,
        Column("parent", Integer(), ForeignKey("parents.id")),
        Column("age", Integer(), unique=True),
        CheckConstraint("age > 0", name="age"), Index(None, "parent", "age"),
    )  # fmt: skip
    assert {index.name for index in table.indexes} == {"ix_children_parent_age"}
    names = {"pk_children", "uq_children_age", "ck_children_age", "fk_children_parent_parents"}
    assert {c for c in constraint_names(metadata) if "children" in c} | {"pk_children"} == names


def test_every_constraint_has_a_name_that_postgresql_does_not_cut() -> None:
    names = constraint_names(tables.metadata)
    constraints = [c for table in tables.metadata.tables.values() for c in table.constraints]
    with_columns = [c for c in constraints if getattr(c, "columns", None)]
    assert len(names) >= len(with_columns)
    assert [name for name in names if len(name) > LONGEST_NAME] == []
    assert Counter(names).most_common(1)[0][1] == 1


def test_keys_of_the_database_are_named_as_those_of_the_models(database: Database) -> None:
    query = (
        "SELECT conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
        "WHERE contype IN ('p', 'f', 'u') AND NOT relispartition AND conparentid = 0 "
        "AND relname <> 'alembic_version' AND connamespace = 'public'::regnamespace"
    )
    stored = {str(name) for (name,) in rows(database, query)}
    modelled = constraint_names(tables.metadata)
    assert stored == {name for name in modelled if not name.startswith("ck_")}
