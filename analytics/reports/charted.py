"""A report beside the durations per step that its charts draw, of the same statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from analytics.stats.duration_steps import DurationSteps

R = TypeVar("R")


# No slots: a frozen generic with slots cannot be made by its parametrised name.
@dataclass(frozen=True)
class Charted(Generic[R]):
    """A report, and `durations` by kind."""

    report: R
    durations: Mapping[str, DurationSteps]
