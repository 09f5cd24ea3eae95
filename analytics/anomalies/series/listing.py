"""Which series there are: the apps and values with the most sessions of the last week."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from analytics.anomalies.series.catalogue import (
    MOST_APPS,
    MOST_VALUES,
    VALUE_DIMENSIONS,
    metrics_of,
    metrics_of_processes,
)
from analytics.query.engine import Engine
from analytics.query.formula import sums_of
from analytics.query.query import Query, SeriesSource
from analytics.ranges.timerange import TimeRange
from models.database.engine import Connection
from models.metrics.anomalies.series_key import SeriesKey
from models.metrics.dimensions import OTHER

LISTED_OVER = timedelta(days=7)
SLACK = 5  # places by which a value that is judged may fall behind before it is judged no more
MOST_READ = 2000
Totals = Mapping[tuple[str, ...], float]


def listed(
    connection: Connection, now: datetime, judged: Collection[SeriesKey] = ()
) -> set[SeriesKey]:
    """All series of the busiest apps. Of `judged` those stay that fell behind by few places."""
    window = TimeRange(now - LISTED_OVER, now)
    client = top_apps(totals(connection, SeriesSource.CLIENT, window, group_by=("app",)))
    server = top_apps(totals(connection, SeriesSource.SERVER, window, group_by=("app",)))
    keys = {
        SeriesKey(source.value, app, metric.key)
        for source, apps in ((SeriesSource.CLIENT, client), (SeriesSource.SERVER, server))
        for app in apps
        for metric in metrics_of(source.value)
    }
    if server:
        keys |= {SeriesKey("server", "", metric.key) for metric in metrics_of_processes()}
    for dimension in VALUE_DIMENSIONS:
        by_value = totals(connection, SeriesSource.CLIENT, window, group_by=("app", dimension))
        for app in client:
            own = {value: n for (of, value), n in by_value.items() if of == app}
            keys.update(_of_values(app, dimension, own, judged))
    return keys


def totals(
    connection: Connection, source: SeriesSource, window: TimeRange, *, group_by: tuple[str, ...],
    app: str | None = None,
) -> Totals:  # fmt: skip
    """Sessions of browsers, or samples of servers, over a range by the values of `group_by`; of one
    app where it is named."""
    sum_name = "sessions" if source is SeriesSource.CLIENT else "samples"
    query = Query(
        source=source, metrics=sums_of((sum_name,)), window=window,
        filters={"app": (app,)} if app else {}, group_by=group_by,
        extremes=source is SeriesSource.SERVER, most=MOST_READ,
    )  # fmt: skip
    engine = Engine(connection)
    arrays = engine.arrays(engine.plan(query).over_range())
    added = arrays.sums[sum_name][:, 0]
    return {
        tuple(labels[name] for name in group_by): float(n)
        for labels, n in zip(arrays.labels, added, strict=True)
        if n > 0
    }


def top_apps(by_app: Totals) -> list[str]:
    """The busiest apps; `other` is none."""
    real = {app: n for (app,), n in by_app.items() if app != OTHER}
    return sorted(real, key=lambda app: (-real[app], app))[:MOST_APPS]


def _of_values(
    app: str, dimension: str, sessions: Mapping[str, float], judged: Collection[SeriesKey]
) -> Iterator[SeriesKey]:
    source = SeriesSource.CLIENT.value
    names = sorted((n for n in sessions if n != OTHER), key=lambda name: (-sessions[name], name))
    for rank, value in enumerate(names[: MOST_VALUES + SLACK]):
        keys = [
            SeriesKey(source, app, metric.key, dimension, value)
            for metric in metrics_of(source, dimension)
        ]
        if rank < MOST_VALUES or any(key in judged for key in keys):
            yield from keys


def by_portion(keys: Iterable[SeriesKey]) -> dict[tuple[str, str, bool], list[SeriesKey]]:
    """Series that are read and judged together: by source and app, those of values apart."""
    portions: dict[tuple[str, str, bool], list[SeriesKey]] = {}
    for key in sorted(keys):
        portions.setdefault((key.source, key.app, key.is_of_app), []).append(key)
    return portions
