"""What a baseline may be: its name, note, range and filters; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.alerting.rules.rule import Source
from analytics.query.read_plan import HOUR, ceil_to, floor_to
from analytics.ranges.timerange import TimeRange
from analytics.stats.over_hours.differences import LEAST_HOURS
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS

LONGEST_NAME = 80
LONGEST_NOTE = 500
LONGEST_VALUE = 256
LONGEST_RANGE = timedelta(days=31)
_control = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class BaselineFault(ValueError):
    """A baseline, or what is compared with it, is invalid. Attributes: `field`, and `reason`,
    which says what it must be."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRequest:
    """A baseline to save."""

    name: str
    source: Source
    window: TimeRange
    filters: Mapping[str, str]
    note: str = ""


def check(request: BaselineRequest) -> None:
    """Raises `BaselineFault`."""
    name = request.name
    if not name.strip() or len(name) > LONGEST_NAME or name != name.strip():
        raise BaselineFault("name", f"must be text of 1 to {LONGEST_NAME} characters")
    if len(request.note) > LONGEST_NOTE:
        raise BaselineFault("note", f"must be text of at most {LONGEST_NOTE} characters")
    for field, text in (("name", name), ("note", request.note)):
        if _control.search(text):
            raise BaselineFault(field, "must not hold control characters")
    _check_filters(request)


def full_hours(window: TimeRange, now: datetime) -> TimeRange:
    """The full hours of UTC in `window` that have ended. Raises `BaselineFault` for too few, and
    too many."""
    start = ceil_to(window.start, HOUR)
    end = floor_to(min(window.end, now), HOUR)
    if end - start < LEAST_HOURS * HOUR:
        raise BaselineFault("end", f"the range must hold {LEAST_HOURS} hours that have ended")
    if end - start > LONGEST_RANGE:
        raise BaselineFault("start", f"the range must not exceed {LONGEST_RANGE.days} days")
    return TimeRange(start, end)


def _check_filters(request: BaselineRequest) -> None:
    dimensions = DIMENSIONS if request.source == "client" else SERVER_DIMENSIONS
    for name, value in request.filters.items():
        if name not in dimensions:
            raise BaselineFault("filters", f"can be by {', '.join(dimensions)}")
        if not value or len(value) > LONGEST_VALUE or _control.search(value):
            raise BaselineFault("filters", f"must hold text of 1 to {LONGEST_VALUE} characters")
    if request.source == "client" and len({*request.filters} - {"app"}) > 1:
        raise BaselineFault("filters", "can be by app and one other dimension: no cells have more")
