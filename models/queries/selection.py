"""Which rows a statement of the engine reads: tables, pieces of time, filters and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from models.database.intervals import condition
from models.metrics.dimensions import (
    CELL_DIMENSIONS,
    SEPARATOR,
    TEST_APPS,
    UNKNOWN,
    pair_dimension,
    pair_value,
)
from models.metrics.grid import Grid
from models.metrics.intervals import ReadPlan
from models.raw.sessions import IS_AUTOMATED, IS_PERSON

LEVELS = ("minutes", "hours", "days")
RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Raw rows and the cells made of them. `rows` is the cell's number of raw rows, `where` limits
    the raw rows, `rate` is their sample rate (cells are weighted already), `time` their instant.
    `step_times` are the instants by which rows of a level belong to a step, where these are others
    than those they are selected by. `by_value`: a cell is of one value of one dimension, or of a
    pair, `of_pairs`: of a pair alone."""

    name: str
    raw: str
    rate: str
    rows: str
    dimensions: tuple[str, ...]
    cells: Mapping[str, str]
    where: str = "true"
    time: str = "period_end"
    step_times: Mapping[str, str] = field(default_factory=dict)
    raw_rows: str = "count(*)"
    by_value: bool = False
    of_pairs: bool = False

    @property
    def of_automated(self) -> "Family":
        """The same of crawlers and probes, which are in no cells."""
        return replace(self, where=IS_AUTOMATED)

    @property
    def source(self) -> str:
        """Who measured it: `client` or `server`."""
        return "server" if self.name in ("server", "worker") else "client"


def _levels(prefix: str) -> dict[str, str]:
    return {level: f"{prefix}_{level}" for level in LEVELS}


