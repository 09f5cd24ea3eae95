"""The change that matters most: of which metric, explained by which value, at what time; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

from analytics.insight.excess import (
    LEAST_RATIO,
    Counts,
    Run,
    run_of,
    worst_run,
)
from analytics.insight.quantities import FOLLOWS, Quantity
from analytics.insight.remark import Remark
from analytics.insight.timetable import Timetable
from analytics.query.arrays import Arrays
from analytics.stats.verdict import verdict_of
from models.metrics.client_catalogue import METRICS
from models.metrics.dimensions import OTHER, UNKNOWN

# Up to here all others are as usual.
USUAL_RATIO = 1.25
USUAL_Z = 2.0
SAME_EXCESS = 0.7  # values with so much of the same events explain the same change
NOT_TO_NAME = frozenset({UNKNOWN, OTHER})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of steps in which a quantity was unusual, and what to say of it."""

    quantity: Quantity
    run: Run
    remark: Remark


@dataclass(frozen=True, slots=True)
class _Part:
    """Arrays of one label set, its worst run, and the counts of all others."""

    arrays: Arrays
    run: Run
    others: Counts


@dataclass(slots=True)
class _Search:
    """The search of one quantity: of all, and the values that explain its change."""

    quantity: Quantity
    table: Timetable
    total: Arrays
    least_reports: float
    usual: int
    of_all: Counts
    parts: list[_Part] = field(default_factory=list)

    @classmethod
    def of(
        cls, quantity: Quantity, table: Timetable, total: Arrays, least_reports: float
    ) -> "_Search":
        """Of `total`, one label set."""
        usual = quantity.usual_bucket(total, table, 0)
        of_all = quantity.counts(total, table, 0, usual)
        return cls(quantity, table, total, least_reports, usual, of_all)

    def add(self, arrays: Arrays, row: int) -> None:
        """Note a value that was unusual while all others were as usual."""
        bucket = self.quantity.usual_bucket(arrays, self.table, row)
        run = worst_run(self.quantity.counts(arrays, self.table, row, bucket))
        if not self._counts(run):
            return
        counts = self.quantity.counts(arrays, self.table, row, self.usual)
        others = self.of_all.minus(counts)
        if _is_usual(others, run):
            self.parts.append(_Part(arrays.select([row]), run, others))

    def candidates(self) -> Iterator[Candidate]:
        """That of the value that explains the most; that of all, as far as it is not explained."""
        reports = float(self.table.now(self.total.observed).sum())
        unexplained = run = worst_run(self.of_all)
        if self.parts:
            part = _narrowest(self.parts, reports)
            unexplained = worst_run(part.others)
            yield from self._candidate(part.arrays, part.run, part.run.weight(reports))
        if self._counts(unexplained):
            yield from self._candidate(self.total, run, unexplained.weight(reports))

    def _counts(self, run: Run) -> bool:
        return run.is_unusual and run.reports >= self.least_reports

    def _candidate(self, arrays: Arrays, run: Run, weight: float) -> Iterator[Candidate]:
        quantity, table = self.quantity, self.table
        figures = quantity.change(arrays, table, run)
        meaning = verdict_of(figures.change, METRICS[quantity.key].worse) if figures else None
        if figures is None or meaning is None or not meaning.is_worse:
            return
        covers_all = run.first == 0 and run.last == table.steps - 1
        remark = Remark(
            key=quantity.key, change=figures.change, meaning=meaning, now=figures.now,
            before=figures.before, weight=weight, per="hour", labels=arrays.labels[0],
            span=None if covers_all else table.span(run.first, run.last),
        )  # fmt: skip
        yield Candidate(quantity, run, remark)


def most_remarkable(
    table: Timetable, total: Arrays, splits: Iterable[Arrays], quantities: Sequence[Quantity],
    *, least_reports: float,
) -> Candidate | None:  # fmt: skip
    """The candidate of the most weight. `total` has one label set, all; `splits`, read one after
    the other, have those of one dimension each. A value explains a change where all others are as
    usual at that time, and it touches `least_reports`."""
    searches = [_Search.of(quantity, table, total, least_reports) for quantity in quantities]
    for arrays in splits:
        for row in _named(table, arrays, least_reports):
            for each in searches:
                each.add(arrays, row)
    candidates = [candidate for each in searches for candidate in each.candidates()]
    causes = [(each.remark.key, each.remark.labels) for each in candidates]
    named = [
        each
        for each in candidates
        if (FOLLOWS.get(each.remark.key), each.remark.labels) not in causes
    ]
    return max(named, key=lambda each: each.remark.weight, default=None)


def with_finer_span(candidate: Candidate, arrays: Arrays, table: Timetable) -> Remark:
    """The remark with the ends and figures of its run in the finer steps of `table`, of the first
    label set."""
    bucket = candidate.quantity.usual_bucket(arrays, table, 0)
    counts = candidate.quantity.counts(arrays, table, 0, bucket)
    run = worst_run(counts, max(LEAST_RATIO, sqrt(candidate.run.ratio)))
    span = table.span(run.first, run.last)
    figures = candidate.quantity.change(arrays, table, run)
    if figures is None:
        return replace(candidate.remark, span=span)
    return replace(
        candidate.remark, span=span, change=figures.change, now=figures.now, before=figures.before
    )


def _named(table: Timetable, arrays: Arrays, least_reports: float) -> Iterator[int]:
    """The rows of label sets with a name and enough reports."""
    reports = table.now(arrays.observed).sum(axis=1)
    for row, labels in enumerate(arrays.labels):
        if reports[row] >= least_reports and not NOT_TO_NAME & {*labels.values()}:
            yield row


def _is_usual(others: Counts, run: Run) -> bool:
    """Whether all others are as usual at that time, and there are others."""
    at_the_time = run_of(others, run.first, run.last)
    return at_the_time.reports > 0 and (at_the_time.ratio <= USUAL_RATIO or at_the_time.z < USUAL_Z)


def _narrowest(parts: Sequence[_Part], reports: float) -> _Part:
    """The part of the most weight; of those that contain the same bad events (Brazil, and the
    networks that Brazilians use) the one where they are the most frequent."""
    first = max(parts, key=lambda each: each.run.weight(reports))
    alike = [
        each
        for each in parts
        if each.run.overlaps(first.run) and each.run.excess >= SAME_EXCESS * first.run.excess
    ]
    return max(alike, key=lambda each: each.run.ratio)
