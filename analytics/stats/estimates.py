"""A share and a distribution of durations in answers, each with its n and its sessions.

`sessions` are those of the selection, as far as they are counted; servers have none, and those of a
protocol are not counted. `largest_session` is the share that one session makes of a figure (of its
durations, or of what it is a share of), where that is more than 0.2.
"""

import msgspec


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A ratio in [0, 1] with its 95 % Wilson interval; `None` when n is 0."""

    value: float | None
    n: int
    low: float | None
    high: float | None
    sessions: int | None = None
    largest_session: float | None = None


class Durations(msgspec.Struct, frozen=True, kw_only=True):
    """Percentiles in ms from the shared histogram (error at most 2 %); n is unweighted."""

    n: int
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    sessions: int | None = None
    largest_session: float | None = None
