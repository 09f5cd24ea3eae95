"""Alert rules with their versions: who changed what, and when. A rule's body is kept as JSON."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Integer,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from models.database.base import Base
from models.database.engine import Database

from . import alerts, silences

Body = Mapping[str, Any]
MOST_RULES = 500
LOCK = 5_726_002  # one at a time changes the rules
INSTALLATION = "the installation"

alert_rules = Table(
    "alert_rules",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("name", Text(), nullable=False, unique=True),
    Column("version", Integer(), nullable=False),
    Column("body", JSONB(), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Text(), nullable=False),
)
alert_rule_versions = Table(
    "alert_rule_versions",
    Base.metadata,
    Column("rule_id", BigInteger(), primary_key=True, autoincrement=False),
    Column("version", Integer(), primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text(), nullable=False),
    Column("body", JSONB(none_as_null=True)),
)


class RuleNameTaken(Exception):
    """Another rule has this name."""


class RuleNamed(Exception):
    """Other rules name this one: the text is the name of one of them."""


class TooManyRules(Exception):
    """There are as many rules as there may be."""


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it stands."""

    id: int
    name: str
    version: int
    body: Body
    created_at: datetime
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule as somebody left it; `body` is `None` where it was removed."""

    rule_id: int
    version: int
    at: datetime
    actor: str
    body: Body | None


@dataclass(frozen=True, slots=True)
class Renaming:
    """What followed a rule to its new name: the `rules` it explains, and how many silences."""

    former: str
    rules: Sequence[str]
    silences: int


_shown = tuple(alert_rules.c[name] for name in StoredRule.__slots__)
_versions = tuple(alert_rule_versions.c[name] for name in RuleVersion.__slots__)


def all_rules(connection: Connection) -> list[StoredRule]:
    """Every rule by name, in the caller's transaction."""
    query = select(*_shown).order_by(alert_rules.c.name)
    return [StoredRule(*row) for row in connection.execute(query)]


def install(connection: Connection, bodies: list[Body], now: datetime) -> int:
    """Add the rules of a new installation, once in its life; how many were added."""
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    known = select(alert_rule_versions.c.rule_id).where(alert_rule_versions.c.actor == INSTALLATION)
    if connection.execute(known.limit(1)).first() is not None:
        return 0
    statement = (
        upsert(alert_rules).on_conflict_do_nothing(index_elements=["name"]).returning(*_shown)
    )
    for body in bodies:
        row = connection.execute(statement, _new(body, INSTALLATION, now)).one_or_none()
        if row is not None:
            _note(connection, StoredRule(*row), now)
    return len(bodies)


