"""The figures of regions as the page draws them, taken from the frames of segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING, Any

from analytics.geo.countries import value_name
from analytics.geo.regions import region_name
from analytics.ranges.steps import StepStart
from analytics.reports.segments.compared import Comparison
from analytics.reports.segments.figures import FIGURES, LEAST_SESSIONS
from dashboard.core.numbers import DASH, count, plural
from models.metrics.dimensions import REGION

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["LEAST_SESSIONS"]
COUNTS = ("sessions", "reports")
BEYOND = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value with its 95 % interval; `None` where nothing was counted, or, `too_few`, too few
    sessions bear on the value for an interval."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    too_few: bool = False

    @property
    def ends(self) -> tuple[float, float] | None:
        """The ends of the interval, `None` where it is not known."""
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A country, a part of it, or people of one network, browser or release. `is_small`: its
    sessions are too few to judge; `is_counted`: they are counted at all.
    `worse` are the keys of figures that are surely worse than those of all other people."""

    code: str
    name: str
    sessions: int
    is_small: bool = False
    is_counted: bool = True
    figures: Mapping[str, Figure] = field(default_factory=dict)
    before: Mapping[str, Figure] = field(default_factory=dict)
    worse: Sequence[str] = ()

    @property
    def unjudged(self) -> str:
        """Why it is not judged, empty where it is."""
        if not self.is_counted:
            return "sessions not counted"
        return "too few sessions" if self.is_small else ""

    @property
    def sessions_text(self) -> str:
        """`2,216`, a dash where they are not counted."""
        return count(self.sessions) if self.is_counted else DASH

    @property
    def n_text(self) -> str:
        """`n = 2,216 sessions`, or that they are not counted."""
        return f"n = {plural(self.sessions, 'session')}" if self.is_counted else self.unjudged

    def is_judged(self, key: str) -> bool:
        """Whether the metric has a value that is worth an interval."""
        return not self.is_small and self.value(key) is not None

    def value(self, key: str) -> float | None:
        """The value of a metric."""
        figure = self.figures.get(key)
        return figure.value if figure else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The people of a country by one dimension; with a reason where that was not counted."""

    dimension: str
    label: str
    parts: Sequence[Region] = ()
    not_counted: str = ""


Line = Sequence[float | None]  # a value per step of the report
SmallLines = Mapping[str, Mapping[str, Line]]  # by code, then by metric


@dataclass(frozen=True, slots=True, kw_only=True)
class GeographicReport:
    """What the page reads of one range. `regions` are countries; `elsewhere` those without one:
    unknown, and other beyond the limit. `own`, `of_world` and `own_before` are the lines of the
    selected country, else of the world; `small_lines` those of the `worst`, with longer steps that
    begin at `small_starts`."""

    start: datetime
    end: datetime
    data_as_of: datetime
    resolution: str
    step_seconds: int
    zone: str
    world: Region
    series: Sequence[StepStart] = ()
    regions: Sequence[Region] = ()
    elsewhere: Sequence[Region] = ()
    worst: Sequence[str] = ()
    own: Line = ()
    of_world: Line = ()
    own_before: Line = ()
    small_lines: SmallLines = field(default_factory=dict)
    small_starts: Sequence[datetime] = ()
    splits: Sequence[Split] = ()
    not_counted: Mapping[str, str] = field(default_factory=dict)
    has_before: bool = False
    automated_sessions: Mapping[str, int] = field(default_factory=dict)


def regions_of(frame: "DataFrame", dimension: str, country: str = "") -> list[Region]:
    """The rows of a frame of `analytics.reports.segments.frames`, by one dimension; regions are
    those of `country`."""
    return [_region(row, dimension, country) for row in frame.to_dict("records")]


def world_of(comparison: Comparison) -> Region:
    """All people."""
    figures = {
        key: Figure(
            value=number(each.value[0]), low=number(each.low[0]), high=number(each.high[0]),
            n=integer(each.n[0]), too_few=bool(each.too_few[0]),
        )
        for key, each in comparison.world.items()
    }  # fmt: skip
    of, sessions = comparison.world_of, integer(comparison.world_of.sessions[0])
    counts = {"sessions": of.sessions[0], "reports": of.reports[0]}
    figures |= {key: Figure(value=number(each)) for key, each in counts.items()}
    return Region(
        code="", name="World", sessions=sessions, figures=figures,
        is_counted=number(of.sessions[0]) is not None,
    )  # fmt: skip


def interval_ends(regions: Sequence[Region], key: str) -> list[tuple[float, float]]:
    """The ends that a scale must hold, of regions with enough sessions: all values, and intervals
    as far as `BEYOND` of their span, so that a wide one does not squeeze the others."""
    figures = [each.figures.get(key) for each in regions if not each.is_small]
    judged = [(each, each.value) for each in figures if each and each.value is not None]
    values = [value for _, value in judged]
    room = BEYOND * (max(values, default=0.0) - min(values, default=0.0)) or None
    if room is None:
        return [each.ends or (value, value) for each, value in judged]
    lowest, highest = min(values) - room, max(values) + room
    ends = [each.ends or (value, value) for each, value in judged]
    return [(max(low, lowest), min(high, highest)) for low, high in ends]


def number(value: Any) -> float | None:
    """`None` for NaN."""
    return None if value is None or isnan(value) else float(value)


def integer(value: Any) -> int:
    """0 for NaN."""
    return 0 if isnan(value) else round(float(value))


def _region(row: Mapping[Any, Any], dimension: str, country: str) -> Region:
    code = str(row[dimension])
    is_inside = dimension == REGION
    figures = {key: _figure(row, key) for key in FIGURES}
    figures |= {key: Figure(value=number(row[key])) for key in COUNTS}
    before = {key: Figure(value=number(row[f"{key}_before"])) for key in FIGURES}
    return Region(
        code=code, name=region_name(country, code) if is_inside else value_name(dimension, code),
        sessions=integer(row["sessions"]),
        worse=[key for key in FIGURES if row[f"{key}_affected"] > 0],
        is_small=bool(row["small_sample"]), is_counted=number(row["sessions"]) is not None,
        figures=figures, before=before,
    )  # fmt: skip


def _figure(row: Mapping[Any, Any], key: str) -> Figure:
    return Figure(
        value=number(row[key]), low=number(row[f"{key}_low"]), high=number(row[f"{key}_high"]),
        n=integer(row[f"{key}_n"]), too_few=bool(row[f"{key}_too_few"]),
    )  # fmt: skip
