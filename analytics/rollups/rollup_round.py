"""One rollup round of either source: ended hours, then changed minutes, then late hours.

A round ends before the next one is due, which continues where it stopped.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

from analytics.quarantine.quarantine import NO_FAULT_OF_ROWS
from analytics.query.read_plan import DAY, HOUR, floor_to
from models.metrics.intervals import Interval

from .watermark import Watermark

GRACE = timedelta(minutes=2)  # rows of an ended hour still arrive for a while
LATE_FOR = timedelta(hours=50)  # a row may be 48 h old
LONGEST_SECONDS = 8.0


class Aggregator(Protocol):
    """Makes the cells of one source, unit by unit. Methods raise `RollupBusy`, `DatabaseAway`.

    Each unit is one transaction and may be done again: it makes the same cells.
    """

    @property
    def watermark(self) -> Watermark:
        """How far the source is rolled up."""

    def roll_up_hour(
        self, start: datetime, *, from_scratch: bool = False, with_day: bool = True
    ) -> None:
        """Make the cells of an hour, of its minutes and, once complete, of its day.

        Moves the watermark when it stands at the hour. `from_scratch`: delete the
        existing cells first. `with_day`: also make a complete day.
        """

    def roll_up_minutes(self, since: datetime) -> int:
        """Make the cells of dirty minutes from `since` on, up to a limit; returns how many."""


class UnitFailed(Exception):
    """A unit failed, by its cause; `repeat` does it again. `interval` is that of its rows."""

    def __init__(self, interval: Interval, repeat: Callable[[Aggregator], object]) -> None:
        super().__init__(f"rows from {interval[0]:%Y-%m-%d %H:%M} on cannot be rolled up")
        self.interval = interval
        self.repeat = repeat


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """What a round did; all hours before `complete_until` have cells now."""

    complete_until: datetime
    minutes: int
    hours: int
    late_hours: int

    def __str__(self) -> str:
        return f"{self.minutes} minutes, {self.hours} hours, {self.late_hours} late hours"


class RollupRound:
    """One round. Days before `retained_from` are never made again: their rows may be dropped.

    Those of the day before it, `stored_from`, are dropped when the day of this round is over.
    """

    def __init__(self, now: datetime, retention: timedelta) -> None:
        self._now = now
        self._deadline = monotonic() + LONGEST_SECONDS
        self.stored_from = floor_to(now - retention, DAY)
        self.retained_from = self.stored_from + DAY

    @property
    def has_time(self) -> bool:
        """Whether another unit may begin."""
        return monotonic() < self._deadline

    def roll_up(self, aggregator: Aggregator, late_at_once: int) -> RoundProgress:
        """Ended hours, then dirty minutes, then up to `late_at_once` hours with late rows."""
        start = self._starting_point(aggregator.watermark)
        complete_until = self._roll_up_hours(aggregator, start)
        minutes = (
            0
            if self._is_over(complete_until)
            else self._roll_up_minutes(aggregator, complete_until)
        )
        late = aggregator.watermark.late_hours(self.retained_from, complete_until)[:late_at_once]
        for hour in late:
            _roll_up_hour(aggregator, hour)
        return RoundProgress(complete_until, minutes, (complete_until - start) // HOUR, len(late))

    def _starting_point(self, watermark: Watermark) -> datetime:
        """The watermark. Marks older than any report may be come from a bulk load: then it is set
        back to the first of them, and reads use raw rows until it has caught up."""
        complete_until = watermark.complete_until(self._now)
        loaded = watermark.late_hours(self.retained_from, min(complete_until, self._now - LATE_FOR))
        if loaded:
            watermark.rewind(loaded[0])
            return loaded[0]
        return complete_until

    def _is_over(self, hour: datetime) -> bool:
        return hour + HOUR + GRACE <= self._now

    def _roll_up_hours(self, aggregator: Aggregator, complete_until: datetime) -> datetime:
        while self._is_over(complete_until) and self.has_time:
            _roll_up_hour(aggregator, complete_until)
            complete_until += HOUR
        return complete_until

    def _roll_up_minutes(self, aggregator: Aggregator, complete_until: datetime) -> int:
        total = 0
        with _naming_unit(
            (complete_until, self._now + DAY), lambda each: each.roll_up_minutes(complete_until)
        ):
            while (count := aggregator.roll_up_minutes(complete_until)) and self.has_time:
                total += count
        return total + count


def _roll_up_hour(aggregator: Aggregator, hour: datetime) -> None:
    with _naming_unit((hour, hour + HOUR), lambda each: each.roll_up_hour(hour)):
        aggregator.roll_up_hour(hour)


@contextmanager
def _naming_unit(interval: Interval, repeat: Callable[[Aggregator], object]) -> Iterator[None]:
    try:
        yield
    except NO_FAULT_OF_ROWS:
        raise
    except Exception as fault:
        raise UnitFailed(interval, repeat) from fault
