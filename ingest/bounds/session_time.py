"""What time one session may add to the figures: open, down, suspended and silent time of all its
reports about an endpoint, against the time that their periods cover together.

The periods of an endpoint do not overlap, in whatever order its reports come and whichever are
lost. So the first report of a minute brings that minute, and another no more: a report that claims
time of a period which is covered already is cut. It is not refused, since it may be one that is
sent again, of which nobody knows here whether it was stored, or of a clock that was put back.
"""

from typing import NamedTuple

import msgspec

from models.raw.client_reports import TIMES, BoundedReport, ClientReport

TIMES_COVERED = 2  # clocks drift
CREDIT_SECONDS = 900.0  # of a silence that began in reports before, and of clocks that are set
GAP_SECONDS = 60.0  # reports of other workers, which may come here yet: their time is credited
MOST_ENDPOINTS, MOST_INTERVALS = 16, 8
TIME = "time"
Intervals = tuple[tuple[float, float], ...]  # disjoint, in order
# By hash of the endpoint the seconds that it may add beyond its periods, and what these cover.
# Exact tuples, which the garbage collector does not search.
Times = tuple[tuple[int, float, Intervals], ...]


class Bounded(NamedTuple):
    """A report, what its session covers with it, and whether it was cut."""

    report: ClientReport
    times: Times
    is_cut: bool


def bounded(report: ClientReport, times: Times) -> Bounded:
    """The report with no more time than its session may add after `times`."""
    total_ms = report.open_ms + report.downtime_ms
    seconds = (total_ms + (report.suspended_ms or 0) + (report.silent_ms or 0)) / 1000
    if not seconds:
        return Bounded(report, times, is_cut=False)
    endpoint = hash(report.endpoint)
    others, credit, intervals = _entry(times, endpoint)
    if len(others) >= MOST_ENDPOINTS:
        return Bounded(_cut(report, 0), times, is_cut=True)
    start, end = report.period_start.timestamp(), report.period_end.timestamp()
    added, gaps, intervals = covered(intervals, start, end)
    credit += TIMES_COVERED * added + gaps
    if seconds <= credit:
        credit = min(credit - seconds, CREDIT_SECONDS)
        return Bounded(report, (*others, (endpoint, credit, intervals)), is_cut=False)
    times = (*others, (endpoint, 0.0, intervals))
    return Bounded(_cut(report, credit / seconds), times, is_cut=True)


def covered(intervals: Intervals, start: float, end: float) -> tuple[float, float, Intervals]:
    """The seconds from `start` to `end` that are in none of the intervals, those of short gaps that
    are closed, and the intervals with them. Beyond `MOST_INTERVALS` the two oldest are joined."""
    if len(intervals) == 1:  # the rule: it goes on where the last report ended
        ((first, last),) = intervals
        if first <= start and start - GAP_SECONDS <= last <= end:
            return end - max(start, last), max(0.0, start - last), ((first, end),)
    added, gaps, first, last = end - start, 0.0, start, end
    before, after = [], []
    for interval in intervals:
        if interval[1] < start - GAP_SECONDS:
            before.append(interval)
        elif interval[0] > end + GAP_SECONDS:
            after.append(interval)
        else:
            added -= max(0.0, min(end, interval[1]) - max(start, interval[0]))
            gaps += max(0.0, start - interval[1], interval[0] - end)
            first, last = min(first, interval[0]), max(last, interval[1])
    joined = (*before, (first, last), *after)
    if len(joined) > MOST_INTERVALS:
        joined = ((joined[0][0], joined[1][1]), *joined[2:])
    return added, gaps, joined


def _entry(times: Times, endpoint: int) -> tuple[Times, float, Intervals]:
    """Those of other endpoints; credit and intervals of this one."""
    if len(times) == 1 and times[0][0] == endpoint:
        return (), times[0][1], times[0][2]
    for position, (name, credit, intervals) in enumerate(times):
        if name == endpoint:
            return times[:position] + times[position + 1 :], credit, intervals
    return times, CREDIT_SECONDS, ()


def _cut(report: ClientReport, part: float) -> ClientReport:
    values = {name: getattr(report, name) for name in TIMES}
    changes = {name: int(value * part) for name, value in values.items() if value is not None}
    return BoundedReport(**(msgspec.structs.asdict(report) | changes))
