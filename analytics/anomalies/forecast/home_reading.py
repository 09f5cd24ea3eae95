"""Reads which countries the people of each app are in, for its home."""

from collections import defaultdict
from collections.abc import Iterable

from analytics.query.engine import Engine
from analytics.query.formula import sums_of
from analytics.query.query import Query, SeriesSource
from analytics.ranges.app_zones import AppZones
from analytics.ranges.timerange import TimeRange

from .homes import Home, home_of

MOST_PAIRS = 2000  # of an app and a country


def homes(
    engine: Engine, apps: Iterable[str], zones: AppZones, window: TimeRange
) -> dict[str, Home]:
    """The home of each app, by the setting `APP_ZONES` and the sessions of `window`."""
    query = Query(
        source=SeriesSource.CLIENT, metrics=sums_of(("sessions",)), window=window,
        group_by=("app", "country"), most=MOST_PAIRS,
    )  # fmt: skip
    arrays = engine.arrays(engine.plan(query).over_range())
    by_app = defaultdict[str, dict[str, float]](dict)
    sessions = arrays.sums.get("sessions", arrays.observed)
    for labels, row in zip(arrays.labels, sessions, strict=True):
        by_app[labels["app"]][labels["country"]] = float(row.sum())
    return {app: home_of(app, zones, by_app[app]) for app in apps}
