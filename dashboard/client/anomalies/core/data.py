"""The data of a page of anomalies: incidents, and the series that is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from analytics.alerting.answers import RuleResponse
from analytics.alerting.rules.rule import ANOMALIES, Rule
from analytics.anomalies import naming
from analytics.anomalies.answers import IncidentResponse
from analytics.anomalies.points import Point, Points
from analytics.anomalies.reports import AnomalySeries, SeriesPage
from analytics.anomalies.selection import by_urgency
from dashboard.core.times import step
from dashboard.page.data import PageData

from .url_state import AnomaliesView
from .values import MetricText

LINGERING = timedelta(minutes=30)  # before and after an incident, in which others are named


@dataclass(frozen=True, slots=True)
class DrawnSeries:
    """The points of the range as a `SeriesReport`."""

    start: datetime
    end: datetime
    resolution: str
    step_seconds: int
    series: Sequence[Point]
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceLines:
    """A metric within one slice and in all others (of what does not add up: in all), at `starts`;
    `reason` says why there are none."""

    title: str = ""
    others: str = ""
    starts: Sequence[datetime] = ()
    of_slice: Sequence[float | None] = ()
    of_others: Sequence[float | None] = ()
    step_seconds: int = 0
    start: datetime | None = None
    end: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AnomaliesData(PageData[DrawnSeries]):
    """What the panels draw. `points` reach beyond the range, to `ahead_until`; `rules` are all
    alert rules."""

    view: AnomaliesView
    page: SeriesPage
    points: Points
    ahead_until: datetime
    slice_lines: SliceLines | None = None
    rules: Sequence[RuleResponse] = ()
    is_admin: bool = False

    @property
    def comparison_note(self) -> str:
        """Nothing is compared: what is usual is drawn."""
        return ""

    @property
    def selected(self) -> AnomalySeries | None:
        """The series of the chart."""
        return self.page.selected

    @property
    def incident(self) -> IncidentResponse | None:
        """The incident of the address."""
        return self.page.incident

    @property
    def metric(self) -> MetricText:
        """The metric of the chart."""
        key = self.selected.key.metric if self.selected else self.view.metric
        return MetricText(self.view.source, key)

    @property
    def unit(self) -> str:
        """`per 5 min, a point each 30 min`: what the axis counts in, and which steps are joined."""
        own = self.selected.step_seconds if self.selected else self.points.seconds
        unit = self.metric.chart_unit or f"per {step(own)}"
        if self.points.seconds == own:
            return unit if unit.startswith("per ") else f"{unit}, each {step(own)}"
        return f"{unit}, a point each {step(self.points.seconds)}"

    @cached_property
    def incidents(self) -> list[IncidentResponse]:
        """Those of the severity of the address, the most urgent first."""
        severity = self.view.severity
        listed = [each for each in self.page.listing.incidents
                  if severity in ("", each.severity)]  # fmt: skip
        return sorted(listed, key=by_urgency)

    def rules_of(self, incident: IncidentResponse) -> list[RuleResponse]:
        """The rules that fire for incidents like this."""
        return [each for each in self.rules if each.rule and _fires_for(each.rule, incident)]

    @cached_property
    def at_the_same_time(self) -> list[IncidentResponse]:
        """Other incidents that were going on within half an hour of that of the address."""
        own = self.incident
        if own is None:
            return []
        start, end = own.start - LINGERING, own.until + LINGERING
        return [each for each in self.page.listing.incidents
                if each.id != own.id and each.start < end and each.until > start]  # fmt: skip


def _fires_for(rule: Rule, incident: IncidentResponse) -> bool:
    labels = {"app": incident.app, **incident.dimension}
    return (
        rule.is_of_anomalies
        and rule.enabled
        and rule.source == incident.source
        and rule.metric in (ANOMALIES, incident.metric)
        and rule.fire <= incident.rho
        and rule.filters.items() <= labels.items()
    )


def name_of(incident: IncidentResponse) -> str:
    """`Round trip p95, Indonesia`."""
    parts = [incident.label, naming.slice_text(incident.dimension)]
    return ", ".join(filter(None, parts))
