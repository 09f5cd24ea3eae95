"""What browsers measured by engine and by protocol: figures that only make sense told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analytics.query import not_counted
from analytics.query.arrays import Arrays
from analytics.query.engine import Engine
from analytics.query.formula import Calculation, Formula
from analytics.query.not_counted import NotCounted
from analytics.query.plan import Plan
from analytics.query.query import FilterValues, LabelPart, Query, SeriesSource
from analytics.ranges.timerange import TimeRange
from analytics.stats.estimates import Durations
from analytics.stats.summaries import durations_of
from models.metrics.browser_engines import engine_of
from models.metrics.dimensions import PROTOCOL, UNKNOWN

CLOSE_CODES = LabelPart("close_codes", 0, "code")
ROUND_TRIPS = tuple(
    Formula(calculation=Calculation.QUANTILE, durations=name) for name in ("latency", "reply")
)


@dataclass(frozen=True, slots=True)
class ProtocolTrips:
    """Round trips of one protocol: what a library or server stack replies to, and the replies of
    the application."""

    protocol: str
    reports: int
    latency: Durations
    reply: Durations


@dataclass(frozen=True, slots=True)
class ClientSplits:
    """Closes by code and browser engine (weighted), and round trips by protocol, those with the
    most reports first. `None` with the reason where they are not kept for the filters."""

    closes: Mapping[str, Mapping[str, int]] | None = field(default_factory=dict)
    protocols: Sequence[ProtocolTrips] | None = ()
    closes_reason: NotCounted | None = None
    protocols_reason: NotCounted | None = None


def read(engine: Engine, window: TimeRange, filters: FilterValues) -> ClientSplits:
    """The splits of a range, under filters of one value each."""
    closes = engine.plan(_query(window, filters, "browser")).over_range()
    protocols = engine.plan(_query(window, filters, PROTOCOL, ROUND_TRIPS)).over_range()
    return ClientSplits(
        closes=None if _is_cube(closes) else _closes(engine.by_label(closes, CLOSE_CODES)),
        protocols=None if _is_cube(protocols) else _trips(engine.arrays(protocols)),
        closes_reason=_reason(closes),
        protocols_reason=_reason(protocols),
    )


def _query(
    window: TimeRange, filters: FilterValues, dimension: str, metrics: tuple[Formula, ...] = ()
) -> Query:
    return Query(
        source=SeriesSource.CLIENT, metrics=metrics, window=window, filters=filters,
        group_by=(dimension,),
    )  # fmt: skip


def _is_cube(plan: Plan) -> bool:
    return plan.resolution.cells == "cube"


def _reason(plan: Plan) -> NotCounted | None:
    return not_counted.BY_SEVERAL_DIMENSIONS if _is_cube(plan) else None


def _closes(arrays: Arrays) -> dict[str, dict[str, int]]:
    """By code, then by engine."""
    by_code: dict[str, dict[str, int]] = {}
    for labels, count in zip(arrays.labels, arrays.sums["close_codes"][:, 0], strict=True):
        engines = by_code.setdefault(labels["code"], {})
        engine = engine_of(labels["browser"])
        engines[engine] = engines.get(engine, 0) + round(float(count))
    return by_code


def _trips(arrays: Arrays) -> list[ProtocolTrips]:
    trips = [
        ProtocolTrips(
            labels[PROTOCOL], round(float(arrays.observed[row].sum())),
            *(durations_of(arrays.select([row]).histograms[name]) for name in ("latency", "reply")),
        )
        for row, labels in enumerate(arrays.labels)
        if labels[PROTOCOL] != UNKNOWN
    ]  # fmt: skip
    return sorted(trips, key=lambda each: (-each.reports, each.protocol))
