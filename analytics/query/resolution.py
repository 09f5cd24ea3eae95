"""The resolution of a query: the range read, its steps, and the cells it is read from; pure.

Ranges up to 48 h are read by minutes, longer ones by hours; with one dimension filtered from 6 h
on, as cells by dimension are stored for hours and days only. Ranges read by hours are widened to
full hours, as `start` and `end` of the result say. Two dimensions are counted from raw reports up
to 48 h, and from daily cells beyond.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from analytics.query import not_counted
from analytics.query.not_counted import NotCounted
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import DAY, HOUR, Coverage, ceil_to, floor_to
from analytics.ranges.steps import LADDER, SERVER_LADDER, Step, step_for
from analytics.ranges.timerange import TimeRange
from analytics.ranges.zoned_steps import grid_of
from models.metrics.dimensions import PAIRS, REGION
from models.metrics.grid import Grid

FINE_FOR = timedelta(hours=48)
FILTERED_FINE_FOR = timedelta(hours=6)
Cells = str  # "by_value", "pair", "cube" or "none"


@dataclass(frozen=True, slots=True)
class Resolution:
    """`cells`: those of one dimension's values (`by_value`), of a `pair` of dimensions, the `cube`
    of daily counts by all of them, or `none`, so that nothing is read; `not_counted` is what these
    do not keep, by figure."""

    window: TimeRange
    step: Step
    grid: Grid
    zone: str = "UTC"
    cells: Cells = "by_value"
    not_counted: Mapping[str, NotCounted] = field(default_factory=dict)


def resolve(query: Query, coverage: Coverage) -> Resolution:
    """How to answer `query`."""
    if query.grid is not None:
        window = TimeRange(query.grid.start, query.grid.end)
        return _with_cells(query, coverage, window, Step("", query.grid.seconds))
    window, step = _window_and_step(query, coverage)
    return _with_cells(query, coverage, window, query.step or step)


def _with_cells(query: Query, coverage: Coverage, window: TimeRange, step: Step) -> Resolution:
    several = len(query.dimensions) > 1 and query.source is SeriesSource.CLIENT
    several = several and not query.is_automated and not coverage.has_hidden
    is_daily = several and window.length > FINE_FOR  # days of UTC
    zone = "UTC" if is_daily else query.zone
    grid = query.grid or _stored_grid(grid_of(window, step, zone), coverage)
    if not is_daily or query.grid is not None:
        return Resolution(window, step, grid, zone)
    resolution, is_pair = Resolution(window, step, grid, zone), query.dimensions in PAIRS
    if is_pair and _pairs_cover(window, coverage):
        return replace(resolution, cells="pair")
    if REGION in query.dimensions:
        reason = not_counted.REGIONS_DROPPED if is_pair else not_counted.REGIONS_BY_SEVERAL
        return _without_regions(resolution, reason)
    return _as_cube(resolution, not_counted.BY_SEVERAL_DIMENSIONS)


def beyond_top(query: Query, resolution: Resolution) -> Resolution:
    """The same for values of which there are no cells by pairs, as others are more frequent."""
    if REGION in query.dimensions:
        return _without_regions(resolution, not_counted.REGIONS_BEYOND_TOP)
    return _as_cube(resolution, not_counted.BEYOND_TOP)


def _as_cube(resolution: Resolution, reason: NotCounted) -> Resolution:
    """From the daily cube, which has counts alone."""
    missing = dict.fromkeys(not_counted.NOT_IN_CUBE, reason)
    return replace(resolution, cells="cube", not_counted=missing)


def _without_regions(resolution: Resolution, reason: NotCounted) -> Resolution:
    """The cube has no regions, and the raw rows of a long range are too many to read."""
    return replace(resolution, cells="none", not_counted={not_counted.REGIONS: reason})


def _window_and_step(query: Query, coverage: Coverage) -> tuple[TimeRange, Step]:
    window, is_client = query.window, query.source is SeriesSource.CLIENT
    dimensions = len(query.dimensions) if is_client else 0
    ladder = LADDER if is_client else SERVER_LADDER
    since = coverage.minutes_from(window)
    is_old = not dimensions and since is not None and window.start < since
    if window.length <= (FILTERED_FINE_FOR if dimensions == 1 else FINE_FOR) and not is_old:
        return window, step_for(window, ladder, query.least_seconds)
    unit = DAY if dimensions > 1 else HOUR
    widened = _widened(window, unit, coverage)
    return widened, step_for(widened, ladder, max(query.least_seconds, unit.total_seconds()))


def _pairs_cover(window: TimeRange, coverage: Coverage) -> bool:
    """Whether days without cells of pairs still have their raw rows."""
    first = coverage.pairs[0] if coverage.pairs else window.end
    return first <= window.start or coverage.rows_from is None or coverage.rows_from <= window.start


def _stored_grid(grid: Grid, coverage: Coverage) -> Grid:
    """Edges within an hour whose minutes were dropped move to its start."""
    since = coverage.rows_from
    if grid.seconds or since is None:
        return grid
    edges = (floor_to(edge, HOUR) if edge < since else edge for edge in grid.edges)
    return Grid(tuple(dict.fromkeys(edges)))


def _widened(window: TimeRange, unit: timedelta, coverage: Coverage) -> TimeRange:
    """Widened to full units; the end is left alone when its unit is not complete."""
    end = ceil_to(window.end, unit)
    is_complete = coverage.complete_until is not None and end <= coverage.complete_until
    return TimeRange(floor_to(window.start, unit), end if is_complete else window.end)
