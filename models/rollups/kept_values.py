"""The values of a dimension that have cells of their own: the first ones, up to a limit.

The table is append-only, so recomputed cells equal the former ones, and a client that invents
values cannot grow the tables: values beyond the limit count as `other`.
"""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, text

Value = tuple[str, str, str]  # app, dimension, value
MOST_VALUES = {
    **{"country": 260, "effective_type": 10, "browser": 100, "release": 100, "page": 200},
    "protocol": 40,
}
MOST_APPS = 100

STORE = text(
    "INSERT INTO dimension_values (app, dimension, value) "
    "SELECT * FROM unnest(CAST(:apps AS text[]), CAST(:dimensions AS text[]), "
    "CAST(:names AS text[])) ON CONFLICT DO NOTHING"
)


def dimension_values(connection: Connection) -> frozenset[Value]:
    """All stored values."""
    rows = connection.execute(text("SELECT app, dimension, value FROM dimension_values"))
    return frozenset((app, dimension, value) for app, dimension, value in rows)


def new_values(stored: Iterable[Value], reported: Iterable[Value]) -> list[Value]:
    """Those of `reported` that are new and within the limits, in their order.

    Apps beyond `MOST_APPS` get no values: all of theirs are `other`.
    """
    present = set(stored)
    counts = Counter((app, dimension) for app, dimension, _ in present)
    apps = {app for app, _, _ in present}
    new = []
    for app, dimension, value in reported:
        is_open = app in apps or len(apps) < MOST_APPS
        if (
            is_open
            and (app, dimension, value) not in present
            and counts[app, dimension] < MOST_VALUES[dimension]
        ):
            counts[app, dimension] += 1
            apps.add(app)
            present.add((app, dimension, value))
            new.append((app, dimension, value))
    return new


def store(connection: Connection, values: Iterable[Value]) -> None:
    """Add values."""
    rows = list(values)
    if rows:
        apps, dimensions, names = zip(*rows, strict=True)
        connection.execute(
            STORE, {"apps": list(apps), "dimensions": list(dimensions), "names": list(names)}
        )
