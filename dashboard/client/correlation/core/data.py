"""The data of the page: all pairs in both views, and the one that is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from analytics.correlation.results import Correlations, Estimate, Pair, Strength
from dashboard.page.data import PageData

from .url_state import BY_SESSIONS, CorrelationView


@dataclass(frozen=True, slots=True)
class HourlyRange:
    """The range as a `SeriesReport`, without points of its own."""

    start: datetime
    end: datetime
    zone: str
    resolution: str = "hour"
    step_seconds: int = 3600
    series: Sequence[Any] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the matrix. `n` are independent hours, or sessions; without an `estimate`
    `reason` says why."""

    pair: Pair
    estimate: Estimate | None
    n: float
    p_adjusted: float | None
    strength: Strength
    reason: str

    @property
    def is_sure(self) -> bool:
        """Whether chance does not explain it."""
        return self.estimate is not None and self.strength is not Strength.NONE


@dataclass(frozen=True, kw_only=True)
class CorrelationData(PageData[HourlyRange]):
    """What the panels draw."""

    view: CorrelationView
    correlations: Correlations

    @property
    def comparison_note(self) -> str:
        """Nothing is compared with another period."""
        return ""

    @property
    def is_by_sessions(self) -> bool:
        """Whether the matrix is made of sessions."""
        return self.view.by == BY_SESSIONS

    @cached_property
    def pair(self) -> Pair:
        """The pair that is drawn: that of the URL, else the strongest, else the first."""
        return self.correlations.pair(self.correlations.selected) or self.correlations.pairs[0]

    @cached_property
    def cells(self) -> list[Cell]:
        """A cell for each pair, in the order of pairs."""
        make = session_cell if self.is_by_sessions else hour_cell
        return [make(pair) for pair in self.correlations.pairs]

    @property
    def seed_pairs(self) -> list[Pair]:
        """The three that come first."""
        return [pair for pair in self.correlations.pairs if pair.is_seed]


def hour_cell(pair: Pair) -> Cell:
    """The pair over time."""
    view = pair.over_time
    return Cell(
        pair=pair, estimate=view.coefficient, n=view.n_effective or view.n,
        p_adjusted=view.p_adjusted, strength=view.strength, reason=view.reason or "",
    )  # fmt: skip


def session_cell(pair: Pair) -> Cell:
    """The pair among equal sessions; where none has an equal, among all."""
    view = pair.per_session
    return Cell(
        pair=pair, estimate=view.within or view.pooled, n=view.n_within or view.n,
        p_adjusted=view.p_adjusted, strength=view.strength, reason=view.reason or "",
    )  # fmt: skip
