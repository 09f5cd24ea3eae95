"""Reads any series of the registry over any range, in one snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from analytics.query import durations
from analytics.query.arrays import Arrays
from analytics.query.engine import Engine
from analytics.query.formula import Calculation, Formula
from analytics.query.not_counted import BEFORE_KINDS, NotCounted
from analytics.query.plan import Plan, plan_of
from analytics.query.query import Query, SeriesSource
from analytics.query.series import Series, series_of
from analytics.query.series_values import compute_series
from analytics.ranges.app_zones import AppZones, zone_of
from analytics.ranges.steps import MOST_POINTS, Step, step_within
from analytics.ranges.timerange import TimeRange
from analytics.reports import judged
from analytics.reports.client_reading import single_values
from analytics.reports.history_answers import History
from models.database.engine import Database
from models.metrics.client_catalogue import CATALOG
from models.metrics.dimensions import AUTOMATED, DIMENSIONS, SERVER_DIMENSIONS
from models.metrics.metric import Metric
from models.queries.snapshot import now, snapshot

SOURCE_FILTERS = {
    SeriesSource.SERVER: frozenset(SERVER_DIMENSIONS),
    SeriesSource.CLIENT: frozenset((*DIMENSIONS, AUTOMATED)),
}
FilterValues = Mapping[str, str]
JUDGED = Formula(calculation=Calculation.COUNT, numerator=(judged.JUDGED_REPORTS,))


class HistoryReports:
    """Reads series. `client` is the catalogue of client metrics."""

    def __init__(
        self, database: Database, client: Sequence[Metric] = CATALOG, zones: AppZones = ()
    ) -> None:
        self._database = database
        self._zones = zones
        self.registry = series_of(client)

    def history(
        self,
        window: TimeRange,
        names: Sequence[str],
        filters: FilterValues | None = None,
        points: int = MOST_POINTS,
        step: Step | None = None,
    ) -> History:
        """At most `points` points of each series; a filter applies to the sources that have it.

        With `step` no finer step is used, so that two ranges can be overlaid. Raises `KeyError`
        for a series that is not in the registry, and `DatabaseAway`.
        """
        series_list, active = [self.registry[name] for name in names], filters or {}
        zone = zone_of(self._zones, [active["app"]] if "app" in active else ())
        queries = [
            replace(query, least_seconds=step.seconds if step else 0, zone=zone)
            for query in _queries(series_list, window, active)
        ]
        with snapshot(self._database) as connection:
            engine = Engine(connection)
            plans = [engine.plan(query) for query in queries]
            covered = _covering(window, plans)
            common = _common_step(covered, plans, points, step)
            by_source = {plan.query.source: _in_steps(plan, common) for plan in plans}
            arrays = {source: engine.arrays(plan) for source, plan in by_source.items()}
            client = arrays.get(SeriesSource.CLIENT)
            automated = engine.automated(by_source[SeriesSource.CLIENT]) if client else {}
            data_as_of = min((p.data_as_of for p in plans), default=None) or now(connection)
        return History(
            window=covered,
            step=common,
            data_as_of=data_as_of,
            filters=active,
            filtered={s.name: sorted(_applicable(active, s.source)) for s in series_list},
            series={s.name: compute_series(s, arrays[s.source]) for s in series_list},
            durations={
                s.name: durations.per_step(
                    by_source[s.source], arrays[s.source], s.formula.durations
                )
                for s in series_list
                if s.formula.durations
            },
            zone=zone,
            not_counted=_not_counted(series_list, by_source, client),
            judged_from=judged.judged_from(client) if client and _has_rules(client) else None,
            automated_sessions=automated,
        )


def _queries(
    series_list: Sequence[Series], window: TimeRange, filters: FilterValues
) -> Iterator[Query]:
    """One of each source."""
    for source in SeriesSource:
        of_source = [series for series in series_list if series.source is source]
        has_rules = any(
            source is SeriesSource.CLIENT and each.metric in judged.TWO_RULES for each in of_source
        )
        metrics = (*(series.formula for series in of_source), *((JUDGED,) if has_rules else ()))
        if of_source:
            yield Query(
                source=source, metrics=metrics, window=window,
                filters=single_values(_applicable(filters, source)),
            )  # fmt: skip


def _has_rules(arrays: Arrays) -> bool:
    return judged.JUDGED_REPORTS in arrays.sums


def _not_counted(
    series_list: Sequence[Series], plans: Mapping[SeriesSource, Plan], client: Arrays | None
) -> dict[str, NotCounted]:
    is_before = client and _has_rules(client) and judged.reason(client) is BEFORE_KINDS
    missing: dict[str, NotCounted] = {}
    for series in series_list:
        needed = {*series.formula.sums, series.formula.durations}
        of_kinds = BEFORE_KINDS if is_before and series.formula.counted_by else None
        if reason := plans[series.source].reason_for(needed) or of_kinds:
            missing[series.name] = reason
    return missing


def _common_step(covered: TimeRange, plans: Sequence[Plan], points: int, step: Step | None) -> Step:
    """`step`, or the finest that every source has and that `points` allow."""
    finest = max((plan.resolution.step.seconds for plan in plans), default=0)
    if step is not None and step.seconds >= finest:
        return step
    return step_within(covered, points, max(step.seconds if step else 0, finest))


def _in_steps(plan: Plan, step: Step) -> Plan:
    query = replace(plan.query, step=step)
    return plan_of(query, plan.coverage, is_beyond_top=plan.is_beyond_top)


def _covering(window: TimeRange, plans: Sequence[Plan]) -> TimeRange:
    """The smallest range that contains what is read of all sources."""
    windows = [window, *(plan.window for plan in plans)]
    return TimeRange(min(w.start for w in windows), max(w.end for w in windows))


def _applicable(filters: FilterValues, source: SeriesSource) -> FilterValues:
    """The filters whose dimension this source has."""
    return {name: value for name, value in filters.items() if name in SOURCE_FILTERS[source]}
