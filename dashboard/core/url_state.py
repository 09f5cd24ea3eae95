"""What a page shows, as its address says it: range, comparison, time zone, filters, series.

Reading forgives: a parameter that makes no sense counts as absent, so an old link still opens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics.formatting import instants
from analytics.query.series import SERIES
from analytics.ranges.timerange import Filters, TimeRange
from models.metrics.client_catalogue import DIMENSIONS, SERVER_DIMENSIONS

PRESETS: dict[str, tuple[str, timedelta]] = {
    "15m": ("15 minutes", timedelta(minutes=15)),
    "1h": ("hour", timedelta(hours=1)),
    "6h": ("6 hours", timedelta(hours=6)),
    "24h": ("24 hours", timedelta(hours=24)),
    "7d": ("7 days", timedelta(days=7)),
    "30d": ("30 days", timedelta(days=30)),
}
DEFAULT_RANGE = "24h"
NAMES = DIMENSIONS | SERVER_DIMENSIONS
COMPARISONS = ("previous", "week", "off")
LONGEST_VALUE = 256
MOST_PARAMETERS = 40
MOST_SERIES = 5
NO_SERIES = "none"
SHARED = "shared"
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`start` and `end` (aware UTC) are given together and win over `preset`.

    `usual` is the preset the page shows when its address names none. `series` are those chosen to
    chart, `None` when the address says nothing; `is_shared` puts those of one unit on one axis.
    """

    preset: str = DEFAULT_RANGE
    usual: str = DEFAULT_RANGE
    start: datetime | None = None
    end: datetime | None = None
    compare: str = "previous"
    zone: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    series: tuple[str, ...] | None = None
    is_shared: bool = False

    @property
    def is_fixed(self) -> bool:
        """Whether the range stands still instead of ending now."""
        return self.start is not None and self.end is not None

    def window(self, now: datetime) -> TimeRange:
        """The range asked for; a relative one ends with the present second."""
        if self.start is not None and self.end is not None:
            return TimeRange(self.start, self.end)
        end = now.replace(microsecond=0) + timedelta(seconds=1)
        return TimeRange(end - PRESETS[self.preset][1], end)

    def compared(self, window: TimeRange) -> TimeRange | None:
        """The range to compare with, `None` when switched off."""
        if self.compare == "off":
            return None
        if self.compare == "week":
            return TimeRange(window.start - WEEK, window.end - WEEK)
        return window.previous()

    def asked(self) -> Filters:
        """The filters as the reader of the store takes them."""
        return Filters(**{k: v for k, v in self.filters.items() if k in DIMENSIONS})

    def without(self, dimension: str) -> "View":
        """The same view with one filter less."""
        return replace(self, filters={k: v for k, v in self.filters.items() if k != dimension})

    def having(self, dimension: str, value: str) -> "View":
        """The same view with a filter set."""
        return replace(self, filters={**self.filters, dimension: value})

    def search(self) -> str:
        """The part of the address from `?` on; defaults are left out."""
        pairs: list[tuple[str, str]] = []
        if self.start is not None and self.end is not None:
            ends = (("start", self.start), ("end", self.end))
            pairs += [(name, instants.written(at, "seconds")) for name, at in ends]
        elif self.preset != self.usual:
            pairs.append(("range", self.preset))
        if self.compare != "previous":
            pairs.append(("compare", self.compare))
        if self.zone:
            pairs.append(("tz", self.zone))
        pairs += [(name, self.filters[name]) for name in NAMES if name in self.filters]
        if self.series is not None:
            pairs.append(("series", ",".join(self.series) or NO_SERIES))
        if self.is_shared:
            pairs.append(("axes", SHARED))
        return "?" + urlencode(pairs)


def read(search: str | None, usual: str = DEFAULT_RANGE) -> View:
    """The view an address asks for."""
    try:
        given = dict(parse_qsl((search or "").lstrip("?"), max_num_fields=MOST_PARAMETERS))
    except ValueError:
        return View(preset=usual, usual=usual)
    window = _window(given.get("start", ""), given.get("end", ""))
    return View(
        preset=given["range"] if given.get("range") in PRESETS else usual,
        usual=usual,
        start=window.start if window else None,
        end=window.end if window else None,
        compare=given["compare"] if given.get("compare") in COMPARISONS else "previous",
        zone=given["tz"] if zone_of(given.get("tz")) else "",
        filters={name: given[name] for name in NAMES if _is_value(given.get(name, ""))},
        series=_series(given["series"]) if "series" in given else None,
        is_shared=given.get("axes") == SHARED,
    )


def _series(text: str) -> tuple[str, ...]:
    """The known names of a list, each once, at most five."""
    known = dict.fromkeys(name for name in text.split(",") if name in SERIES)
    return tuple(known)[:MOST_SERIES]


def zone_of(name: object) -> ZoneInfo | None:
    """The time zone of an IANA name, `None` for what is none."""
    if not isinstance(name, str) or not name or len(name) > 64:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_for(view: View, browser_zone: object) -> ZoneInfo:
    """The address decides, then the browser, then UTC."""
    return zone_of(view.zone) or zone_of(browser_zone) or ZoneInfo("UTC")


def _window(start: str, end: str) -> TimeRange | None:
    try:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        window = TimeRange(first.astimezone(UTC), last.astimezone(UTC))
        _ = window.start - window.length - WEEK
    except (ValueError, OverflowError):
        return None
    return window if first.tzinfo and last.tzinfo else None


def _is_value(text: str) -> bool:
    return 0 < len(text) <= LONGEST_VALUE and "\x00" not in text and text.isprintable()
