"""Reads a page of anomalies: incidents, the series drawn, and an incident's slice in time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from analytics.anomalies import naming
from analytics.anomalies.answers import IncidentResponse
from analytics.anomalies.points import points_of
from analytics.anomalies.reports import AHEAD, IncidentQuery
from analytics.query.series import Aggregation
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_answers import History
from analytics.services.services import Services
from dashboard.client.anomalies.core.data import AnomaliesData, DrawnSeries, SliceLines
from dashboard.client.anomalies.core.url_state import AnomaliesView
from dashboard.client.geographic.history_lines import line, series_of
from dashboard.core import url_state
from dashboard.core.times import step
from dashboard.core.url_state import View
from models.metrics.anomalies.series_key import STEP_SECONDS
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS

LEAST_BESIDE = timedelta(hours=3)  # on either side of an incident
LONG = timedelta(days=3)  # from this range on a day ahead is drawn, else a third of the range
RECENT = timedelta(hours=1)
SLICE_POINTS = 120


def read(services: Services, view: View, zone: object) -> AnomaliesData:
    """The range, in one snapshot; the slice that explains the incident in another. Raises
    `DatabaseAway`."""
    state = cast(AnomaliesView, view)  # its tab makes no other
    now, local = services.now(), url_state.zone_for(view, zone)
    window, actor = view.window(now, local), services.viewer()
    query = IncidentQuery(source=state.source, app=view.filters.get("app"), labels=state.labels)
    page = services.anomalies.reports.page(window, query, state.choice, state.incident)
    ahead_until = _ahead_until(window, now)
    seconds = page.selected.step_seconds if page.selected else STEP_SECONDS
    drawn = [each for each in page.steps if each.starts_at < ahead_until]
    points = points_of(drawn, seconds, ahead_until - window.start)
    return AnomaliesData(
        view=state,
        window=window,
        now=now,
        zone=local,
        current=DrawnSeries(
            window.start, window.end, _resolution(points.seconds), points.seconds,
            [each for each in points.points if not each.is_ahead],
        ),
        events=services.reports.events(window, view.filters.get("app")),
        load_tests=services.load_tests.bands(window),
        page=page,
        points=points,
        ahead_until=ahead_until,
        slice_lines=_slice_lines(services, page.incident, now),
        rules=services.alerts.reports.rules().rules if page.incident else (),
        is_admin=actor is not None and actor.is_admin,
    )  # fmt: skip


def _ahead_until(window: TimeRange, now: datetime) -> datetime:
    """How far the expectation is drawn: of a range that has long ended not beyond its end."""
    if now - window.end > RECENT:
        return window.end
    return window.end + (AHEAD if window.length >= LONG else window.length / 3)


def _resolution(seconds: int) -> str:
    return {3600: "hour", 86_400: "day"}.get(seconds) or step(seconds)


def _slice_lines(
    services: Services, incident: IncidentResponse | None, now: datetime
) -> SliceLines | None:
    """The metric of an incident in the slice that explains most of it; `None` without one."""
    slices = incident.explanation if incident else []
    if incident is None or not slices:
        return None
    labels, series = slices[0].slice, naming.series_of(incident.source, incident.metric)
    title = naming.slice_text(labels)
    dimensions = DIMENSIONS if incident.source == "client" else SERVER_DIMENSIONS
    if series is None or not labels.keys() <= dimensions.keys():
        return SliceLines(title=title, reason="The store does not have this slice in time.")
    beside = max(LEAST_BESIDE, 2 * (incident.until - incident.start))
    window = TimeRange(incident.start - beside, min(now, incident.until + beside))
    all_filters = {"app": incident.app, **incident.dimension}
    own = _history(services, window, series.name, all_filters | labels)
    everyone = _history(services, window, series.name, all_filters, own)
    if own.not_counted or everyone.not_counted:
        reasons = {**everyone.not_counted, **own.not_counted}
        return SliceLines(title=title, reason=str(reasons[series.name]))
    starts = sorted({at for each in (own, everyone) for at, _ in series_of(each).points})
    adds_up = series.aggregation is Aggregation.COUNT
    of_slice, of_all = line(own, starts), line(everyone, starts)
    lines = SliceLines(
        title=title, others="all others" if adds_up else "everyone", starts=starts,
        of_slice=of_slice, of_others=of_all, step_seconds=everyone.step.seconds,
        start=everyone.window.start, end=everyone.window.end,
    )  # fmt: skip
    if not adds_up:
        return lines
    others = [None if total is None else total - (part or 0.0)
             for total, part in zip(of_all, of_slice, strict=True)]  # fmt: skip
    return replace(lines, of_others=others)


def _history(
    services: Services, window: TimeRange, name: str, filters: Mapping[str, str],
    like: History | None = None,
) -> History:  # fmt: skip
    """A series in time, in steps of `like`."""
    step = like.step if like else None
    return services.history.history(window, [name], filters, SLICE_POINTS, step)
