"""The slices that could explain a change, of the tables of all dimensions; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import combinations

import numpy as np

from analytics.anomalies.explain.parts import Parts, parts_of
from analytics.anomalies.explain.ranking import Candidate, says_more
from analytics.anomalies.explain.table import Table
from analytics.query.arrays import Floats
from models.metrics.dimensions import LABEL_DIMENSIONS, OTHER, UNKNOWN

NOT_TO_NAME = frozenset({UNKNOWN, OTHER})
MOST_VALUES = 300  # of a dimension or several: more are one, `other`
DOMINANT = 0.5  # of the change
LEAST_CHANGE = 3.0  # events: of less no part is told
PAIR, TRIPLE = 2, 3


class Cause(StrEnum):
    """What most of a change is made by."""

    RATE = "rate"
    MIX = "mix"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """What was read: all events, those by each dimension, and by many dimensions at once (`cube`,
    `None` where these were not counted). `is_ratio`: more of both is no change."""

    total: Table
    singles: Sequence[Table]
    cube: Table | None = None
    is_ratio: bool = False

    @property
    def of_people(self) -> list[Table]:
        """The tables that tell what their events are among."""
        return [table for table in self.singles if table.has_n]


@dataclass(frozen=True)
class Search:
    """The candidates of what was read, each by `cause`: the part that makes most of the change."""

    slices: Slices
    _parts: dict[tuple[str, ...], Parts] = field(default_factory=dict)

    @cached_property
    def of_all(self) -> Parts:
        """The change of all."""
        return parts_of(self.slices.total, self.slices.total, is_ratio=self.slices.is_ratio)

    @cached_property
    def total(self) -> float:
        """The change of all; 0 where it is less than an event."""
        change = self.of_all.total
        return change if abs(change) >= LEAST_CHANGE else 0.0

    @cached_property
    def cause(self) -> Cause:
        """More people, else other people, else another rate of some of them."""
        total = self.total
        if not total or not self.slices.total.has_n:
            return Cause.RATE
        if float(self.of_all.volume.sum()) / total >= DOMINANT:
            return Cause.VOLUME
        mixed = self.most_mixed
        return Cause.MIX if mixed is not None and self.mix_share(mixed) >= DOMINANT else Cause.RATE

    @cached_property
    def most_mixed(self) -> Table | None:
        """The dimension whose mix makes most of the change."""
        return max(self.slices.of_people, key=self.mix_share, default=None)

    @cached_property
    def dispersion(self) -> float:
        """The variance of events per event: that of the usual windows, and at least the events
        per session, as those of a session come together. The same for all tables: fine slices have
        too few events to tell."""
        tables = self.slices.singles
        usual = float(np.median([self.parts(each).dispersion for each in tables] or [1.0]))
        sessions = max((float(np.nan_to_num(each.sessions).sum()) for each in tables), default=0.0)
        return max(usual, float(self.slices.total.bad[0, -1]) / sessions if sessions else 1.0)

    def mix_share(self, table: Table) -> float:
        """The part of the change that a changed mix of the values makes."""
        parts, total = self.parts(table), self.total
        return float(parts.mix.sum()) / total if total else 0.0

    def parts(self, table: Table) -> Parts:
        """The parts of the change of a table."""
        if table.dimensions not in self._parts:
            self._parts[table.dimensions] = parts_of(
                table, self.slices.total, is_ratio=self.slices.is_ratio,
                factors=self._factors(table) if len(table.dimensions) > 1 else None,
            )  # fmt: skip
        return self._parts[table.dimensions]

    def _factors(self, table: Table) -> Floats:
        """How many times the rate of all a slice of several values usually has, if each of them
        has its own times."""
        factors = np.ones(len(table.labels))
        for single in self.slices.of_people:
            if not {*single.dimensions} <= {*table.dimensions}:
                continue
            parts, (name,) = self.parts(single), single.dimensions
            rate_of_all = float(parts.usual.sum()) / float(parts.usual_n.sum())
            by_value = {
                labels[name]: rate / rate_of_all
                for labels, rate in zip(single.labels, parts.rates, strict=True)
            }
            factors *= [by_value.get(labels[name], 1.0) for labels in table.labels]
        return factors

    @cached_property
    def singles(self) -> list[Candidate]:
        """One value each."""
        tables = self.slices.singles
        if self.cause is Cause.MIX and self.most_mixed is not None:
            tables = [self.most_mixed]
        return [each for table in tables for each in self._candidates(table)]

    def best(self) -> Candidate | None:
        """The slice that explains most: a single value, or several where these say more. A label
        such as a close code says how, not of whom: it explains where nothing else does."""
        notable = [each for each in self.singles if each.is_notable]
        of_whom = [each for each in notable if not {*each.labels} & {*LABEL_DIMENSIONS}]
        broad = max(of_whom or notable, key=lambda each: each.score, default=None)
        if self.slices.cube is None or self.cause is Cause.MIX:
            return broad
        best = _better(broad, self._several(PAIR))
        return _better(best, self._several(TRIPLE, best)) if best is not None else None

    def _several(self, size: int, within: Candidate | None = None) -> Iterator[Candidate]:
        """The slices of so many dimensions at once that are notable, within one of them."""
        cube = self.slices.cube
        for names in combinations(cube.dimensions if cube is not None else (), size):
            if cube is not None and (within is None or {*within.labels} < {*names}):
                table = cube.by(names).largest(MOST_VALUES).completed(self.slices.total)
                yield from (each for each in self._candidates(table) if each.is_notable)

    def _candidates(self, table: Table) -> list[Candidate]:
        parts, total = self.parts(table), self.total
        observed, expected = _by_cause(self.cause, parts)
        of_all = float(observed.sum()), float(expected.sum())
        change = parts.change
        exposure = parts.usual_n if self.cause is Cause.VOLUME else parts.n
        return [
            Candidate(
                labels=labels, observed=float(observed[row]),
                expected=max(float(expected[row]), 0.0), of_all=of_all,
                change=float(change[row]), share=float(change[row]) / total if total else 0.0,
                n=float(parts.observed[row]), sessions=float(table.sessions[row]),
                dispersion=self.dispersion,
                exposure=float(exposure[row]),
                is_nameable=not NOT_TO_NAME & {*labels.values()},
            )
            for row, labels in enumerate(table.labels)
        ]  # fmt: skip


def _by_cause(cause: Cause, parts: Parts) -> tuple[Floats, Floats]:
    """What is compared with what was expected: events, or what they are among."""
    if cause is Cause.RATE or not parts.usual_n.any():
        return parts.observed, parts.expected
    if cause is Cause.MIX:
        scale = float(parts.n.sum()) / max(float(parts.usual_n.sum()), 1e-9)
        return parts.n, parts.usual_n * scale
    rate_of_all = float(parts.usual.sum()) / float(parts.usual_n.sum())
    return parts.n, parts.n - parts.volume / rate_of_all


def _better(best: Candidate | None, finer: Iterator[Candidate]) -> Candidate | None:
    first = max(finer, key=lambda each: each.score, default=None)
    if first is None or (best is not None and not says_more(first, best)):
        return best
    return first
