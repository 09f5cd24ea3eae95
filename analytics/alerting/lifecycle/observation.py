"""What one evaluation observed of one label set."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The result of comparing one observation with the thresholds."""

    FIRES = "fires"
    BETWEEN = "between"  # neither beyond the fire threshold nor within the clear one
    CLEAR = "clear"
    TOO_FEW = "too few"  # no data for the label set, or n below the minimum
    STALE = "stale"  # no new rows of the source: it is silent, or ingest lags
    FAULTY = "faulty"  # the rule cannot be evaluated


@dataclass(frozen=True, slots=True)
class Observation:
    """One evaluation of one label set. `reason` explains the verdict where it needs that."""

    verdict: Verdict
    value: float | None = None
    n: int = 0
    reason: str = ""
