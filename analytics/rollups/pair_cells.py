"""Cells of a day by pairs of dimensions, from its raw rows: rebuilt, they are the same.

One pair is read at a time and in portions, so that memory holds the raw groups of one portion and
the cells of one pair. The cells of all pairs of a day are stored at once, so `pair_aggregator` has
them all: their number is bounded by the most frequent values of each app, not by the rows.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any

from analytics.query.read_plan import DAY
from models.database.engine import Connection
from models.metrics.dimensions import OTHER, PAIRS, pair_dimension, pair_value
from models.rollups import pair_aggregates, report_aggregates
from models.rollups.pair_aggregates import TopValues
from models.rollups.tracked_values import TrackedValues

from .client_cells import CUSTOM, CellKeys, ClientCell, Key, Row

MOST_PORTIONS = 1440


def rows_of_day(
    connection: Connection, day: datetime, tracked: TrackedValues, top: TopValues, portions: int
) -> Iterator[list[dict[str, Any]]]:
    """The rows to store of each pair in turn, read in so many equal parts of the day."""
    edges = [*(day + n * (DAY / portions) for n in range(portions)), day + DAY]
    for pair in PAIRS:
        cells: dict[Key, ClientCell] = {}
        for portion in pairwise(edges):
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


def portions_of(connection: Connection, day: datetime) -> int:
    """The parts in which the rows of a day are read, by the size of their histograms."""
    size = report_aggregates.bytes_in(connection, (day, day + DAY))
    return min(MOST_PORTIONS, max(1, ceil(size / report_aggregates.BYTES_AT_ONCE)))