class AlertRules:
    """The repository of rules. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredRule]:
        """Every rule by name."""
        with self._database.transaction() as connection:
            return all_rules(connection)

    def find(self, rule_id: int) -> StoredRule | None:
        """One rule, `None` when there is no such."""
        query = select(*_shown).where(alert_rules.c.id == rule_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else StoredRule(*row)

    def versions(self, rule_id: int) -> list[RuleVersion]:
        """What became of a rule, the newest first; it outlives the rule."""
        query = select(*_versions).where(alert_rule_versions.c.rule_id == rule_id)
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(alert_rule_versions.c.version.desc()))
            return [RuleVersion(*row) for row in rows]

    def last_bodies(self, rule_ids: Collection[int]) -> dict[int, Body]:
        """What rules were last, before they were removed."""
        versions = alert_rule_versions.c
        newest = select(versions.rule_id, func.max(versions.version)).where(
            versions.rule_id.in_(rule_ids), versions.body.is_not(None)
        )
        query = select(versions.rule_id, versions.body).where(
            tuple_(versions.rule_id, versions.version).in_(newest.group_by(versions.rule_id))
        )
        with self._database.transaction() as connection:
            return {row.rule_id: row.body for row in connection.execute(query)}

    def add(self, body: Body, actor: str, now: datetime) -> StoredRule:
        """A new rule. Raises `RuleNameTaken` and `TooManyRules`."""
        with self._changing(body["name"]) as connection:
            number = connection.execute(select(func.count()).select_from(alert_rules))
            if number.scalar_one() >= MOST_RULES:
                raise TooManyRules
            statement = insert(alert_rules).values(_new(body, actor, now)).returning(*_shown)
            made = StoredRule(*connection.execute(statement).one())
            _note(connection, made, now)
        return made

    def replace(
        self, rule_id: int, body: Body, actor: str, now: datetime
    ) -> tuple[StoredRule, Renaming | None] | None:
        """Change a rule; `None` when it is gone, and no new version when nothing changes.

        Whatever names the rule follows it to a new name. Raises `RuleNameTaken`.
        """
        with self._changing(body["name"]) as connection:
            former = _locked(connection, rule_id)
            if former is None:
                return None
            if former.body == body:
                return former, None
            changed = _change(connection, former, body, actor, now)
            if changed.name == former.name:
                return changed, None
            return changed, _rename(connection, former, changed.name, actor, now)

    def remove(self, rule_id: int, actor: str, now: datetime) -> StoredRule | None:
        """Remove a rule; what it was, `None` when it was gone. Raises `RuleNamed`."""
        with self._changing("") as connection:
            former = _locked(connection, rule_id)
            if former is None:
                return None
            _refuse_named(connection, former.name)
            connection.execute(delete(alert_rules).where(alert_rules.c.id == rule_id))
            row = {"rule_id": rule_id, "version": former.version + 1, "at": now, "actor": actor}
            connection.execute(insert(alert_rule_versions).values(**row, body=None))
        return former

    @contextmanager
    def _changing(self, name: str) -> Iterator[Connection]:
        """A transaction in which nobody else changes rules; a name twice is one error."""
        try:
            with self._database.transaction() as connection:
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
                yield connection
        except IntegrityError as fault:
            raise RuleNameTaken(name) from fault


def _new(body: Body, actor: str, now: datetime) -> dict[str, object]:
    return {
        "name": body["name"], "version": 1, "body": body, "created_at": now,
        "changed_at": now, "changed_by": actor,
    }  # fmt: skip


def _note(connection: Connection, rule: StoredRule, now: datetime) -> None:
    row = {"rule_id": rule.id, "version": rule.version, "at": now, "actor": rule.changed_by}
    connection.execute(insert(alert_rule_versions).values(**row, body=rule.body))


def _locked(connection: Connection, rule_id: int) -> StoredRule | None:
    query = select(*_shown).where(alert_rules.c.id == rule_id).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else StoredRule(*row)


def _change(
    connection: Connection, former: StoredRule, body: Body, actor: str, now: datetime
) -> StoredRule:
    """The next version of a rule that is kept from being changed by others."""
    statement = (
        update(alert_rules)
        .where(alert_rules.c.id == former.id)
        .values(name=body["name"], body=body, version=former.version + 1)
        .values(changed_at=now, changed_by=actor)
        .returning(*_shown)
    )
    changed = StoredRule(*connection.execute(statement).one())
    _note(connection, changed, now)
    return changed


def _rename(
    connection: Connection, former: StoredRule, name: str, actor: str, now: datetime
) -> Renaming:
    """Let all that names a rule follow it: rules it explains, silences, live alerts."""
    naming = select(*_shown).where(alert_rules.c.body["inhibited_by"].contains([former.name]))
    followers = [StoredRule(*row) for row in connection.execute(naming.order_by(alert_rules.c.id))]
    for follower in followers:
        given = follower.body["inhibited_by"]
        names = [name if one == former.name else one for one in given]
        _change(connection, follower, {**follower.body, "inhibited_by": names}, actor, now)
    alerts.rename(connection, former.id, name)
    return Renaming(
        former=former.name,
        rules=[follower.name for follower in followers],
        silences=silences.rename(connection, former.name, name, now),
    )


def _refuse_named(connection: Connection, name: str) -> None:
    naming = select(alert_rules.c.name).where(
        alert_rules.c.body["inhibited_by"].contains([name]), alert_rules.c.name != name
    )
    found = connection.execute(naming.limit(1)).scalar_one_or_none()
    if found is not None:
        raise RuleNamed(found)
