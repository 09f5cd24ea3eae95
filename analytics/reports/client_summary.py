"""Computes a `Summary` from arrays; pure."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import quantiles_of, sums_of
from analytics.query.not_counted import NotCounted
from analytics.query.plan import Plan
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
from analytics.stats.summaries import durations_of, or_none, share_of
from models.metrics.client_columns import COUNTS, HISTOGRAMS

SERIES_COUNTS = ("attempts", "opened", "failed", "drops")
SERIES_DURATIONS = ("latency", "recovery")
# What the series needs is read per step, all else over the whole range: from longer cells.
SERIES = (*sums_of((*SERIES_COUNTS, "sessions")), *quantiles_of(SERIES_DURATIONS))
TOTALS = (
    *sums_of(name for name in (*COUNTS, "recovered_soon") if name not in SERIES_COUNTS),
    *quantiles_of(name for name in HISTOGRAMS if name not in SERIES_DURATIONS),
)
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
LABELS = ("close_codes", "networks")
CHARTED = ("latency", "recovery")
ByLabel = Mapping[str, Mapping[str, float]]
Missing = Mapping[str, NotCounted]
# The fields of an answer that are `None` where one of the engine's figures was not counted.
FIELDS = {
    "latency": ("latency_ms",), "setup": ("setup_ms",), "recovery": ("recovery_ms",),
    "page_load": ("ux.page_load_ms",), "recovered_soon": ("connection.recovered_within_5_s",),
    "close_codes": ("connection.close_codes",), "networks": ("network",),
    "sessions": ("sessions", "abnormal_sessions", "stability"),
}  # fmt: skip


def summary_of(
    plan: Plan, filters: Filters, arrays: Arrays, over_range: Arrays, by_label: ByLabel
) -> Summary:
    """The summary, with a point for every step that has reports; `over_range` has `TOTALS`
    too."""
    total = _Totals(over_range, plan.not_counted)
    sessions, calm = total.count("sessions"), total.count("calm_sessions")
    abnormal = None if sessions is None or calm is None else sessions - calm
    return Summary(
        start=plan.window.start,
        end=plan.window.end,
        data_as_of=plan.data_as_of,
        resolution=plan.resolution.step.name,
        step_seconds=plan.resolution.step.seconds,
        filters=filters.active(),
        reports=total.n["reports"],
        sessions=sessions,
        abnormal_sessions=abnormal,
        sessions_are="present" if plan.counts_distinct else "started",
        zone=plan.zone,
        not_counted=_reasons(plan.not_counted),
        lost_reports=round(total.sums["lost_reports"]),
        latest_report=arrays.latest,
        connection=_connection(total, by_label.get("close_codes")),
        connect_success=total.share(("opened",), ("attempts",)),
        stability=None if sessions is None or calm is None else share_of(calm, sessions, sessions),
        messages=Messages(**{name: round(total.sums[name]) for name in Messages.__struct_fields__}),
        error_rate=total.share(("errors",), ("sent", "received")),
        latency_ms=total.durations("latency"),
        setup_ms=total.durations("setup"),
        recovery_ms=total.durations("recovery"),
        ux=_experience(total),
        network=_rounded(by_label.get("networks")),
        series=_series(arrays, plan.not_counted),
    )


class _Totals:
    """The sums of the range, as numbers; `None` for what was not counted."""

    def __init__(self, arrays: Arrays, missing: Missing) -> None:
        self._histograms, self._missing = arrays.histograms, missing
        self.sums = {name: float(series[0, 0]) for name, series in arrays.sums.items()}
        self.n = {name: int(arrays.n_of(name)[0, 0]) for name in arrays.sums}

    def count(self, name: str) -> int | None:
        """A weighted count."""
        return None if name in self._missing else round(self.sums[name])

    def share(self, numerator: tuple[str, ...], denominator: tuple[str, ...]) -> Share:
        """The share of two counts, with the interval of the denominator's n."""
        above, below = (
            sum(self.sums[name] for name in names) for names in (numerator, denominator)
        )
        return share_of(above, below, sum(self.n[name] for name in denominator))

    def durations(self, name: str) -> Durations | None:
        """Percentiles and mean."""
        return None if name in self._missing else durations_of(self._histograms[name])


def _reasons(missing: Missing) -> dict[str, str]:
    """By the path of the field in the answer."""
    return {
        field: str(missing[name])
        for name, fields in FIELDS.items()
        if name in missing
        for field in fields
    }


def _connection(total: _Totals, close_codes: Mapping[str, float] | None) -> Connection:
    others = ("close_codes", "recovered_within_5_s")
    names = [name for name in Connection.__struct_fields__ if name not in others]
    return Connection(
        **{name: round(total.sums[name]) for name in names},
        recovered_within_5_s=total.count("recovered_soon"),
        close_codes=_rounded(close_codes),
    )


def _rounded(amounts: Mapping[str, float] | None) -> dict[str, int] | None:
    return None if amounts is None else {label: round(n) for label, n in amounts.items()}


def _experience(total: _Totals) -> Experience:
    load = total.durations("page_load")
    return Experience(
        page_load_ms=None if load is None else PageLoad(n=load.n, p50=load.p50, p95=load.p95),
        errors=round(total.sums["ux_errors"]),
        interactions=round(total.sums["interactions"]),
    )


def _series(arrays: Arrays, missing: Missing) -> list[Point]:
    steps = [int(step) for step in arrays.observed[0].nonzero()[0]]
    sums, histograms = arrays.sums, arrays.histograms
    nothing: list[Any] = [None] * len(steps)
    columns: dict[str, list[Any]] = {"reports": _integers(arrays.observed, steps)}
    columns |= {name: _integers(sums[name], steps) for name in SERIES_COUNTS}
    columns |= dict.fromkeys(("sessions", "abnormal_sessions", "n", *QUANTILES), nothing)
    columns |= dict.fromkeys(("recovery_n", "recovery_p95"), nothing)
    if "sessions" not in missing:
        columns["sessions"] = _integers(sums["sessions"], steps)
        columns["abnormal_sessions"] = _integers(sums["sessions"] - sums["calm_sessions"], steps)
    if "latency" not in missing:
        latency, recovery = histograms["latency"], histograms["recovery"]
        quantiles = zip(QUANTILES, latency.quantiles_ms(*QUANTILES.values()), strict=True)
        columns |= {name: _values(values, steps) for name, values in quantiles}
        columns |= {"n": _integers(latency.n, steps), "recovery_n": _integers(recovery.n, steps)}
        columns["recovery_p95"] = _values(recovery.quantiles_ms(0.95)[0], steps)
    edges = arrays.grid.edges
    return [
        Point(t=edges[step], **{name: values[index] for name, values in columns.items()})
        for index, step in enumerate(steps)
    ]


def _integers(series: Floats, steps: list[int]) -> list[int]:
    return [int(value) for value in np.rint(series[0, steps])]


def _values(series: Floats, steps: list[int]) -> list[float | None]:
    return or_none(series[0, steps])
