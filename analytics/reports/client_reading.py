"""Reads the summary of browsers' reports, and what it is compared with, from one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.insight import reader, totals
from analytics.insight.remark import Remark
from analytics.query import durations
from analytics.query.engine import Engine
from analytics.query.query import FilterValues, Query, SeriesSource
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports import client_splits, client_summary, judged
from analytics.reports.charted import Charted
from analytics.reports.client_answers import Summary
from analytics.reports.client_splits import ClientSplits
from analytics.reports.client_summary import SessionRows
from analytics.stats.largest_sessions import LargestSessions
from models.database.engine import Connection
from models.queries.session_states import CurrentStates

NO_SPLITS = ClientSplits()
NO_STATES = SessionRows(CurrentStates(), {}, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSummary:
    """A range, and the one compared with if it has reports: without its close codes, networks and
    states of sessions, which are not compared. `remark` is the most remarkable change for the
    worse."""

    current: Charted[Summary]
    before: Charted[Summary] | None = None
    splits: ClientSplits = NO_SPLITS
    remark: Remark | None = None


def read(
    engine: Engine, window: TimeRange, filters: Filters, zone: str, *, is_before: bool = False
) -> Charted[Summary]:
    """The summary; `is_before`: of the period that another is compared with."""
    query = Query(
        source=SeriesSource.CLIENT, metrics=client_summary.SERIES, window=window,
        filters=single_values(filters.active()), zone=zone,
    )  # fmt: skip
    plan = engine.plan(query)
    arrays = engine.arrays(plan) if is_before else engine.with_largest_sessions(plan)
    over_range = engine.over_range(plan, arrays, *client_summary.TOTALS)
    has_labels = plan.resolution.cells != "cube" and not is_before
    by_label = engine.label_totals(plan, client_summary.LABELS) if has_labels else {}
    of_sessions = NO_STATES if is_before else SessionRows(*engine.current_states(plan))
    largest = arrays.largest or LargestSessions.none(plan.grid.steps)
    return Charted(
        client_summary.summary_of(
            plan, filters, arrays, over_range, by_label=by_label, of_sessions=of_sessions,
            largest=largest,
        ),
        {name: durations.per_step(plan, arrays, name) for name in client_summary.CHARTED},
    )  # fmt: skip


def read_compared(
    connection: Connection,
    window: TimeRange,
    earlier: TimeRange | None,
    filters: Filters,
    zone: str,
) -> ComparedSummary:
    """Both summaries, and what a page shows beside them."""
    start, values = (earlier or window).start, single_values(filters.active())
    engine = Engine(connection, TimeRange(start, window.end))
    current = read(engine, window, filters, zone)
    before = None if earlier is None else read(engine, earlier, filters, zone, is_before=True)
    if before is not None and not before.report.reports:
        before = None
    if not current.report.reports:
        return ComparedSummary(current=current, before=before)
    splits = client_splits.read(engine, window, values)
    if earlier is None or before is None:
        return ComparedSummary(current=current, splits=splits)
    has_two_rules = judged.have_two_rules(current.report, before.report)
    remark = reader.read(
        engine, window, earlier, values,
        leaving_out=totals.OF_RULE if has_two_rules else frozenset[str](),
        reports_per_session=current.report.reports / (current.report.sessions or 1),
    )  # fmt: skip
    return ComparedSummary(current=current, before=before, splits=splits, remark=remark)


def single_values(filters: Mapping[str, str]) -> FilterValues:
    """Filters of one value each, as the engine takes them."""
    return {name: (value,) for name, value in filters.items()}
