"""Who comes when and stays how long: a recorded day, shrunk to the steady phase of a run.

Arrivals follow the recorded hours and lengths the recorded distribution, both by quantiles, so that
a short run has the whole pattern too. Time shrinks for both alike: so many are open in each part of
the run as were in that hour, times one factor. The day goes round: who stays beyond midnight is
there at the beginning.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from models.metrics.histogram import MIDDLE_US

from .recorded_day import HOURS, Floats, RecordedDay

DAY_SECONDS = 86_400.0
FIRST_TRY = 10_000  # visits, from which the number follows
TRIES = 50
GOLDEN_SECTION = 0.618_033_988_75
MOST_OPENED_PER_SECOND = 200.0
SLOWEST_INTERVAL = 1e9


class TooFast(Exception):
    """So many would come a second that no run can open them. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Visits:
    """`initial` are the lengths of those who are there at the beginning; then who comes at
    `arrivals` and stays for `lengths`, shape (visits,), seconds of the run. `rates` are messages a
    second of an open connection by hour, shape (24,); `seconds` is the length of the day."""

    initial: Floats
    arrivals: Floats
    lengths: Floats
    rates: Floats
    seconds: float

    def most_open(self) -> int:
        """How many are open at once, at most."""
        arrivals = np.concatenate([np.zeros(len(self.initial)), self.arrivals])
        ends = arrivals + np.concatenate([self.initial, self.lengths])
        times = np.concatenate([arrivals, ends])
        changes = np.concatenate([np.ones(len(arrivals)), -np.ones(len(ends))])
        order = np.lexsort((changes, times))  # who leaves makes room first
        return int(np.cumsum(changes[order]).max(initial=0))


def interval_of(rate: float) -> float:
    """Seconds between two messages at so many a second."""
    return 1 / rate if rate else SLOWEST_INTERVAL


def visits_of(day: RecordedDay, connections: int, seconds: float, rate: float) -> Visits:
    """Those of a day of so many seconds, whose fullest moment has as near to so many connections
    as whole visits allow, never more, and which send at this mean rate. Raises `TooFast`."""
    made = _made(day, FIRST_TRY, seconds, rate)
    number = round(FIRST_TRY * connections / made.most_open())
    for _ in range(TRIES):
        _check_pace(day, number, seconds)
        made = _made(day, max(1, number), seconds, rate)
        most = made.most_open()
        if most <= connections:
            break
        number = min(number - 1, int(number * connections / most))
    return made


def _check_pace(day: RecordedDay, number: int, seconds: float) -> None:
    busiest = float(day.opened.max() / day.opened.sum()) * number / (seconds / HOURS)
    if busiest > MOST_OPENED_PER_SECOND:
        needed = ceil(1.01 * seconds * busiest / MOST_OPENED_PER_SECOND)
        raise TooFast(
            f"A day in {seconds:,.0f} s opens {busiest:,.0f} connections a second in its busiest "
            f"hour: use --duration {needed:,.0f}, or fewer --connections."
        )


def _made(day: RecordedDay, number: int, seconds: float, rate: float) -> Visits:
    shares = (np.arange(number) + 0.5) / number
    total = np.concatenate([[0.0], np.cumsum(day.opened)])
    hours = np.linspace(0, seconds, HOURS + 1)
    arrivals = np.interp(shares * total[-1], total, hours)
    lengths = _lengths(day, number) * seconds / DAY_SECONDS
    beyond = arrivals + lengths - seconds
    return Visits(
        initial=np.minimum(beyond[beyond > 0], seconds), arrivals=arrivals, lengths=lengths,
        rates=day.rates * (rate / day.rate if day.rate else 0.0), seconds=seconds,
    )  # fmt: skip


def _lengths(day: RecordedDay, number: int) -> Floats:
    """Recorded lengths in seconds, those of neighbours spread evenly over the distribution."""
    shares = np.arange(number) * GOLDEN_SECTION % 1.0
    cumulative = np.cumsum(day.lengths)
    buckets = np.searchsorted(cumulative, shares * cumulative[-1], side="right")
    lengths: Floats = MIDDLE_US[buckets] / 1e6
    return lengths
