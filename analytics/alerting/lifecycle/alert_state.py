"""Where one alert stands: a rule's trouble with one label set, from its start to its end."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """The states of DESIGN's life cycle. `resolved` and `inactive` are the two ends."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    NO_DATA = "no_data"
    ERROR = "error"
    FLAPPING = "flapping"


ENDED = frozenset({State.INACTIVE, State.RESOLVED})
ACTIVE = tuple(state for state in State if state not in ENDED and state is not State.PENDING)


class Verdict(StrEnum):
    """What one look at the figures says."""

    FIRES = "fires"
    BETWEEN = "between"  # neither beyond the fire threshold nor within the clear one
    CLEAR = "clear"
    TOO_FEW = "too few"  # nothing here, or less than the minimum
    BEHIND = "behind"  # the source itself tells nothing new: silence, or an ingest that lags
    FAULTY = "faulty"  # the rule cannot be evaluated


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one label set. `reason` is said where the verdict needs words of its own."""

    verdict: Verdict
    value: float | None = None
    n: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody takes care: no word to others before `until`, or ever when that is `None`."""

    by: str
    note: str
    at: datetime
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it still silences."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """`since` when it is in this `state`, `started_at` since when there is trouble, `fired_at` when
    it first fired; `seen_at` is the last look and `was_bad` what it said.

    `flips` are the latest times at which it began to fire. `told_at` and `told_as` are of the last
    message about it, and `told_of_trouble` whether one said that it fires. `owes_end`: it ended,
    and those who were told of it have not heard so yet.
    """

    state: State = State.INACTIVE
    since: datetime
    started_at: datetime
    seen_at: datetime
    fired_at: datetime | None = None
    ended_at: datetime | None = None
    acknowledged: Acknowledgement | None = None
    was_bad: bool = False
    flips: tuple[datetime, ...] = ()
    told_at: datetime | None = None
    told_as: str | None = None
    told_of_trouble: bool = False
    owes_end: bool = False
    value: float | None = None
    n: int = 0

    @property
    def is_live(self) -> bool:
        """Whether it goes on."""
        return self.state not in ENDED


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state, as it is written down for good. `actor` is empty for the evaluation."""

    at: datetime
    before: State
    after: State
    value: float | None
    n: int
    reason: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What one look made of a standing."""

    standing: AlertState
    transitions: tuple[Transition, ...] = ()
