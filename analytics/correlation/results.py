"""What correlations are: everything that page and API say of a pair, as plain values.

All intervals are at 95 %. Coefficients are rank correlations (Spearman) in [-1, 1] unless they say
otherwise. What cannot be computed is `None` with a reason in words, never a NaN.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.measures import Measure, pair_key

Floats = NDArray[np.float64]


class Strength(StrEnum):
    """Of |coefficient|: weak below 0.3, strong from 0.7 on; `none` where chance explains it."""

    NONE = "none"
    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"


class Disagreement(StrEnum):
    """How people of one stratum differ from all people taken together."""

    SIGN = "sign"
    HALF = "half"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95 % interval; the unit is that of its holder."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether chance alone does not explain it."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """How much of y goes with `per` units of x, by Theil and Sen; `unit` says both, as in
    "ms per 10 ms"."""

    value: float
    low: float
    high: float
    per: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shifts:
    """The coefficient with y moved by `hours` (positive: y comes after x), `None` where too few
    hours overlap. Within ± `chance` chance alone explains any one of them."""

    hours: tuple[int, ...]
    coefficients: tuple[float | None, ...]
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveBin:
    """Points with x in one of ten equally full bins: median of x, and quartiles of y."""

    x: float
    lower: float
    median: float
    upper: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scatter:
    """One point an hour: its start in seconds of Unix time, how far x and y were from the usual
    value of that hour of the week, in their units; and the curve through them."""

    at: NDArray[np.int64]
    x: Floats
    y: Floats
    curve: tuple[CurveBin, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairOverTime:
    """Hours as points, the weekly rhythm of each side removed.

    `n` hours have both sides, `left_out` had too little traffic; `n_effective` independent hours
    would make the coefficient as sure. `p_adjusted` is by Benjamini and Hochberg over all pairs.
    `lag_minutes`: how much later y follows x where the coefficient is largest, negative if y comes
    first, 0 where no shift stands out. Without `enough_data` all figures are `None` and `reason`
    says why.
    """

    n: int
    left_out: int
    n_effective: float | None = None
    coefficient: Estimate | None = None
    pearson: Estimate | None = None
    p: float | None = None
    p_adjusted: float | None = None
    lag_minutes: int | None = None
    slope: Slope | None = None
    shifts: Shifts | None = None
    scatter: Scatter | None = None
    strength: Strength = Strength.NONE
    reason: str | None = None
    sentence: str = ""

    @property
    def enough_data(self) -> bool:
        """Whether there are figures."""
        return self.coefficient is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseBin:
    """Sessions with an exposure in [`least`, `most`]: `label` of it, mean outcome with interval,
    `sessions` and their share of all. The first bin is the reference, without any exposure where
    that exists. `difference` to the reference; `None` for the reference and for too few."""

    label: str
    least: float
    most: float
    sessions: int
    share: float
    outcome: Estimate | None
    difference: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCurve:
    """The mean of the outcome, in the unit of y, by how much of the exposure sessions met."""

    bins: tuple[DoseBin, ...]
    is_count: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinDimension:
    """The coefficient among sessions that are equal in one dimension alone."""

    dimension: str
    coefficient: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairPerSession:
    """Sessions as points: `pooled` over all, `within` among equals: sessions of the same country,
    network, browser and release. Intervals are by resampling of days.

    `n` sessions over `days` days have both sides, `n_within` of them have an equal, in `strata`.
    `n_effective` untied ones would tell as much. `p` and `p_adjusted` are those of `within`.
    `touched` is the share of people that met x, `None` where that has no limit or days are too few
    for an interval. Where `within`
    differs in sign or by half, `disagreement` says which and `explained_by` is the dimension that
    explains it, if one does. `slope` is within equals. `dose` is of the selected pair,
    `by_dimension` of that and of those that disagree.
    """

    n: int
    days: int
    n_within: int = 0
    strata: int = 0
    n_effective: float | None = None
    pooled: Estimate | None = None
    within: Estimate | None = None
    p: float | None = None
    p_adjusted: float | None = None
    by_dimension: tuple[WithinDimension, ...] = ()
    disagreement: Disagreement | None = None
    explained_by: str | None = None
    touched: Estimate | None = None
    slope: Slope | None = None
    dose: DoseCurve | None = None
    strength: Strength = Strength.NONE
    reason: str | None = None
    sentence: str = ""

    @property
    def enough_data(self) -> bool:
        """Whether there are figures."""
        return self.pooled is not None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """One metric of connections (`x`) beside one of user experience (`y`), in both views.

    A side that is not measured per session, or not per hour, has that view with a `reason`.
    `is_seed`: one of the three that come first. `strength` and `sentence` are what both views
    together allow to say: where equals do not confirm the hours, it says so.
    """

    x: Measure
    y: Measure
    over_time: PairOverTime
    per_session: PairPerSession
    is_seed: bool
    strength: Strength
    sentence: str

    @property
    def key(self) -> str:
        """As in addresses: `latency_p95_ms~page_load_ms`."""
        return pair_key(self.x, self.y)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDay:
    """One day in the zone of the app: people who were dropped, and their difference."""

    day: date
    people: int
    difference: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostOutcome:
    """What sessions did after their first drop, against equal sessions of the same age that had
    none yet: `dropped` and `others` are means in `unit`, `difference` theirs, `relative` as a share
    of `others` (`None` where that is 0). `per_day`: the difference times the people of a day, in
    `total_unit` a day. `people` were dropped and compared, over all days."""

    key: str
    label: str
    unit: str
    total_unit: str
    people: int
    dropped: float | None = None
    others: float | None = None
    difference: Estimate | None = None
    relative: Estimate | None = None
    per_day: Estimate | None = None
    days: tuple[CostDay, ...] = ()
    reason: str | None = None
    sentence: str = ""

    @property
    def enough_data(self) -> bool:
        """Whether there are figures."""
        return self.difference is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a first drop costs, by landmark: the ten minutes after it. `people` were dropped, of
    `sessions`; `not_compared` of them had no equal of their age, or left no minute to see."""

    people: int
    sessions: int
    not_compared: int
    minutes_after: int
    outcomes: tuple[CostOutcome, ...]
    reason: str | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Correlations:
    """All pairs of [`start`, `end`) with the seed's three first, rows of the matrix by `exposures`,
    columns by `outcomes`. `reports` came in its `hours`. Of all its sessions `read_share`, drawn at
    random, are the `sessions` here: below 1 where there are more than are read. `strongest` is the
    key of the strongest pair that equals confirm; `selected` that of the pair with points
    (`scatter`) and a dose curve. `mark` is the seed's 70 %, drawn and no more."""

    start: datetime
    end: datetime
    zone: str
    exposures: tuple[Measure, ...]
    outcomes: tuple[Measure, ...]
    pairs: tuple[Pair, ...]
    sessions: int
    hours: int
    strongest: str | None
    selected: str
    cost: Cost
    reports: int
    read_share: float = 1.0
    mark: float = 0.7

    def pair(self, key: str) -> Pair | None:
        """The pair of a key; `None` if there is no such."""
        return next((pair for pair in self.pairs if pair.key == key), None)
