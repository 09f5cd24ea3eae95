"""Which values of a dimension are kept apart: admitted once, in the order they came, and kept.

So cells made again agree with those made before, and a client that makes up values cannot blow up
the tables: what comes when a dimension is full counts as `other`.
"""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, text

Value = tuple[str, str, str]  # app, dimension, value
MOST = {"country": 260, "effective_type": 10, "browser": 100, "release": 100, "page": 200}
MOST_APPS = 100

ADMIT = text(
    "INSERT INTO dimension_values (app, dimension, value) "
    "SELECT * FROM unnest(CAST(:apps AS text[]), CAST(:dimensions AS text[]), "
    "CAST(:given AS text[])) ON CONFLICT DO NOTHING"
)


def admitted(connection: Connection) -> frozenset[Value]:
    """Every value kept apart."""
    found = connection.execute(text("SELECT app, dimension, value FROM dimension_values"))
    return frozenset((app, dimension, value) for app, dimension, value in found)


def admissible(known: Iterable[Value], seen: Iterable[Value]) -> list[Value]:
    """Those of `seen` that are new and find room, in their order.

    Apps beyond the most take no values of their own: all of theirs are `other`.
    """
    have = set(known)
    taken = Counter((app, dimension) for app, dimension, _ in have)
    apps = {app for app, _, _ in have}
    new = []
    for app, dimension, value in seen:
        is_open = app in apps or len(apps) < MOST_APPS
        if (
            is_open
            and (app, dimension, value) not in have
            and taken[app, dimension] < MOST[dimension]
        ):
            taken[app, dimension] += 1
            apps.add(app)
            have.add((app, dimension, value))
            new.append((app, dimension, value))
    return new


def admit(connection: Connection, values: Iterable[Value]) -> None:
    """Keep these apart from now on."""
    given = list(values)
    if given:
        apps, dimensions, names = zip(*given, strict=True)
        connection.execute(
            ADMIT, {"apps": list(apps), "dimensions": list(dimensions), "given": list(names)}
        )
