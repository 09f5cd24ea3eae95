"""Cells of a day by pairs of dimensions, from its raw rows: rebuilt, they are the same.

One pair is read at a time and in portions, so that memory holds the cells of one pair and the rows
of one portion.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any

from analytics.query.read_plan import DAY
from models.database.engine import Connection
from models.metrics.dimensions import OTHER, PAIRS, pair_dimension, pair_value
from models.metrics.intervals import Interval
from models.rollups import pair_aggregates, report_aggregates
from models.rollups.tracked_values import TrackedValues, dimension_values

from .client_cells import CUSTOM, CellKeys, ClientCell, Key, Row

MOST_PORTIONS = 1440


def rows_of_day(connection: Connection, day: datetime) -> Iterator[list[dict[str, Any]]]:
    """The rows to store of each pair in turn."""
    span: Interval = (day, day + DAY)
    tracked = dimension_values(connection)
    top = pair_aggregates.top_values(connection, tracked.apps(day), *span)
    portions = _portions(report_aggregates.bytes_in(connection, span), day)
    for pair in PAIRS:
        cells: dict[Key, ClientCell] = {}
        for portion in portions:
            groups = pair_aggregates.by_pair(connection, pair, portion, top, CUSTOM)
            add_groups(cells, groups, (pair_dimension(pair), day), tracked)
        yield [cell.as_row(key) for key, cell in cells.items()]


def add_groups(
    cells: dict[Key, ClientCell],
    groups: Iterable[Row],
    pair_and_day: tuple[str, datetime],
    tracked: TrackedValues,
) -> None:
    """Add raw groups of `pair_aggregates.by_pair` to their cells; effective types that are not
    tracked are `other`, as in all rollups."""
    (dimension, day), keys = pair_and_day, CellKeys(tracked)
    for row in groups:
        app = OTHER if row["app"] is None else row["app"]
        key = (dimension, pair_value(row["first"], row["second"]), day, app)
        cell = cells.setdefault(key, ClientCell())
        cell.add_group(row, keys.renamed_networks(row["app"], row["networks"], day))


def _portions(size: int, day: datetime) -> list[Interval]:
    """The day in equal parts; `size` is that of its histograms in bytes."""
    parts = min(MOST_PORTIONS, max(1, ceil(size / report_aggregates.BYTES_AT_ONCE)))
    return list(pairwise([*(day + n * (DAY / parts) for n in range(parts)), day + DAY]))
