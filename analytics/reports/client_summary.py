"""Computes a `Summary` from arrays; pure."""

from collections.abc import Mapping
from math import isnan
from typing import Any

from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import Calculation, Formula
from analytics.query.plan import Plan
from analytics.query.resolution import CUBE_NOTE
from analytics.ranges.timerange import Filters
from analytics.reports.client_answers import (
    Connection,
    Experience,
    Messages,
    PageLoad,
    Point,
    Summary,
)
from analytics.stats.estimates import Durations, Share
from analytics.stats.histograms import Histograms
from analytics.stats.summaries import durations_of, share_of
from models.metrics.client_columns import COUNTS, HISTOGRAMS

SERIES_COUNTS = ("attempts", "opened", "failed", "drops")
METRICS = (
    *(
        Formula(calculation=Calculation.COUNT, numerator=(name,))
        for name in (*COUNTS, "recovered_soon", "sessions")
    ),
    *(Formula(calculation=Calculation.QUANTILE, durations=name) for name in HISTOGRAMS),
)
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
LABELS = ("close_codes", "networks")
ByLabel = Mapping[str, Mapping[str, float]]


def summary_of(plan: Plan, filters: Filters, arrays: Arrays, by_label: ByLabel) -> Summary:
    """The summary, with a point for every step that has reports."""
    total = _Totals(arrays.over_range())
    sessions, calm = (round(total.sums[name]) for name in ("sessions", "calm_sessions"))
    return Summary(
        start=plan.window.start,
        end=plan.window.end,
        data_as_of=plan.data_as_of,
        resolution=plan.resolution.step.name,
        step_seconds=plan.resolution.step.seconds,
        filters=filters.active(),
        reports=total.n["reports"],
        sessions=sessions,
        abnormal_sessions=sessions - calm,
        sessions_are="present" if plan.counts_distinct else "started",
        note=CUBE_NOTE if plan.resolution.cells == "cube" else "",
        lost_reports=round(total.sums["lost_reports"]),
        latest_report=arrays.latest,
        connection=_connection(total.sums, by_label.get("close_codes", {})),
        connect_success=total.share(("opened",), ("attempts",)),
        stability=share_of(calm, sessions, sessions),
        messages=Messages(**{name: round(total.sums[name]) for name in Messages.__struct_fields__}),
        error_rate=total.share(("errors",), ("sent", "received")),
        latency_ms=total.durations("latency"),
        setup_ms=total.durations("setup"),
        recovery_ms=total.durations("recovery"),
        ux=_experience(total),
        network={name: round(n) for name, n in by_label.get("networks", {}).items()},
        series=_series(arrays),
    )


class _Totals:
    """The sums of the range, as numbers."""

    def __init__(self, arrays: Arrays) -> None:
        self._histograms = arrays.histograms
        self.sums = {name: float(series[0, 0]) for name, series in arrays.sums.items()}
        self.n = {name: int(arrays.n_of(name)[0, 0]) for name in arrays.sums}

    def share(self, numerator: tuple[str, ...], denominator: tuple[str, ...]) -> Share:
        """The share of two counts, with the interval of the denominator's n."""
        above, below = (
            sum(self.sums[name] for name in names) for names in (numerator, denominator)
        )
        return share_of(above, below, sum(self.n[name] for name in denominator))

    def durations(self, name: str) -> Durations:
        """Percentiles and mean."""
        return durations_of(self._histograms.get(name, Histograms.empty((1, 1))))


def _connection(total: Mapping[str, float], close_codes: Mapping[str, float]) -> Connection:
    others = ("close_codes", "recovered_within_5_s")
    names = [name for name in Connection.__struct_fields__ if name not in others]
    return Connection(
        **{name: round(total[name]) for name in names},
        recovered_within_5_s=round(total.get("recovered_soon", 0)),
        close_codes={code: round(count) for code, count in close_codes.items()},
    )


def _experience(total: _Totals) -> Experience:
    page_load = total.durations("page_load")
    return Experience(
        page_load_ms=PageLoad(n=page_load.n, p50=page_load.p50, p95=page_load.p95),
        errors=round(total.sums["ux_errors"]),
        interactions=round(total.sums["interactions"]),
    )


def _series(arrays: Arrays) -> list[Point]:
    steps = [int(step) for step in arrays.observed[0].nonzero()[0]]
    columns: dict[str, list[Any]] = {"reports": _integers(arrays.observed, steps)}
    sums = arrays.sums
    columns |= {name: _integers(sums[name], steps) for name in (*SERIES_COUNTS, "sessions")}
    columns["abnormal_sessions"] = _integers(sums["sessions"] - sums["calm_sessions"], steps)
    empty = Histograms.empty(arrays.observed.shape)
    latency = arrays.histograms.get("latency", empty)
    recovery = arrays.histograms.get("recovery", empty)
    columns |= {"n": _integers(latency.n, steps), "recovery_n": _integers(recovery.n, steps)}
    quantiles = zip(QUANTILES, latency.quantiles_ms(*QUANTILES.values()), strict=True)
    columns |= {name: _values(values, steps) for name, values in quantiles}
    (recovery_p95,) = recovery.quantiles_ms(0.95)
    columns["recovery_p95"] = _values(recovery_p95, steps)
    edges = arrays.grid.edges
    return [
        Point(t=edges[step], **{name: values[index] for name, values in columns.items()})
        for index, step in enumerate(steps)
    ]


def _integers(series: Floats, steps: list[int]) -> list[int]:
    return [round(value) for value in series[0, steps].tolist()]


def _values(series: Floats, steps: list[int]) -> list[float | None]:
    return [None if isnan(value) else value for value in series[0, steps].tolist()]
