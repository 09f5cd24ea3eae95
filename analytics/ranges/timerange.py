"""Half-open time ranges and the filters of a query: plain values, no clock."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

LONGEST_RANGE = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """[start, end) in aware UTC. `ValueError` when empty, reversed, naive or over ten years."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("start and end need a time zone")
        if not self.start < self.end:
            raise ValueError("start must lie before end")
        if self.end - self.start > LONGEST_RANGE:
            raise ValueError("the range is longer than ten years")

    @property
    def length(self) -> timedelta:
        """`end` - `start`."""
        return self.end - self.start

    def previous(self) -> "TimeRange":
        """The range of the same length that ends where this one starts."""
        return TimeRange(self.start - self.length, self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """At most one value per dimension; `None` means all.

    `automated` is `only` for crawlers and probes alone; `None` means people.
    """

    app: str | None = None
    country: str | None = None
    effective_type: str | None = None
    browser: str | None = None
    release: str | None = None
    page: str | None = None
    automated: str | None = None

    def active(self) -> dict[str, str]:
        """The filtered dimensions with their values."""
        values = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        return {name: value for name, value in values.items() if value is not None}
