"""The state of one alert: a rule firing for one label set, from pending to its end.

`gc=False`: of thousands of alerts none refers to itself, so the collector need not visit them.
"""

from datetime import datetime
from enum import StrEnum

import msgspec


class State(StrEnum):
    """The states of the life cycle in DESIGN. `resolved` and `inactive` are final."""

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
FIRING_STATES = (State.FIRING, State.FLAPPING, State.ACKNOWLEDGED)  # beyond their threshold
ACTIVE = tuple(state for state in State if state not in ENDED and state is not State.PENDING)


class Acknowledgement(msgspec.Struct, frozen=True, gc=False):
    """Suppresses notices of an alert until `until`, or until withdrawn when that is `None`."""

    by: str
    note: str
    at: datetime
    until: datetime | None

    def is_active(self, now: datetime) -> bool:
        """Whether it still suppresses notices."""
        return self.until is None or now < self.until


class AlertState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`since` is the start of this `state`, `started_at` of the alert, `fired_at` of its first
    firing; `evaluated_at` is the last evaluation, `was_bad` whether it was beyond the limit then.

    `flips` are the latest times at which it began to fire. `notified_at` and `last_notice` are time
    and kind of the last notice, `firing_notified` is whether any notice said that it fires.
    `resolve_pending`: it ended, and the resolve notice has not been sent yet.
    """

    state: State = State.INACTIVE
    since: datetime
    started_at: datetime
    evaluated_at: datetime
    fired_at: datetime | None = None
    ended_at: datetime | None = None
    acknowledged: Acknowledgement | None = None
    was_bad: bool = False
    flips: tuple[datetime, ...] = ()
    notified_at: datetime | None = None
    last_notice: str | None = None
    firing_notified: bool = False
    resolve_pending: bool = False
    value: float | None = None
    n: int = 0

    @property
    def is_live(self) -> bool:
        """Whether the alert has not ended."""
        return self.state not in ENDED


class Transition(msgspec.Struct, frozen=True, gc=False):
    """One change of state, as recorded in the history. `actor` is empty for the evaluation."""

    at: datetime
    before: State
    after: State
    value: float | None
    n: int
    reason: str
    actor: str = ""
