"""Which series a page draws: that of its address, else of what is most unusual; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analytics.anomalies.answers import IncidentResponse
from models.anomalies.series import AnomalySeries
from models.metrics.anomalies.series_key import SeriesKey

SEVERITIES = ("high", "medium", "low")  # the most severe first
FIRST = {
    "client": ("drops", "latency_ms", "connect_success", "stability"),
    "server": ("active", "latency", "message_error_rate"),
}
LEARNING = "learning"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesChoice:
    """What an address says of the series: `metric` and `app` may be empty, `labels` hold at most
    one value of a dimension that is judged by its values."""

    source: str
    metric: str = ""
    app: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def selected(
    series: Sequence[AnomalySeries],
    choice: SeriesChoice,
    incidents: Sequence[IncidentResponse],
    incident: IncidentResponse | None,
) -> AnomalySeries | None:
    """The series of the address; what it leaves open is that of `incident`, else of the most urgent
    of `incidents`, else a metric that matters in the app with the most series. `None` where the
    address names what is not judged, or nothing is."""
    leading = incident or most_urgent(incidents)
    matching = [each for each in series if _matches(each.key, choice)]
    if leading is not None:
        for labels in (leading.dimension, {}):
            of_leading = _find(matching, leading, labels)
            if of_leading is not None:
                return of_leading
    if not choice.labels:
        matching = [each for each in matching if each.key.is_of_app]
    ranks = {metric: rank for rank, metric in enumerate(FIRST.get(choice.source, ()))}
    sizes = _sizes(series)
    return min(
        matching,
        key=lambda each: (
            -sizes[each.key.app], each.key.app, ranks.get(each.key.metric, len(ranks)), each.id,
        ),
        default=None,
    )  # fmt: skip


def by_urgency(incident: IncidentResponse) -> tuple[int, bool, int, float]:
    """Sorts the most severe first; of several those that go on, then those of more series, which a
    single value of few people is not, then the newest."""
    return (
        SEVERITIES.index(incident.severity), incident.end is not None, -incident.part_count,
        -incident.start.timestamp(),
    )  # fmt: skip


def most_urgent(incidents: Sequence[IncidentResponse]) -> IncidentResponse | None:
    """The first `by_urgency`."""
    return min(incidents, key=by_urgency, default=None)


def _find(
    series: Sequence[AnomalySeries], incident: IncidentResponse, labels: Mapping[str, str]
) -> AnomalySeries | None:
    return next(
        (
            each
            for each in series
            if (each.key.app, each.key.metric) == (incident.app, incident.metric)
            and each.key.labels == labels
        ),
        None,
    )


def _matches(key: SeriesKey, choice: SeriesChoice) -> bool:
    return (
        key.source == choice.source
        and choice.metric in ("", key.metric)
        and choice.app in ("", key.app)
        and (not choice.labels or key.labels == choice.labels)
    )


def _sizes(series: Sequence[AnomalySeries]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for each in series:
        sizes[each.key.app] = sizes.get(each.key.app, 0) + 1
    return sizes
