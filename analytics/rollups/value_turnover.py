"""Gives places of rollups to the values that are used: from midnight (UTC) on the least used ones
give way, where others are waiting; those that nobody used for a week, where few places are free.

Strangers can invent apps, pages and releases. What they took is left to them only until a value
that more sessions use needs it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from math import inf

from analytics.query.read_plan import DAY, floor_to
from analytics.rollups.watermark import Watermark
from models.metrics.dimensions import SPLIT_BY
from models.operations import other_values
from models.rollups import tracked_values, value_use
from models.rollups.tracked_values import Tenure, TrackedValues, Value, dimension_values

TIMES_AS_MUCH = 2  # so much more must a value be used; places do not change with every wind
NEARLY_FULL = 0.8  # from there on places of unused values are freed
UNUSED_FOR = timedelta(days=7)
APP = "app"
Turnover = tuple[list[Value], list[Value]]  # those that give way, those that take their places


def run(watermark: Watermark, now: datetime, retained_from: datetime) -> str:
    """Decide about the coming midnight, once. Raises `RollupBusy`, `DatabaseAway`."""
    midnight = floor_to(now, DAY) + DAY
    with watermark.unit() as connection:
        tracked_values.forget(connection, retained_from)
        tracked = dimension_values(connection)
        other_values.remake(connection, _without_room(tracked, now), now)
        if midnight in tracked.changed_at:
            return "decided before"
        unused = list[Value]()
        if scarce := _scarce(tracked, midnight):
            unused = _unused(scarce, value_use.used_values(connection, now - UNUSED_FOR))
        leaving, joining = [*unused], list[Value]()
        tracked = tracked.without(unused, midnight)
        for name in full_dimensions(tracked, midnight):
            use = value_use.sessions_by_value(connection, name, now - DAY, now)
            old, new = (
                _apps(tracked, use, midnight)
                if name == APP
                else turnover(_values(tracked, name, midnight), use)
            )
            leaving += old
            joining += new
        tracked_values.end(connection, leaving, midnight)
        tracked_values.store(connection, [Tenure(value, midnight) for value in joining])
    return f"{len(joining)} values come, {len(leaving)} leave at midnight"


def _without_room(tracked: TrackedValues, at: datetime) -> dict[str, list[str]]:
    """The apps in which a dimension has no free place at an instant; with none for apps, `app`.
    Of protocols sessions do not tell."""
    taken = Counter(each.value[:2] for each in tracked.tenures if each.has(at))
    full: dict[str, list[str]] = {}
    for (app, name), number in taken.items():
        if name in SPLIT_BY and number >= _most(name):
            full.setdefault(name, []).append(app)
    is_full = len(tracked.apps(at)) >= tracked_values.MOST_APPS
    return full | ({APP: []} if is_full else {})


def _scarce(tracked: TrackedValues, at: datetime) -> list[Value]:
    """The values of dimensions with few free places; with few free for apps, those of all apps."""
    present = [each.value for each in tracked.tenures if each.outlasts(at)]
    counts = Counter(value[:2] for value in present)
    if len({app for app, _, _ in present}) >= NEARLY_FULL * tracked_values.MOST_APPS:
        return present
    return [value for value in present if counts[value[:2]] >= NEARLY_FULL * _most(value[1])]


def _unused(values: Collection[Value], used: Collection[Value]) -> list[Value]:
    """Those of apps that were not used at all; of others those of dimensions with few places."""
    counts = Counter(value[:2] for value in values)
    return [
        value
        for value in values
        if (value[0], "", "") not in used
        or (value not in used and counts[value[:2]] >= NEARLY_FULL * _most(value[1]))
    ]


def _most(dimension: str) -> float:
    return tracked_values.MOST_VALUES.get(dimension, inf)


def full_dimensions(tracked: TrackedValues, at: datetime) -> list[str]:
    """The dimensions of which some app has no free place at an instant; `app` itself too."""
    counts = Counter(each.value[:2] for each in tracked.tenures if each.outlasts(at))
    full = {name for (_, name), n in counts.items() if n >= _most(name)}
    if (
        len({each.value[0] for each in tracked.tenures if each.outlasts(at)})
        >= tracked_values.MOST_APPS
    ):
        full.add(APP)
    return sorted(full)


def turnover(tracked: Iterable[Value], use: Mapping[Value, int]) -> Turnover:
    """Which values of one dimension give way to which, by their sessions; pure.

    Of each app whose places are all taken the least used value leaves first, for the value without
    a place that is used most, as long as that has more than twice as many sessions.
    """
    by_app: dict[str, list[Value]] = {}
    for value in tracked:
        by_app.setdefault(value[0], []).append(value)
    leaving, joining = list[Value](), list[Value]()
    for values in by_app.values():
        (app, name, _), present = values[0], set(values)
        if len(values) < tracked_values.MOST_VALUES[name]:
            continue
        waiting = [value for value in use if value[0] == app and value not in present]
        waiting.sort(key=lambda value: (-use[value], value))
        values.sort(key=lambda value: (use.get(value, 0), value))
        pairs = [
            (old, new)
            for old, new in zip(values, waiting, strict=False)
            if use[new] > TIMES_AS_MUCH * use.get(old, 0)
        ]
        leaving += [old for old, _ in pairs]
        joining += [new for _, new in pairs]
    return leaving, joining


def _apps(tracked: TrackedValues, use: Mapping[Value, int], at: datetime) -> Turnover:
    """The same for apps: all values of an app leave with it, and a new one holds its place."""
    apps = tracked.apps(at)
    waiting = sorted((v for v in use if v[0] not in apps), key=lambda v: (-use[v], v))
    present = sorted(apps, key=lambda app: (use.get((app, "", ""), 0), app))
    pairs = [
        (old, new)
        for old, new in zip(present, waiting, strict=False)
        if use[new] > TIMES_AS_MUCH * use.get((old, "", ""), 0)
    ]
    old_apps = {old for old, _ in pairs}
    leaving = [t.value for t in tracked.tenures if t.value[0] in old_apps and t.outlasts(at)]
    return leaving, [new for _, new in pairs]


def _values(tracked: TrackedValues, name: str, at: datetime) -> list[Value]:
    return [t.value for t in tracked.tenures if t.value[1] == name and t.outlasts(at)]
