"""A question to the store: metrics of one source, filtered and split, over a range in steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from analytics.query.formula import Formula
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from models.metrics.dimensions import (
    AUTOMATED,
    DIMENSIONS,
    PROTOCOL,
    REGION,
    SERVER_DIMENSIONS,
    TEST_APPS,
)
from models.metrics.grid import Grid

MOST_LABEL_SETS = 200
FilterValues = Mapping[str, tuple[str, ...]]


class SeriesSource(StrEnum):
    """Who measured it."""

    SERVER = "server"
    CLIENT = "client"


DIMENSIONS_OF = {
    SeriesSource.SERVER: tuple(SERVER_DIMENSIONS),
    SeriesSource.CLIENT: (*DIMENSIONS, PROTOCOL, REGION),
}


@dataclass(frozen=True, slots=True)
class LabelPart:
    """A sum split by one part of its labels: index and name of the part."""

    sum_name: str
    part_index: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`filters` are the accepted values by dimension (`unknown`: none reported; several apps at
    once; `automated` asks for crawlers and probes instead of people); of more than `most` value
    sets of `group_by` those with the most rows are answered.

    Without `step` the finest that keeps a chart readable, not below `least_seconds`; steps of an
    hour and more divide the days of `zone`. `grid` asks for these steps exactly, and for no others;
    `is_live`: for windows that all end with the last step, where a session counts by its last
    report. What load tests and probes sent is left out unless a filter names their app, of servers
    also unless `with_tests`. Without `extremes` no first and last instants are read, on which
    freshness depends.
    """

    source: SeriesSource
    metrics: tuple[Formula, ...]
    window: TimeRange
    filters: FilterValues = field(default_factory=dict)
    group_by: tuple[str, ...] = ()
    step: Step | None = None
    least_seconds: float = 0
    zone: str = "UTC"
    grid: Grid | None = None
    is_live: bool = False
    extremes: bool = True
    most: int = MOST_LABEL_SETS
    with_tests: bool = False

    def __post_init__(self) -> None:
        if REGION in self.dimensions and "country" not in self.dimensions:
            raise ValueError("regions are counted within their country: name it too")

    @property
    def is_automated(self) -> bool:
        """Whether it asks for crawlers and probes instead of people: of them there are rows
        alone."""
        apps = {*self.filters.get("app", ())}
        is_of_tests = self.source is SeriesSource.CLIENT and apps and apps <= {*TEST_APPS}
        return AUTOMATED in self.filters or bool(is_of_tests)

    @property
    def sums(self) -> tuple[str, ...]:
        """The sums its metrics need."""
        return tuple(sorted({name for metric in self.metrics for name in metric.sums}))

    @property
    def durations(self) -> tuple[str, ...]:
        """The kinds of histograms its metrics need."""
        return tuple(sorted({metric.durations for metric in self.metrics if metric.durations}))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What cells must be split by: filtered and grouped dimensions but the app, in order."""
        named = {*self.filters, *self.group_by} - {"app"}
        return tuple(name for name in DIMENSIONS_OF[self.source] if name in named)
