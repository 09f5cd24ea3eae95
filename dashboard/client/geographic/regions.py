"""The figures of the regions of the Geographic page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

LEAST_SESSIONS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value with its 95 % interval; `None` where nothing was counted."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A country, a part of it, or people of one network, browser or release. `is_small`: its
    sessions are too few to judge."""

    code: str
    name: str
    sessions: int
    is_small: bool = False
    figures: Mapping[str, Figure] = field(default_factory=dict)
    before: Mapping[str, Figure] = field(default_factory=dict)

    def value(self, key: str) -> float | None:
        """The value of a metric."""
        figure = self.figures.get(key)
        return figure.value if figure else None


Lines = Mapping[str, Sequence[float | None]]  # by metric, a value per step of the report


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The people of a country by one dimension; with a reason where that was not counted."""

    dimension: str
    label: str
    parts: Sequence[Region] = ()
    not_counted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPoint:
    """A step with reports."""

    t: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GeographicReport:
    """What the page reads of one range. `regions` are countries; `elsewhere` those without one:
    unknown, and other beyond the limit. `lines` are by code: of the world, the worst, and the
    selected country; `lines_before` those of the latter in the period before, at the same
    steps."""

    start: datetime
    end: datetime
    data_as_of: datetime
    resolution: str
    step_seconds: int
    zone: str
    world: Region
    series: Sequence[StepPoint] = ()
    regions: Sequence[Region] = ()
    elsewhere: Sequence[Region] = ()
    worst: Sequence[str] = ()
    lines: Mapping[str, Lines] = field(default_factory=dict)
    lines_before: Lines = field(default_factory=dict)
    splits: Sequence[Split] = ()
    not_counted: Mapping[str, str] = field(default_factory=dict)
    has_before: bool = False
    automated_sessions: Mapping[str, int] = field(default_factory=dict)
