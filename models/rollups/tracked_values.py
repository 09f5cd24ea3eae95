"""The values of a dimension that have cells of their own, each from one day to another.

Places are limited, so a client that invents values cannot grow the tables: values beyond the limit
count as `other`. A free place goes to the value that comes first; where none is free the least used
value gives way to one that is used more (analytics.rollups.value_turnover), from a midnight of UTC
on. What a cell counts follows from this table and the raw rows alone: recomputed cells equal the
former ones.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from models.database.engine import Database

Value = tuple[str, str, str]  # app, dimension, value
MOST_VALUES = {
    **{"country": 260, "effective_type": 10, "browser": 100, "release": 100, "page": 200},
    "protocol": 40,
}
MOST_APPS = 100
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # before any row

STORE = text(
    "INSERT INTO dimension_values (app, dimension, value, since) "
    "SELECT * FROM unnest(CAST(:apps AS text[]), CAST(:dimensions AS text[]), "
    "CAST(:names AS text[]), CAST(:since AS timestamptz[])) ON CONFLICT DO NOTHING"
)
END = text(
    "UPDATE dimension_values AS v SET until = :at FROM unnest(CAST(:apps AS text[]), "
    "CAST(:dimensions AS text[]), CAST(:names AS text[])) AS ended (app, dimension, value) "
    "WHERE v.app = ended.app AND v.dimension = ended.dimension AND v.value = ended.value "
    "AND v.until IS NULL AND v.since < :at"
)
FORGET = text("DELETE FROM dimension_values WHERE until < :before")
TAKEN = text(
    "SELECT app, dimension, count(*) FROM dimension_values "
    "WHERE since <= :at AND (until IS NULL OR until > :at) GROUP BY 1, 2"
)
# Whether a value has cells of its own at an instant: SQL over `dimension_values` as v.
VALID_AT = "v.since <= {0} AND (v.until IS NULL OR v.until > {0})"


@dataclass(frozen=True, slots=True)
class Tenure:
    """A value has cells of its own in [since, until); `None`: until further notice."""

    value: Value
    since: datetime = ALWAYS
    until: datetime | None = None

    def has(self, at: datetime) -> bool:
        """Whether `at` is in it."""
        return self.since <= at and (self.until is None or at < self.until)

    def outlasts(self, at: datetime) -> bool:
        """Whether a part of it is after `at`."""
        return self.until is None or at < self.until


class TrackedValues:
    """All tenures."""

    def __init__(self, tenures: Iterable[Tenure] = ()) -> None:
        self.tenures = list(tenures)
        self._by_value: dict[Value, list[Tenure]] = {}
        self._by_app: dict[str, list[Tenure]] = {}
        for tenure in self.tenures:
            self._by_value.setdefault(tenure.value, []).append(tenure)
            self._by_app.setdefault(tenure.value[0], []).append(tenure)
        ends = {at for each in self.tenures for at in (each.since, each.until) if at}
        self.changed_at = sorted(ends - {ALWAYS})

    def has(self, value: Value, at: datetime) -> bool:
        """Whether the value has cells of its own at an instant."""
        return any(tenure.has(at) for tenure in self._by_value.get(value, ()))

    def has_app(self, app: str, at: datetime) -> bool:
        """Whether the app has cells of its own at an instant."""
        return any(tenure.has(at) for tenure in self._by_app.get(app, ()))

    def without(self, values: Iterable[Value], at: datetime) -> "TrackedValues":
        """The same with the tenures of these values ended at an instant."""
        ended = set(values)
        return TrackedValues(
            Tenure(each.value, each.since, at)
            if each.value in ended and each.outlasts(at)
            else each
            for each in self.tenures
        )

    def apps(self, at: datetime) -> set[str]:
        """The apps with cells of their own at an instant."""
        return {app for app in self._by_app if self.has_app(app, at)}


def dimension_values(connection: Connection) -> TrackedValues:
    """All stored tenures."""
    rows = connection.execute(
        text("SELECT app, dimension, value, since, until FROM dimension_values")
    )
    return TrackedValues(Tenure((app, name, value), *ends) for app, name, value, *ends in rows)


def new_tenures(tracked: TrackedValues, reported: Iterable[tuple[Value, datetime]]) -> list[Tenure]:
    """Tenures for those of `reported` that are new and within the limits, in their order.

    They begin where places last changed before their row: since then a free place was free, so no
    cell counts the value as `other`. Apps beyond `MOST_APPS` get none: all of theirs are `other`.
    """
    new: dict[Value, Tenure] = {}
    used = _Use(tracked.tenures)
    for value, at in reported:
        if tracked.has(value, at) or value in new:
            continue
        since = max((change for change in tracked.changed_at if change <= at), default=ALWAYS)
        if used.has_room(value, since):
            new[value] = Tenure(value, since)
            used.add(new[value])
    return list(new.values())


class _Use:
    """How many places are taken after an instant."""

    def __init__(self, tenures: Iterable[Tenure]) -> None:
        self._tenures = list(tenures)
        self._after: dict[datetime, _Taken] = {}

    def add(self, tenure: Tenure) -> None:
        self._tenures.append(tenure)
        for since, taken in self._after.items():
            taken.add(tenure, since)

    def has_room(self, value: Value, since: datetime) -> bool:
        if since not in self._after:
            self._after[since] = _Taken()
            for tenure in self._tenures:
                self._after[since].add(tenure, since)
        return self._after[since].has_room(value)


class _Taken:
    """The places that are taken after one instant; `present` are the apps with cells then."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._apps: set[str] = set()
        self._present: set[str] = set()

    def add(self, tenure: Tenure, since: datetime) -> None:
        app = tenure.value[0]
        if tenure.outlasts(since):
            self._counts[tenure.value[:2]] += 1
            self._apps.add(app)
        if tenure.has(since):
            self._present.add(app)

    def has_room(self, value: Value) -> bool:
        app, dimension, _ = value
        is_open = app in self._present or len(self._apps) < MOST_APPS
        return is_open and self._counts[app, dimension] < MOST_VALUES[dimension]


def store(connection: Connection, tenures: Iterable[Tenure]) -> None:
    """Add tenures that have not ended."""
    rows = [(*tenure.value, tenure.since) for tenure in tenures]
    if rows:
        names = ("apps", "dimensions", "names", "since")
        connection.execute(STORE, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def end(connection: Connection, values: Iterable[Value], at: datetime) -> None:
    """End the tenures of these values."""
    rows = list(values)
    if rows:
        columns: Mapping[str, list[str]] = dict(
            zip(("apps", "dimensions", "names"), map(list, zip(*rows, strict=True)), strict=True)
        )
        connection.execute(END, {**columns, "at": at})


def fullest(database: Database, at: datetime) -> tuple[str, str, int, int] | None:
    """The app, dimension, places taken and limit where most are taken at an instant; of apps
    themselves the names are ''. `None` without any. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        rows = connection.execute(TAKEN, {"at": at}).all()
    taken = [(app, name, n, MOST_VALUES[name]) for app, name, n in rows if name in MOST_VALUES]
    taken += [("", "", len({app for app, _, _ in rows}), MOST_APPS)]
    return max(taken, key=lambda each: each[2] / each[3]) if rows else None


def forget(connection: Connection, before: datetime) -> None:
    """Delete tenures that ended before: no cell of then is made again."""
    connection.execute(FORGET, {"before": before})
