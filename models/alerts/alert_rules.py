"""Alert rules and their versions (who changed what, and when). A rule's body is JSON."""

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
LOCK = 5_726_002  # taken by every transaction that changes rules
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
    """Another rule has this name already."""


class RuleReferenced(Exception):
    """Another rule names this one in `inhibited_by`; the text is its name."""


class TooManyRules(Exception):
    """There are `MOST_RULES` already."""


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule in its current version."""

    id: int
    name: str
    version: int
    body: Body
    created_at: datetime
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule; `body` is `None` where it was removed."""

    rule_id: int
    version: int
    at: datetime
    actor: str
    body: Body | None


@dataclass(frozen=True, slots=True)
class RuleRename:
    """References updated with a rule's name: `rules` it inhibits, and the number of silences."""

    former: str
    rules: Sequence[str]
    silences: int


_rule_columns = tuple(alert_rules.c[name] for name in StoredRule.__slots__)
_version_columns = tuple(alert_rule_versions.c[name] for name in RuleVersion.__slots__)


def all_rules(connection: Connection) -> list[StoredRule]:
    """Every rule, ordered by name, in the caller's transaction."""
    query = select(*_rule_columns).order_by(alert_rules.c.name)
    return [StoredRule(*row) for row in connection.execute(query)]


def comparing_with(connection: Connection, baseline_id: int) -> str | None:
    """The name of a rule that compares with this baseline; `None`: no rule does."""
    of_baseline = alert_rules.c.body["baseline"].astext == str(baseline_id)
    query = select(alert_rules.c.name).where(of_baseline).order_by(alert_rules.c.name).limit(1)
    return connection.execute(query).scalar_one_or_none()


def install(connection: Connection, bodies: Sequence[Body], now: datetime) -> int:
    """Add the default rules, each once per installation, so those that a later version brings too;
    how many are new. What was removed or renamed since stays so, and no rule of that name is
    changed."""
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    versions = alert_rule_versions.c
    installed = select(versions.body["name"].astext).where(versions.actor == INSTALLATION)
    names = {*connection.execute(installed.union(select(alert_rules.c.name))).scalars()}
    new = [body for body in bodies if body["name"] not in names]
    statement = (
        upsert(alert_rules)
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(*_rule_columns)
    )
    for body in new:
        row = connection.execute(statement, _first_version(body, INSTALLATION, now)).one_or_none()
        if row is not None:
            _add_version(connection, StoredRule(*row), now)
    return len(new)


class AlertRules:
    """The repository of rules. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredRule]:
        """Every rule, ordered by name."""
        with self._database.transaction() as connection:
            return all_rules(connection)

    def find(self, rule_id: int) -> StoredRule | None:
        """One rule; `None`: no such rule."""
        query = select(*_rule_columns).where(alert_rules.c.id == rule_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else StoredRule(*row)

    def versions(self, rule_id: int) -> list[RuleVersion]:
        """The versions of a rule, the newest first; they outlive the rule."""
        query = select(*_version_columns).where(alert_rule_versions.c.rule_id == rule_id)
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(alert_rule_versions.c.version.desc()))
            return [RuleVersion(*row) for row in rows]

    def last_bodies(self, rule_ids: Collection[int]) -> dict[int, Body]:
        """The last body of each rule, removed ones too."""
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
            statement = (
                insert(alert_rules)
                .values(_first_version(body, actor, now))
                .returning(*_rule_columns)
            )
            rule = StoredRule(*connection.execute(statement).one())
            _add_version(connection, rule, now)
        return rule

    def replace(
        self, rule_id: int, body: Body, actor: str, now: datetime
    ) -> tuple[StoredRule, RuleRename | None] | None:
        """Change a rule; `None`: no such rule. An equal body makes no new version.

        References to a former name are updated. Raises `RuleNameTaken`.
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
        """Remove a rule and answer it; `None`: no such rule. Raises `RuleReferenced`."""
        with self._changing("") as connection:
            former = _locked(connection, rule_id)
            if former is None:
                return None
            _require_unreferenced(connection, former.name)
            connection.execute(delete(alert_rules).where(alert_rules.c.id == rule_id))
            row = {"rule_id": rule_id, "version": former.version + 1, "at": now, "actor": actor}
            connection.execute(insert(alert_rule_versions).values(**row, body=None))
        return former

    @contextmanager
    def _changing(self, name: str) -> Iterator[Connection]:
        """A transaction under the lock of the rules; a duplicate name raises `RuleNameTaken`."""
        try:
            with self._database.transaction() as connection:
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
                yield connection
        except IntegrityError as fault:
            raise RuleNameTaken(name) from fault


def _first_version(body: Body, actor: str, now: datetime) -> dict[str, object]:
    return {
        "name": body["name"], "version": 1, "body": body, "created_at": now,
        "changed_at": now, "changed_by": actor,
    }  # fmt: skip


def _add_version(connection: Connection, rule: StoredRule, now: datetime) -> None:
    row = {"rule_id": rule.id, "version": rule.version, "at": now, "actor": rule.changed_by}
    connection.execute(insert(alert_rule_versions).values(**row, body=rule.body))


def _locked(connection: Connection, rule_id: int) -> StoredRule | None:
    query = select(*_rule_columns).where(alert_rules.c.id == rule_id).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else StoredRule(*row)


def _change(
    connection: Connection, former: StoredRule, body: Body, actor: str, now: datetime
) -> StoredRule:
    """Write the next version of a rule whose row is locked."""
    statement = (
        update(alert_rules)
        .where(alert_rules.c.id == former.id)
        .values(name=body["name"], body=body, version=former.version + 1)
        .values(changed_at=now, changed_by=actor)
        .returning(*_rule_columns)
    )
    changed = StoredRule(*connection.execute(statement).one())
    _add_version(connection, changed, now)
    return changed


def _rename(
    connection: Connection, former: StoredRule, name: str, actor: str, now: datetime
) -> RuleRename:
    """Update what refers to a rule by name: rules it inhibits, silences, live alerts."""
    references = select(*_rule_columns).where(
        alert_rules.c.body["inhibited_by"].contains([former.name])
    )
    followers = [
        StoredRule(*row) for row in connection.execute(references.order_by(alert_rules.c.id))
    ]
    for follower in followers:
        inhibitors = follower.body["inhibited_by"]
        names = [name if inhibitor == former.name else inhibitor for inhibitor in inhibitors]
        _change(connection, follower, {**follower.body, "inhibited_by": names}, actor, now)
    alerts.rename(connection, former.id, name)
    return RuleRename(
        former=former.name,
        rules=[follower.name for follower in followers],
        silences=silences.rename(connection, former.name, name, now),
    )


def _require_unreferenced(connection: Connection, name: str) -> None:
    references = select(alert_rules.c.name).where(
        alert_rules.c.body["inhibited_by"].contains([name]), alert_rules.c.name != name
    )
    reference = connection.execute(references.limit(1)).scalar_one_or_none()
    if reference is not None:
        raise RuleReferenced(reference)
