"""Reads the Geographic page: countries beside the period before, one of them in time and inside,
and the worst of them in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from analytics.anomalies import naming
from analytics.query.not_counted import REGIONS
from analytics.query.series import SERIES
from analytics.ranges.steps import StepStart
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.history_answers import History
from analytics.reports.segments.compared import Comparison, ranked
from analytics.reports.segments.frames import frame_of
from analytics.reports.segments.trends import WORLD, Trend
from analytics.services.services import Services
from analytics.stats.percentile_lines import LEAST_VALUES, P95
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import (
    DEFAULT_METRIC,
    REGION_METRICS,
    RegionMetric,
    Scale,
)
from dashboard.client.geographic.core.ordering import ordered
from dashboard.client.geographic.core.regions import (
    GeographicReport,
    Line,
    Region,
    SmallLines,
    Split,
    number,
    regions_of,
    world_of,
)
from dashboard.client.geographic.core.url_state import GeographicView
from dashboard.core import url_state
from dashboard.core.url_state import View
from dashboard.page import usual
from dashboard.page.data import grid_of
from dashboard.page.usual import PageUsual
from models.metrics.dimensions import DIMENSIONS, OTHER, REGION, UNKNOWN

from .history_lines import line, line_before, series_of

MOST_WORST = 9
LEAST_N = {"latency_p95_ms": LEAST_VALUES[P95], "stability": 10}  # round trips, sessions in a step
NO_COUNTRY = (UNKNOWN, OTHER)
PARTS = ("effective_type", "browser", "release")
SPLITS = {REGION: "Region", **{name: DIMENSIONS[name] for name in PARTS}}
NO_REGIONS = (
    "The country database has no subdivisions. Load a city file: ./scripts/geo update FILE."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """The question of one view."""

    services: Services
    view: GeographicView
    window: TimeRange
    earlier: TimeRange | None
    filters: Filters

    @property
    def selected(self) -> Filters:
        """With the selected country, if any."""
        country = self.view.selected
        return replace(self.filters, country=country) if country else self.filters

    def countries(self) -> Comparison:
        """Countries beside the period before."""
        return self.services.reports.segments(self.window, self.earlier, self.filters, ("country",))

    def history(
        self, filters: Filters, window: TimeRange | None = None, like: History | None = None
    ) -> History:
        """The metric of the map in time, in steps of `like`."""
        series = self.view.region_metric.series
        return self.services.history.history(
            window or self.window, [series], filters.active(), step=like.step if like else None
        )

    def usual(self, report: GeographicReport) -> PageUsual:
        """What is usual of the metric of the map in the selected country, or of all."""
        series = SERIES[self.view.region_metric.series]
        judged = (
            [("client", series.metric)]
            if naming.series_of("client", series.metric) == series
            else []
        )
        return usual.read(self.services, judged, grid_of(report), self.selected.active())

    def small_usual(
        self, codes: Sequence[str], starts: Sequence[datetime]
    ) -> Mapping[str, PageUsual]:
        """What is usual in these countries on the steps of their lines."""
        judged = [("client", SERIES[REGION_METRICS[key].series].metric) for key in LEAST_N]
        filters = self.filters.active()
        return usual.read_values(self.services, judged, starts, filters, ("country", codes))

    def splits(self) -> list[Split]:
        """The selected country by each dimension."""
        if not self.view.selected:
            return []
        return [self._split(dimension, label) for dimension, label in SPLITS.items()]

    def small_lines(self, codes: Sequence[str]) -> tuple[SmallLines, Sequence[datetime]]:
        """The lines of these countries and of the world, and the starts of their steps."""
        if not codes:
            return {}, ()
        trends = self.services.reports.trends(self.window, self.filters, "country", codes)
        lines = {
            "" if code == WORLD else code: {
                key: _line_of(trend, LEAST_N[key]) for key, trend in by_key.items()
            }
            for code, by_key in trends.by_value.items()
        }
        return lines, trends.starts

    def _split(self, dimension: str, label: str) -> Split:
        if self.filters.active().get(dimension):
            return Split(dimension=dimension, label=label, not_counted="Filtered already.")
        segments = self.services.reports.segments
        try:
            comparison = segments(self.window, None, self.selected, (dimension,))
        except ValueError as fault:
            return Split(dimension=dimension, label=label, not_counted=str(fault))
        missing = comparison.segments.not_counted
        if dimension == REGION and REGIONS in missing:
            return Split(dimension=dimension, label=label, not_counted=str(missing[REGIONS]))
        parts = regions_of(frame_of(comparison), dimension, self.view.selected)
        if dimension == REGION and {part.code for part in parts} <= {*NO_COUNTRY}:
            return Split(dimension=dimension, label=label, not_counted=NO_REGIONS)
        reasons = dict.fromkeys(str(each) for each in missing.values())
        is_counted = any(part.value(self.view.metric) is not None for part in parts)
        reason = "" if is_counted else " ".join(reasons)
        ordered = sorted(parts, key=lambda part: (part.is_small, -part.sessions))
        return Split(dimension=dimension, label=label, parts=ordered, not_counted=reason)


def read(services: Services, view: View, zone: object) -> GeographicData:
    """The range and the one compared with. Raises `DatabaseAway`."""
    state = cast(GeographicView, view)  # its tab makes no other
    now, local = services.now(), url_state.zone_for(view, zone)
    window = view.window(now, local)
    reader = _Reader(
        services=services, view=state, window=window, earlier=view.compared_range(window),
        filters=view.client_filters(),
    )  # fmt: skip
    comparison = reader.countries()
    regions = regions_of(frame_of(comparison), "country")
    reader, actor = _without_absent(reader, regions), services.viewer()
    report = _report(reader, comparison, regions)
    return GeographicData(
        view=state,
        window=window,
        now=now,
        zone=local,
        current=report,
        events=services.reports.events(window, view.filters.get("app")),
        load_tests=services.load_tests.bands(window),
        source=services.country_source(),
        rules=services.alerts.reports.rules().rules,
        is_admin=actor is not None and actor.is_admin,
        usual=reader.usual(report),
        small_usual=reader.small_usual(report.worst, report.small_starts),
    )


def _without_absent(reader: _Reader, regions: Sequence[Region]) -> _Reader:
    """A country without reports is not selected: panels would name the world over its values."""
    if reader.view.selected in {each.code for each in regions}:
        return reader
    return replace(reader, view=replace(reader.view, selected=""))


def _report(reader: _Reader, comparison: Comparison, regions: Sequence[Region]) -> GeographicReport:
    worst = _worst(comparison, regions, reader.view.region_metric)
    own = reader.history(reader.selected)
    world = reader.history(reader.filters, like=own) if reader.view.selected else own
    before = reader.history(reader.selected, reader.earlier, own) if reader.earlier else None
    starts = sorted({at for each in (own, world) for at, _ in series_of(each).points})
    small_lines, small_starts = reader.small_lines(worst)
    name = reader.view.region_metric.series
    return GeographicReport(
        start=own.window.start,
        end=own.window.end,
        data_as_of=comparison.segments.data_as_of,
        resolution=own.step.name,
        step_seconds=own.step.seconds,
        zone=own.zone,
        world=world_of(comparison),
        series=[StepStart(at) for at in starts],
        regions=[each for each in regions if each.code not in NO_COUNTRY],
        elsewhere=[each for each in regions if each.code in NO_COUNTRY],
        worst=worst,
        own=line(own, starts),
        of_world=line(world, starts),
        own_before=line_before(own, before, starts),
        small_lines=small_lines,
        small_starts=small_starts,
        splits=reader.splits(),
        not_counted={**_reasons(comparison), **_reason_of(own, name)},
        has_before=any(each.before and _has_any(each) for each in regions),
        automated_sessions=own.automated_sessions,
    )


def _line_of(trend: Trend, least: int) -> Line:
    """Without the steps that have fewer than `least` to count: their values are chance."""
    pairs = zip(trend.values, trend.n, strict=True)
    return [number(value) if n >= least else None for value, n in pairs]


def _reasons(comparison: Comparison) -> dict[str, str]:
    return {key: str(reason) for key, reason in comparison.segments.not_counted.items()}


def _reason_of(history: History, name: str) -> dict[str, str]:
    return {"series": str(history.not_counted[name])} if name in history.not_counted else {}


def _worst(comparison: Comparison, regions: Sequence[Region], metric: RegionMetric) -> list[str]:
    """Those surely worse than all others, the most people affected first; then by value."""
    judged = metric if metric.scale is not Scale.COUNT else REGION_METRICS[DEFAULT_METRIC]
    sure = [comparison.labels[row]["country"] for row in ranked(comparison, judged.key)]
    by_value = [
        each.code
        for each in ordered(regions, judged)
        if not each.is_small and each.value(judged.key) is not None
    ]
    codes = dict.fromkeys((*sure, *by_value))
    return [code for code in codes if code not in NO_COUNTRY][:MOST_WORST]


def _has_any(region: Region) -> bool:
    return any(each.value is not None for each in region.before.values())
