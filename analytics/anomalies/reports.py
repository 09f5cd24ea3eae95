"""The reader of judged series and incidents behind API and pages. It judges nothing: bands and
verdicts are those that the scheduler stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics.anomalies.answers import (
    AnomalyList,
    IncidentResponse,
    JudgedByPeople,
)
from analytics.anomalies.listing import incident_response, incident_responses, state_counts
from analytics.anomalies.selection import SeriesChoice, most_urgent, selected
from analytics.anomalies.usual import Judged, UsualRange, usual_ranges
from analytics.ranges.timerange import TimeRange
from models.anomalies import feedback, incidents, series, steps, usual
from models.anomalies.incidents import IncidentFilter
from models.anomalies.series import AnomalySeries
from models.anomalies.steps import AnomalyStep
from models.database.engine import Connection, Database
from models.metrics.anomalies.incident import IncidentPart
from models.metrics.anomalies.series_key import SeriesKey
from models.queries.snapshot import snapshot

__all__ = ["AHEAD", "AnomalyReports", "AnomalySeries", "AnomalyStep", "IncidentPart", "SeriesPage"]

MOST_INCIDENTS = 500
AHEAD = timedelta(hours=24)  # of expected values beyond the range
CLIENT = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentQuery:
    """Incidents of a source; `labels` are values by dimension, `metrics` and `severities` of which
    each may be empty, and `app`."""

    source: str = CLIENT
    app: str | None = None
    metrics: Sequence[str] = ()
    severities: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPage:
    """Everything a page draws, of one snapshot: the incidents, the series that are judged, the
    selected one with its steps and `spans` of incidents, and the incident of the address."""

    listing: AnomalyList
    series: Sequence[AnomalySeries]
    selected: AnomalySeries | None = None
    steps: Sequence[AnomalyStep] = ()
    spans: Sequence[IncidentPart] = ()
    incident: IncidentResponse | None = None


class AnomalyReports:
    """Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, window: TimeRange, query: IncidentQuery) -> AnomalyList:
        """The incidents of a range, in one snapshot."""
        with snapshot(self._database) as connection:
            judged = _judged(connection, query)
            return _listed(connection, window, query, judged)

    def incident(self, incident_id: int) -> IncidentResponse | None:
        """One incident with its parts; `None`: there is none of this id."""
        with snapshot(self._database) as connection:
            return _incident(connection, incident_id)

    def page(
        self, window: TimeRange, query: IncidentQuery, choice: SeriesChoice, incident_id: int | None
    ) -> SeriesPage:
        """What a page about `choice` draws, in one snapshot; its steps reach `AHEAD` beyond the
        range. Without an id its incident is the most urgent one; 0 is none."""
        with snapshot(self._database) as connection:
            judged = _judged(connection, query)
            listing = _listed(connection, window, query, judged)
            incident = most_urgent(listing.incidents)
            if incident_id is not None:
                incident = _incident(connection, incident_id, query.source)
            of_choice = selected(judged, choice, listing.incidents, incident)
            if of_choice is None:
                return SeriesPage(listing=listing, series=judged, incident=incident)
            ids = [of_choice.id]
            return SeriesPage(
                listing=listing,
                series=judged,
                selected=of_choice,
                steps=steps.between(connection, ids, window.start, window.end + AHEAD),
                spans=incidents.parts_of_series(connection, ids, window.start, window.end),
                incident=incident,
            )

    def usual(
        self, metrics: Sequence[Judged], edges: Sequence[datetime], filters: Mapping[str, str]
    ) -> dict[Judged, UsualRange]:
        """The usual ranges of metrics, as source and key, on the steps between `edges`, with one
        statement: of an app or of all apps together, of browsers also of one value of a dimension.
        Empty where filters select what is not judged, or steps are shorter than those that are."""
        key = _filtered_key(filters)
        if key is None or not metrics or (edges[1] - edges[0]).total_seconds() < key.step_seconds:
            return {}
        with self._database.transaction() as connection:
            sums, spans = usual.read(connection, metrics, key, edges)
        return usual_ranges(metrics, edges, sums, spans)

    def usual_of_values(
        self, metrics: Sequence[Judged], edges: Sequence[datetime], filters: Mapping[str, str],
        values: tuple[str, Sequence[str]],
    ) -> dict[str, dict[Judged, UsualRange]]:  # fmt: skip
        """The usual ranges of browsers with each of the `values` of a dimension, its name first,
        with one statement; without incidents."""
        dimension, names = values
        key = _filtered_key({**filters, dimension: ""})
        seconds = (edges[1] - edges[0]).total_seconds()
        if key is None or not metrics or not names or seconds < key.step_seconds:
            return {}
        with self._database.transaction() as connection:
            sums, _ = usual.read(connection, metrics, key, edges, names)
        of_value = {name: [each for each in sums if each.value == name] for name in names}
        return {name: usual_ranges(metrics, edges, own, ()) for name, own in of_value.items()}


def _filtered_key(filters: Mapping[str, str]) -> SeriesKey | None:
    """The series of browsers that filters select, their metric left out; `None` for more than one
    value beside the app, and for a service, which no series is of."""
    labels = [(name, value) for name, value in filters.items() if name != "app"]
    if len(labels) > 1 or "service" in filters:
        return None
    dimension, value = labels[0] if labels else ("", "")
    return SeriesKey(CLIENT, filters.get("app", ""), "", dimension, value)


def _judged(connection: Connection, query: IncidentQuery) -> list[AnomalySeries]:
    """The series of a source, those of an app alone where one is selected; not the retired ones."""
    return [
        each
        for each in series.all_series(connection)
        if each.key.source == query.source
        and each.retired_at is None
        and query.app in (None, each.key.app)
    ]


def _listed(
    connection: Connection, window: TimeRange, query: IncidentQuery, judged: Sequence[AnomalySeries]
) -> AnomalyList:
    filters = IncidentFilter(
        start=window.start, end=window.end, source=query.source, app=query.app,
        metrics=query.metrics, severities=query.severities,
    )  # fmt: skip
    rows = incidents.matching(connection, filters, MOST_INCIDENTS + 1)
    is_cut, rows = len(rows) > MOST_INCIDENTS, rows[:MOST_INCIDENTS]
    parts = incidents.parts_of(connection, [row.id for row in rows]) if rows else []
    listed = incident_responses(rows, parts, query.labels)
    numbers: dict[str, int] = {}
    for each in judged:
        numbers[each.state] = numbers.get(each.state, 0) + 1
    by_people = feedback.real_by_severity(connection)
    return AnomalyList(
        start=window.start,
        end=window.end,
        judged_until=max((each.judged_until for each in judged if each.judged_until), default=None),
        series=len(judged),
        states=state_counts(numbers),
        severities={
            name: JudgedByPeople(real=real, judged=number)
            for name, (real, number) in by_people.items()
        },
        incidents=listed,
        is_cut=is_cut,
    )


def _incident(
    connection: Connection, incident_id: int, source: str | None = None
) -> IncidentResponse | None:
    row = incidents.find(connection, incident_id)
    if row is None or source not in (None, row.key.source):
        return None
    return incident_response(row, incidents.parts_of(connection, [incident_id]))
