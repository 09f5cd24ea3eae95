"""Previews a rule about anomalies on the incidents of the last 30 days; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from analytics.alerting.answers import (
    EpisodeResponse,
    PreviewResponse,
    PreviewSeriesResponse,
    SuggestionResponse,
)
from analytics.alerting.evaluation.incident_rules import RuleIncident
from analytics.alerting.preview import wording
from analytics.alerting.preview.preview import DAYS, MOST_EPISODES
from analytics.alerting.rules.formulas import WIDTHS
from analytics.alerting.rules.rule import ANOMALIES, Rule
from analytics.anomalies.detection.severity import HIGH, LOW, MEDIUM
from models.anomalies.incidents import IncidentFilter
from models.metrics.anomalies.incident import IncidentFigures

HOUR = timedelta(hours=1)
LEVELS = (HIGH, MEDIUM, LOW)


def filters_of(rule: Rule, now: datetime) -> IncidentFilter:
    """The incidents that the rule may be about, up to `now`."""
    return IncidentFilter(
        start=now - timedelta(days=DAYS), end=now, source=rule.source,
        app=rule.filters.get("app"), metrics=() if rule.metric == ANOMALIES else (rule.metric,),
    )  # fmt: skip


def preview_of(rule: Rule, incidents: Sequence[RuleIncident], now: datetime) -> PreviewResponse:
    """Every incident that deviates enough is an episode; the series is, by the hour, by how much
    the incidents that overlap it do, 0 without any."""
    end = now.replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=DAYS)
    about = [figures for _, figures in filter(None, (each.figures_of(rule) for each in incidents))]
    about = [each for each in about if each.until > start and each.started_at < end]
    fired = sorted(
        (each for each in about if each.rho >= rule.fire), key=lambda each: each.started_at
    )
    lengths = [(each.until - each.started_at).total_seconds() for each in fired]
    suggestions = [
        SuggestionResponse(
            times=(number := sum(each.rho >= level for each in about)), threshold=level,
            fired=number,
        )
        for level in LEVELS
    ]  # fmt: skip
    return PreviewResponse(
        start=start,
        end=end,
        step_seconds=int(HOUR.total_seconds()),
        sentence=wording.would_have_fired(lengths, DAYS),
        fired=len(fired),
        seconds=round(sum(lengths)),
        unit=WIDTHS,
        episodes=[
            EpisodeResponse(labels={}, start=each.started_at, end=each.until)
            for each in fired[-MOST_EPISODES:]
        ],
        suggestions=suggestions,
        series=[PreviewSeriesResponse(labels={}, points=_points(about, start, end))],
    )


def _points(
    incidents: Sequence[IncidentFigures], start: datetime, end: datetime
) -> list[tuple[datetime, float | None]]:
    hours = [start + HOUR * number for number in range((end - start) // HOUR)]
    return [(hour, max(_rhos(incidents, hour), default=0.0)) for hour in hours]


def _rhos(incidents: Sequence[IncidentFigures], hour: datetime) -> list[float]:
    return [each.rho for each in incidents if each.started_at < hour + HOUR and hour < each.until]
