"""Which times of the demo are still to be stored: all of its thirty days, what an interrupted load
left, or the hours in which it was stopped, through which its world goes on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from models.operations.demo_history import FillProgress, OpenRun, progress_at

from . import world

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """[begin, end) is to be stored; what is complete counts since `origin`."""

    origin: datetime
    begin: datetime
    end: datetime

    @property
    def is_history(self) -> bool:
        """Whether it is of a whole history, which has incidents."""
        return self.end - self.origin >= world.DAYS * DAY

    @property
    def is_new_history(self) -> bool:
        """Whether nothing of the history was stored before."""
        return self.is_history and self.begin == self.origin

    @property
    def until(self) -> datetime:
        """The end of the history whose incidents it has: none are left in what follows one."""
        return self.end if self.is_history else self.begin

    @property
    def days(self) -> list[date]:
        """All its days, UTC."""
        count = (self.end.date() - self.begin.date()).days + 1
        return [self.begin.date() + n * DAY for n in range(count)]

    def progress(self, filled_until: datetime) -> FillProgress:
        """How far it is filled."""
        return progress_at(self.origin, filled_until, ceil((self.end - self.origin) / DAY))


def missing(run: OpenRun | None, latest: datetime | None, now: datetime) -> list[Span]:
    """The spans to store until `now`, oldest first: what is left of an interrupted run, and what
    follows the `latest` report before `now`."""
    spans = []
    if run is not None:
        origin = run.until - run.progress.total_days * DAY
        spans.append(Span(origin, run.progress.filled_until, run.until))
        latest = max(run.until, latest or run.until)
    oldest = now - world.DAYS * DAY
    begin = max(latest, oldest) if latest else oldest
    return [span for span in (*spans, Span(begin, begin, now)) if span.end > span.begin]
