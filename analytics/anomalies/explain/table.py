"""The events of the values of a dimension, in the incident's window and in its usual ones; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.query.arrays import Floats, Labels, key_of
from models.metrics.dimensions import OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A row per slice in the order of `labels`, a column per window, the incident's last: events
    (`bad`), and what they are among (`n`). `sessions` (rows,) began in the incident's window, NaN
    where not counted. `has_n`: else `n` says nothing, as of close codes."""

    dimensions: tuple[str, ...]
    labels: Sequence[Labels]
    bad: Floats
    n: Floats
    sessions: Floats
    has_n: bool = True

    def total(self) -> "Table":
        """All rows as one."""
        bad, n, sessions = (
            each.sum(axis=0, keepdims=True) for each in (self.bad, self.n, self.sessions)
        )
        return replace(self, dimensions=(), labels=[{}], bad=bad, n=n, sessions=sessions)

    def by(self, dimensions: tuple[str, ...]) -> "Table":
        """Added up by fewer dimensions."""
        keys = [tuple(labels[name] for name in dimensions) for labels in self.labels]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        rows = np.array([numbers[key] for key in keys], dtype=np.int64)

        def added(series: Floats) -> Floats:
            sums = np.zeros((len(numbers), *series.shape[1:]))
            np.add.at(sums, rows, series)
            return sums

        return replace(
            self, dimensions=dimensions,
            labels=[dict(zip(dimensions, key, strict=True)) for key in numbers],
            bad=added(self.bad), n=added(self.n), sessions=added(self.sessions),
        )  # fmt: skip

    def where(self, labels: Mapping[str, str]) -> "Table":
        """The rows with these values."""
        rows = [
            row
            for row, each in enumerate(self.labels)
            if all(each.get(name) == value for name, value in labels.items())
        ]
        return self._select(rows)

    def largest(self, most: int) -> "Table":
        """The `most` rows with the most events or `n`, all others as one named `other`."""
        if len(self.labels) <= most:
            return self
        size = np.maximum(
            *(each.sum(axis=1) / max(float(each.sum()), 1.0) for each in (self.bad, self.n))
        )
        order = [int(row) for row in np.argsort(-size, kind="stable")]
        first, others = self._select(order[:most]), self._select(order[most:]).total()
        return first.joined(replace(others, labels=[dict.fromkeys(self.dimensions, OTHER)]))

    def completed(self, total: "Table") -> "Table":
        """With what `total` has more, as `other`."""
        own = self.total()
        missing = replace(
            own, labels=[dict.fromkeys(self.dimensions, OTHER)],
            bad=np.maximum(total.bad - own.bad, 0.0), n=np.maximum(total.n - own.n, 0.0),
        )  # fmt: skip
        if not (missing.bad.any() or missing.n.any()):
            return self
        return self.joined(replace(missing, sessions=np.full(1, np.nan)))

    def joined(self, other: "Table") -> "Table":
        """With the rows of `other`, those of the same values added up."""
        rows = {key_of(labels): row for row, labels in enumerate(self.labels)}
        more = [labels for labels in other.labels if key_of(labels) not in rows]
        labels = [*self.labels, *more]
        numbers = {key_of(each): row for row, each in enumerate(labels)}
        index = np.array([numbers[key_of(each)] for each in other.labels], dtype=np.int64)

        def added(own: Floats, others: Floats) -> Floats:
            sums = np.concatenate([own, np.zeros((len(more), *own.shape[1:]))])
            np.add.at(sums, index, others)
            return sums

        return replace(
            self, labels=labels, bad=added(self.bad, other.bad), n=added(self.n, other.n),
            sessions=added(self.sessions, other.sessions),
        )  # fmt: skip

    def _select(self, rows: Sequence[int]) -> "Table":
        index = list(rows)
        return replace(
            self, labels=[self.labels[row] for row in index], bad=self.bad[index],
            n=self.n[index], sessions=self.sessions[index],
        )  # fmt: skip


def side_by_side(windows: Sequence[Table]) -> Table:
    """Tables of one window each as one, a column per table; sessions are those of the last."""
    labels = list({key_of(each): each for table in windows for each in table.labels}.values())
    numbers = {key_of(each): row for row, each in enumerate(labels)}
    bad, n = np.zeros((2, len(labels), len(windows)))
    sessions = np.zeros(len(labels))
    for column, table in enumerate(windows):
        index = [numbers[key_of(each)] for each in table.labels]
        bad[index, column], n[index, column] = table.bad[:, 0], table.n[:, 0]
        if table is windows[-1]:
            sessions[index] = table.sessions
    return replace(windows[-1], labels=labels, bad=bad, n=n, sessions=sessions)
