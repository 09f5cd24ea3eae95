"""What one sender may bring, in proportion to the others of the same app; pure."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .amounts import Amounts

ENOUGH_SENDERS = 100
LARGEST_SHARE = 0.01
TIMES_SESSIONS, TIMES_AMOUNTS = 10, 20
ENOUGH_TO_COMPARE = 10  # senders that bring any of a quantity
PERCENTILE = 95
UNBOUNDED = float("inf")
_TIMES = (TIMES_SESSIONS, *[TIMES_AMOUNTS] * len(Amounts._fields))
# Of a quantity that hardly anybody brings: round trips and messages of a busy session, and a
# connection that is made anew every 15 s.
_OF_LONELY = (TIMES_SESSIONS, 6_000, 60_000, 40)
LoadValues = tuple[float, float, float, float]  # of a `Load`
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Load(NamedTuple):
    """What a sender brought in the last ten minutes: sessions it started, and amounts."""

    sessions: float
    durations: float
    messages: float
    connections: float

    def exceeds(self, bound: "Load") -> bool:
        """Whether any part is beyond that of `bound`."""
        return (
            self.sessions > bound.sessions
            or self.durations > bound.durations
            or self.messages > bound.messages
            or self.connections > bound.connections
        )


def few(sessions: float) -> Load:
    """The bound while there are too few senders to compare with: `sessions`, any amounts."""
    return Load(sessions, UNBOUNDED, UNBOUNDED, UNBOUNDED)


def bound_of(loads: Floats, of_few: Load) -> Load:
    """The bound of each sender by the loads of all, of the shape (senders, 4).

    One percent of all, or ten times the sessions and twenty times the amounts of 95 of 100 senders
    that bring any, whichever is more: an office behind one address is no attack. Of what fewer than
    ten bring a fixed amount, and `of_few` below 100 senders.
    """
    if len(loads) < ENOUGH_SENDERS:
        return of_few
    return Load(*map(_part, loads.T, _TIMES, _OF_LONELY))


def by_app(
    apps: Integers, senders: Integers, loads: Floats
) -> Iterator[tuple[int, Integers, Floats]]:
    """Of rows of loads (rows, 4): each app with its senders and the load of each, added up."""
    if not len(apps):
        return
    order = np.lexsort((senders, apps))
    apps, senders = apps[order], senders[order]
    is_first = np.concatenate(([True], (apps[1:] != apps[:-1]) | (senders[1:] != senders[:-1])))
    starts = is_first.nonzero()[0]
    loads = np.add.reduceat(loads[order], starts, axis=0)
    apps, senders = apps[starts], senders[starts]
    borders = (apps[1:] != apps[:-1]).nonzero()[0] + 1
    for first, last in pairwise((0, *borders.tolist(), len(apps))):
        yield int(apps[first]), senders[first:last], loads[first:last]


def _part(column: Floats, times: int, of_lonely: int) -> float:
    brought = column[column > 0]
    if len(brought) < ENOUGH_TO_COMPARE:
        return of_lonely
    usual = float(np.percentile(brought, PERCENTILE, method="lower"))
    return max(float(brought.sum()) * LARGEST_SHARE, usual * times, times)
