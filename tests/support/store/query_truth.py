"""What the engine is to answer, counted from reports in plain Python: no SQL, no rollups."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import numpy as np

from analytics.query.arrays import Arrays, Floats
from analytics.query.plan import Plan
from models.metrics.client_columns import COUNTS, GAUGES
from models.metrics.dimensions import AUTOMATED, OTHER, SEPARATOR, UNKNOWN
from models.metrics.histogram import BUCKETS, bucket_counts
from models.raw.client_reports import ClientReport
from tests.support.store.state_truth import HEARD, SILENT, WITHOUT, State, counted, sessions_of

Key = tuple[str, ...]
Reports = Sequence[ClientReport]
Total = Callable[[Reports], Fraction | int]
Amount = Callable[[ClientReport], Fraction | int]
MOST_OF_A_SIDE = 20  # values of a dimension that cells of pairs have
MICROSECOND = timedelta(microseconds=1)


def value_of(report: ClientReport, dimension: str) -> str:
    """Its value, `unknown` without one."""
    value: str | None = getattr(report, dimension)
    return value or UNKNOWN


def _gauge(name: str) -> Amount:
    def amount(report: ClientReport) -> Fraction:
        return Fraction(round(65536 * (getattr(report, name) or 0)), 65536)

    return amount


def _count(name: str) -> Amount:
    def amount(report: ClientReport) -> int:
        return getattr(report, name) or 0

    return amount


def _is_present(name: str) -> Amount:
    return lambda report: int(getattr(report, name) is not None)


# The amount of one report, by the name of a sum.
AMOUNTS: Mapping[str, Amount] = {
    **{name: _count(name) for name in COUNTS},
    **{name: _gauge(name) for name in GAUGES},
    **{f"{name}_n": _is_present(name) for name in GAUGES},
    "recovered_soon": lambda r: sum(ms <= 5000 for ms in r.recovery_ms),
    "watched_ms": lambda r: Fraction((r.period_end - r.period_start) // MICROSECOND, 1000),
    "tries": lambda r: r.opened + r.failed,
    "judged_reports": lambda r: int(r.lost is not None),
    "judged_ms": lambda r: 0 if r.lost is None else AMOUNTS["watched_ms"](r),
    "without_connection_ms": lambda r: 0 if r.silent_ms is None else r.downtime_ms + r.silent_ms,
    "close_codes_given": lambda r: sum((r.close_codes_given or {}).values()),
    "close_codes": lambda r: sum(r.close_codes.values()),
    f"close_codes{SEPARATOR}1006": lambda r: r.close_codes.get("1006", 0),
}
WITH_N = ("attempts", "sent", "cls_n", "tries", "judged_reports")  # an interval needs their n


def weight(report: ClientReport) -> Fraction:
    """Of a count: the nearest multiple of 1/1024."""
    return Fraction(round(1024 / report.sample_rate), 1024)


def buckets(report: ClientReport, durations: str) -> Mapping[int, int]:
    """The histogram of one report, unweighted."""
    if durations == "recovery":
        return bucket_counts(report.recovery_ms)
    if durations == "page_load":
        return bucket_counts([] if report.page_load_ms is None else [report.page_load_ms])
    names = (f"{durations}_buckets", f"{durations}_counts")
    return dict(zip(*(getattr(report, name) for name in names), strict=True))


def sum_us(report: ClientReport, durations: str) -> int:
    """The sum of its durations in microseconds."""
    if durations == "recovery":
        return 1000 * sum(report.recovery_ms)
    if durations == "page_load":
        return 1000 * (report.page_load_ms or 0)
    return getattr(report, f"{durations}_sum_us") or 0


class Truth:
    """The reports of a plan's range that pass its filters, by label set and step."""

    def __init__(self, plan: Plan, reports: Reports) -> None:
        self._query, self._grid, self._window = plan.query, plan.grid, plan.window
        window = plan.window
        rows = [r for r in reports if window.start <= r.period_end < window.end and self._passes(r)]
        key = self._limited(plan, reports) if plan.resolution.cells == "pair" else self._key
        self.by_key: dict[Key, list[list[ClientReport]]] = {}
        for row in rows:
            steps = self.by_key.setdefault(key(row), [[] for _ in range(self._grid.steps)])
            steps[self._step(row.period_end)].append(row)
        if not self._query.group_by:
            self.by_key.setdefault((), [[] for _ in range(self._grid.steps)])

    def compare(self, arrays: Arrays) -> None:
        """All but the sessions, to the last digit."""
        with_rows = [n for n, observed in enumerate(arrays.observed) if observed.any()]
        keys = [tuple(arrays.labels[n].values()) for n in with_rows]
        if self._query.group_by:
            assert sorted(keys) == sorted(self.by_key)
        expected = {key: self.by_key[key] for key in keys}
        self._equal(arrays.observed[with_rows], expected, len)
        for name in arrays.sums.keys() & AMOUNTS.keys():
            total, n = _weighted(AMOUNTS[name]), _unweighted(AMOUNTS[name])
            self._equal(arrays.sums[name][with_rows], expected, total, name)
            if name in WITH_N:
                self._equal(arrays.n_of(name)[with_rows], expected, n, name)
        for name, histograms in arrays.histograms.items():
            counts = histograms.counts[with_rows]
            assert np.array_equal(counts, _histograms(expected.values(), name, counts.shape)), name
            self._equal(histograms.n[with_rows], expected, _durations(name), name)
            self._equal(histograms.sums_us[with_rows], expected, _total_us(name), name)

    def compare_states(self, arrays: Arrays, states: Iterable[State]) -> None:
        """Session minutes of each state per step."""
        edges = self._grid.edges

        def step(moment: datetime) -> int | None:
            is_in = max(edges[0], self._window.start) <= moment < min(edges[-1], self._window.end)
            return self._step(moment) if is_in else None

        def key(report: ClientReport) -> Key | None:
            return self._key(report) if self._passes(report) else None

        expected = counted(states, step, key)
        for name in (HEARD, WITHOUT, SILENT):
            assert {
                (tuple(labels.values()), number): count
                for labels, series in zip(arrays.labels, arrays.sums[name].tolist(), strict=True)
                for number, count in enumerate(series)
                if count
            } == {at: figures[name] for at, figures in expected.items() if figures[name]}, name

    def compare_sessions(self, arrays: Arrays, reports: Reports, *, distinct: bool) -> None:
        """Those that started in each step; `distinct`: all that reported within the range."""
        window = self._window
        started: dict[tuple[Key, int], int] = {}
        calm: dict[tuple[Key, int], int] = {}
        totals: dict[Key, int] = {}
        for of_session in sessions_of(reports):
            first, last = of_session[0], of_session[-1]
            if not self._passes(first):
                continue
            key = self._key(first)
            if window.start <= first.period_end < window.end:
                where = key, self._step(first.period_end)
                started[where] = started.get(where, 0) + 1
                is_calm = not any(report.abnormal_closes for report in of_session)
                calm[where] = calm.get(where, 0) + is_calm
            if first.period_end < window.end and last.period_end >= window.start:
                totals[key] = totals.get(key, 0) + 1
        for name, expected in (("sessions", started), ("calm_sessions", calm)):
            counted = {
                (tuple(labels.values()), step): count
                for labels, series in zip(arrays.labels, arrays.sums[name].tolist(), strict=True)
                for step, count in enumerate(series)
                if count
            }
            assert counted == {where: count for where, count in expected.items() if count}, name
        if distinct:
            of_range = arrays.totals["sessions"][:, 0].tolist()
            keys = [tuple(labels.values()) for labels in arrays.labels]
            assert {k: n for k, n in zip(keys, of_range, strict=True) if n} == totals

    def _key(self, report: ClientReport) -> Key:
        return tuple(value_of(report, name) for name in self._query.group_by)

    def _passes(self, report: ClientReport) -> bool:
        return all(
            value_of(report, name) in values
            for name, values in self._query.filters.items()
            if name != AUTOMATED
        )

    def _step(self, moment: datetime) -> int:
        return next(
            number
            for number, (start, end) in enumerate(pairwise(self._grid.edges))
            if start <= moment < end
        )

    def _limited(self, plan: Plan, reports: Reports) -> Callable[[ClientReport], Key]:
        """With `other` in place of rare values on the days that are read from cells."""
        tops: dict[tuple[object, str, str], set[str]] = {}

        def top(report: ClientReport, side: str) -> set[str]:
            day = report.period_end.date()
            if (day, report.app, side) not in tops:
                values = [
                    value_of(r, side)
                    for r in reports
                    if r.app == report.app and r.period_end.date() == day
                ]
                ranked = sorted({*values}, key=lambda value: (-values.count(value), value))
                tops[day, report.app, side] = {*ranked[:MOST_OF_A_SIDE]}
            return tops[day, report.app, side]

        def key(report: ClientReport) -> Key:
            in_cells = any(start <= report.period_end < end for start, end in plan.pieces.days)
            return tuple(
                OTHER
                if in_cells and name != "app" and value_of(report, name) not in top(report, name)
                else value_of(report, name)
                for name in plan.query.group_by
            )

        return key

    @staticmethod
    def _equal(
        series: Floats,
        expected: Mapping[Key, list[list[ClientReport]]],
        total: Total,
        name: str = "",
    ) -> None:
        exact = [[float(total(rows)) for rows in steps] for steps in expected.values()]
        assert series.tolist() == exact, name


def _weighted(amount: Amount) -> Total:
    return lambda rows: sum(weight(row) * amount(row) for row in rows)


def _unweighted(amount: Amount) -> Total:
    return lambda rows: sum(map(amount, rows))


def _durations(name: str) -> Total:
    return lambda rows: sum(sum(buckets(row, name).values()) for row in rows)


def _total_us(name: str) -> Total:
    return lambda rows: sum(round(1 / row.sample_rate) * sum_us(row, name) for row in rows)


def _histograms(
    expected: Iterable[list[list[ClientReport]]], name: str, shape: tuple[int, ...]
) -> Floats:
    counts = np.zeros(shape)
    for number, steps in enumerate(expected):
        for step, rows in enumerate(steps):
            for report in rows:
                for bucket, count in buckets(report, name).items():
                    counts[number, step, min(bucket, BUCKETS - 1)] += count * round(
                        1 / report.sample_rate
                    )
    return counts