_OF_REPORTS = ("app", *CELL_DIMENSIONS, "region")
CLIENT = Family(
    name="client", raw="client_reports", rate="sample_rate", rows="reports", by_value=True,
    dimensions=_OF_REPORTS, cells=_levels("client"), where=IS_PERSON,
)  # fmt: skip
PAIR = replace(CLIENT, name="pair", cells={"days": "client_pair_days"}, of_pairs=True)
MOMENTS = replace(CLIENT, name="moments", rows="sessions", cells={"days": "client_moment_days"})
PAIR_MOMENTS = replace(MOMENTS, of_pairs=True)
CUBE = replace(CLIENT, name="cube", cells={"days": "client_cube_days"}, by_value=False)
# Hours that are counted by the minute are so in totals alone.
_BY_MINUTE = (
    "(SELECT app, dimension, value, t, c AS started, a AS abnormal, "
    "t + interval '1 minute' * (minute - 1) AS minute_start "
    "FROM session_hours, unnest(started_by_minute, abnormal_by_minute) "
    "WITH ORDINALITY AS m (c, a, minute) WHERE c > 0) AS session_minutes"
)
SESSIONS = replace(
    CLIENT, name="sessions", raw="sessions", rate="1.0", rows="started", time="first_seen",
    cells={"minutes": _BY_MINUTE, "hours": "session_hours", "days": "session_days"},
    step_times={"minutes": "minute_start"},
)  # fmt: skip
# By the last report so far: of those that changed a dimension the last value counts.
ACTIVE = replace(
    SESSIONS, name="active", time="last_seen", cells={},
    step_times={RAW: "least(last_seen, :last)"},
)  # fmt: skip
# A minute belongs to the step in which it ends: states are those at its end.
_AT_END = "t + interval '59.999999 seconds'"
STATES = replace(
    SESSIONS, name="states", rows="heard", time="t",
    cells={"minutes": "session_state_minutes", "hours": "session_state_hours"},
    step_times=dict.fromkeys((RAW, "minutes", "hours"), _AT_END),
)  # fmt: skip
SERVER = Family(
    name="server", raw="server_samples", rate="1.0", rows="samples", where="app IS NOT NULL",
    dimensions=("app", "service"), cells=_levels("server"),
)  # fmt: skip
# Cells of apps do not tell workers apart.
SERVER_BY_WORKER = replace(SERVER, dimensions=("app", "service", "instance"), cells={})
# Samples of a process have no app: they belong to every app of their worker.
WORKER = replace(
    SERVER, name="worker", where="true", dimensions=("service", "instance"),
    cells=_levels("worker"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Rows of `pieces`, in the steps of `grid`; `filters` are the accepted values by dimension.

    Grouped by `group_by`, of more than `most` value sets (`None`: of all) those with the most rows.
    `extremes`: with minima and maxima; `with_tests`: with what load tests and probes sent to
    servers. Raises `ValueError` for a dimension that the family has not.
    """

    family: Family
    grid: Grid
    pieces: ReadPlan
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    group_by: tuple[str, ...] = ()
    most: int | None = 200
    extremes: bool = True
    with_tests: bool = False

    def __post_init__(self) -> None:
        if not {*self.filters, *self.group_by} <= {*self.family.dimensions}:
            raise ValueError(f"only {', '.join(self.family.dimensions)} can be told apart")

    @property
    def labels(self) -> list[str]:
        """The aliases of the groups in a statement."""
        return [f"d{index}" for index in range(len(self.group_by))]

    @property
    def split_by(self) -> tuple[str, ...]:
        """The dimensions that cells must be split by, in catalogue order."""
        named = {*self.filters, *self.group_by} - {"app"}
        return tuple(name for name in self.family.dimensions if name in named)

    @property
    def levels(self) -> list[str]:
        """`raw`, and the levels of cells, as far as there is something to read."""
        return [level for level in (RAW, *self.family.cells) if getattr(self.pieces, level)]

    @property
    def start(self) -> datetime:
        """The first instant that is read."""
        pieces = (getattr(self.pieces, level) for level in (RAW, *LEVELS))
        return min((start for part in pieces for start, _ in part), default=self.grid.start)

    @property
    def values(self) -> dict[str, Any]:
        """The values that statements bind."""
        bound: dict[str, Any] = {f"f_{name}": _bound(v) for name, v in self.filters.items()}
        bound |= {"most": self.most, "origin": self.grid.start, "step_s": self.grid.seconds}
        bound |= {
            "test_apps": [*TEST_APPS],
            "start": self.start,
            "last": self.grid.end - timedelta(microseconds=1),
        }
        if not self.grid.seconds and self.grid.steps > 1:
            bound["edges"] = list(self.grid.edges)
        for level in (RAW, *LEVELS):
            bound |= condition(getattr(self.pieces, level), prefix=level)[1]
        has_cells = any(getattr(self.pieces, level) for level in LEVELS)
        return bound | (self.of_cells()[1] if has_cells else {})

    def select(
        self, level: str, aggregates: Mapping[str, str], keys: Sequence[str] = (), entries: str = ""
    ) -> str:
        """The aggregates of one table by step (`i`), sample rate, groups, and more `keys`; of each
        row with each of its `entries`, an item of FROM."""
        is_raw = level == RAW
        table = self.family.raw if is_raw else self.family.cells[level]
        source = f"{table}, {entries}" if entries else table
        time = self.family.step_times.get(level, self.family.time if is_raw else "t")
        by = [f"{self.step(time)} AS i"]
        by.append(f"{self.family.rate if is_raw else '1.0'} AS rate")
        by += self._named(self.row_groups if is_raw else self.cell_groups)
        return _grouped(source, self.where(level), [*by, *keys], aggregates)

    def select_all(self, source: str, keys: Sequence[str], aggregates: Mapping[str, str]) -> str:
        """The aggregates of all raw rows of `source` that pass the filters, by `keys` and
        groups."""
        by = [*keys, *self._named(self.row_groups)]
        return _grouped(source, " AND ".join(self.accepted), by, aggregates)

    def where(self, level: str) -> str:
        """What selects the rows of a level."""
        if level == RAW:
            where, _ = condition(self.pieces.raw, self.family.time, prefix=RAW)
            return " AND ".join([where, *self.accepted])
        where, _ = condition(getattr(self.pieces, level), "t", prefix=level)
        return " AND ".join([where, *self.of_cells()[0]])

    def largest(self, *keys: str) -> str:
        """A JOIN that limits `cells` to the `:most` largest value sets, and puts them in order."""
        names = ", ".join([*self.labels, *keys])
        return (
            f" JOIN (SELECT {names}, sum(observed) AS frequency FROM cells GROUP BY {names} "
            f"ORDER BY frequency DESC, {names} LIMIT :most) AS top USING ({names}) "
            f"ORDER BY frequency DESC, {names}"
        )

    @property
    def accepted(self) -> list[str]:
        """The conditions of the family and of the filters on raw rows."""
        return [self.family.where, *self.filtered]

    @property
    def filtered(self) -> list[str]:
        """The conditions of the filters on raw rows, whoever sent them."""
        filtered = [self._among(f"coalesce({name}, '{UNKNOWN}')", name) for name in self.filters]
        return filtered + self._without_tests

    @property
    def row_groups(self) -> list[str]:
        """The groups of raw rows."""
        return [f"coalesce({name}, '{UNKNOWN}')" for name in self.group_by]

    @property
    def cell_groups(self) -> list[str]:
        """The groups of cells."""
        return [self._cell_column(name) for name in self.group_by]

    def of_cells(self) -> tuple[list[str], dict[str, Any]]:
        """The conditions that select cells by dimension and value, and their bound values."""
        if not self.family.by_value:
            return [*(self._among(each, each) for each in self.filters), *self._without_tests], {}
        conditions = [self._among("app", "app")] if "app" in self.filters else []
        if not self.family.of_pairs:
            (dimension,) = self.split_by or ("",)
            values = [""] if not dimension else list(self.filters.get(dimension, ()))
        else:
            dimension, values = (
                pair_dimension((self.split_by[0], self.split_by[1])),
                self._pair_values(),
            )
            conditions += [
                self._among(self._cell_column(name), name)
                for name in self.split_by
                if name in self.filters and not values
            ]
        conditions.append("dimension = :dimension")
        if not values:
            return conditions, {"dimension": dimension}
        conditions.append(f"value = {_in('values', values)}")
        return conditions, {"dimension": dimension, "values": _bound(values)}

    def _named(self, groups: Sequence[str]) -> list[str]:
        return [f"{group} AS {label}" for group, label in zip(groups, self.labels, strict=True)]

    @property
    def _without_tests(self) -> list[str]:
        has_apps = self.family.source == "server" and "app" in self.family.dimensions
        has_all = not has_apps or "app" in self.filters or self.with_tests
        return [] if has_all else ["app <> ALL(:test_apps)"]

    def _among(self, column: str, name: str) -> str:
        return f"{column} = {_in(f'f_{name}', self.filters[name])}"

    def _pair_values(self) -> list[str]:
        sides = [self.filters.get(name, ()) for name in self.split_by]
        return [pair_value(*pair) for pair in product(*sides)] if all(sides) else []

    def _cell_column(self, name: str) -> str:
        if self.family.of_pairs and name != "app":
            return f"split_part(value, '{SEPARATOR}', {self.split_by.index(name) + 1})"
        return "value" if self.family.by_value and name != "app" else name

    @property
    def step_number(self) -> str:
        """The number of a step from the column `i` that rows are grouped by."""
        if self.grid.steps == 1 or not self.grid.seconds:
            return "i"
        return "CAST(round(extract(epoch FROM i - CAST(:origin AS timestamptz)) / :step_s) AS int)"

    def step(self, time: str) -> str:
        """What rows are grouped by: the step of the instant in the column `time`."""
        if self.grid.steps == 1:
            return "0"
        if not self.grid.seconds:
            return f"width_bucket({time}, CAST(:edges AS timestamptz[])) - 1"
        return f"date_bin(make_interval(secs => :step_s), {time}, :origin)"


def _grouped(source: str, where: str, by: Sequence[str], aggregates: Mapping[str, str]) -> str:
    numbers = ", ".join(map(str, range(1, len(by) + 1)))
    listed = ", ".join([*by, *(f"{each} AS {name}" for name, each in aggregates.items())])
    return f"SELECT {listed} FROM {source} WHERE {where} GROUP BY {numbers}"


def _in(name: str, values: Sequence[str]) -> str:
    """A single value is compared as such: an index is then read in its order."""
    return f":{name}" if len(values) == 1 else f"ANY(:{name})"


def _bound(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
