"""One round of rolling up, whatever the source: what is over, what changed, what came late.

A round ends before the next one is due; what it leaves over is done by that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

from analytics.query.read_plan import DAY, HOUR, down

from .watermark import Watermark

GRACE = timedelta(minutes=2)  # rows of an hour that is over still come in its first minutes
LATE_FOR = timedelta(hours=50)  # a row may be 48 h old
LONGEST_SECONDS = 8.0


class Aggregator(Protocol):
    """Makes the cells of one source, unit by unit. Methods raise `RollupBusy`, `DatabaseAway`.

    Each unit is one transaction and may be done again: it makes the same cells.
    """

    @property
    def watermark(self) -> Watermark:
        """How far the source is settled."""

    def hour(self, start: datetime, *, anew: bool = False, adds_up: bool = True) -> None:
        """Make the cells of an hour, of its minutes and, when that is over, of its day.

        Once the hour before is settled this one is too. `anew`: delete first what stands there.
        `adds_up`: the day as well, if it is over.
        """

    def minutes(self, since: datetime) -> int:
        """Make the cells of changed minutes from `since` on, as many as fit; how many."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a round did; all hours before `settled` are settled by now."""

    settled: datetime
    minutes: int
    hours: int
    late_hours: int

    def __str__(self) -> str:
        return f"{self.minutes} minutes, {self.hours} hours, {self.late_hours} late hours"


class Round:
    """What lies before the days that are `kept` is never made again: its rows may be gone."""

    def __init__(self, now: datetime, kept: timedelta) -> None:
        self._now = now
        self._ends = monotonic() + LONGEST_SECONDS
        self.first_kept = down(now - kept, DAY) + DAY

    @property
    def has_time(self) -> bool:
        """Whether another unit may begin."""
        return monotonic() < self._ends

    def roll_up(self, roller: Aggregator, late_at_once: int) -> Made:
        """Hours that are over, then changed minutes, then as many hours with late rows."""
        begun = self._begun(roller.watermark)
        settled = self._hours(roller, begun)
        minutes = 0 if self._is_over(settled) else self._minutes(roller, settled)
        late = roller.watermark.late_hours(self.first_kept, settled)[:late_at_once]
        for hour in late:
            roller.hour(hour)
        return Made(settled, minutes, (settled - begun) // HOUR, len(late))

    def _begun(self, watermark: Watermark) -> datetime:
        """Where settled hours end. Rows of days for which none can come any more were brought by a
        load: then all from there on is made in order, and read from the rows meanwhile."""
        settled = watermark.settled(self._now)
        loaded = watermark.late_hours(self.first_kept, min(settled, self._now - LATE_FOR))
        if loaded:
            watermark.go_back(loaded[0])
            return loaded[0]
        return settled

    def _is_over(self, hour: datetime) -> bool:
        return hour + HOUR + GRACE <= self._now

    def _hours(self, roller: Aggregator, settled: datetime) -> datetime:
        while self._is_over(settled) and self.has_time:
            roller.hour(settled)
            settled += HOUR
        return settled

    def _minutes(self, roller: Aggregator, settled: datetime) -> int:
        total = 0
        while (made := roller.minutes(settled)) and self.has_time:
            total += made
        return total + made
