"""The state of a page in its URL: range, comparison, time zone, filters, series.

Parsing is lenient: an invalid parameter counts as absent, so an old link still opens. A range that
cannot be read is not replaced by another one: the view says what is wrong with it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from analytics.formatting import instants
from analytics.query.series import SERIES
from analytics.ranges import rolling
from analytics.ranges.periods import Period
from analytics.ranges.rolling import UnreadableRange
from analytics.ranges.timerange import Filters, TimeRange
from analytics.ranges.zones import zone_named
from models.metrics.dimensions import AUTOMATED, CLIENT_FILTERS, ONLY, SERVER_DIMENSIONS

LENGTHS = ("15m", "1h", "6h", "24h", "7d", "30d")
PRESETS = (*LENGTHS, Period.TODAY, Period.YESTERDAY, Period.THIS_WEEK, Period.LAST_WEEK)
DEFAULT_RANGE = "24h"
FILTER_LABELS = CLIENT_FILTERS | SERVER_DIMENSIONS
COMPARISONS = ("previous", "week", "off")
BASELINE = re.compile("baseline-([1-9][0-9]{0,14})", re.ASCII)
LONGEST_VALUE = 256
MOST_PARAMETERS = 40
MOST_SERIES = 5
NO_SERIES = "none"
SHARED = "shared"
WEEK = timedelta(days=7)
UNREADABLE = "The range in the address cannot be read"
EXAMPLE = "2026-03-12T09:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a URL selects. `start` and `end` (aware UTC) come together and win over `preset`.

    `preset` moves with the clock, as `3h` or `last-week`; without one in the URL `default_preset`
    applies.
    `range_fault` is a sentence on why the range of the URL cannot be read, empty where it can.
    `series` are those to chart, `None` where the URL has no such parameter; `has_shared_axes` puts
    those of one unit on one axis.
    """

    preset: str = DEFAULT_RANGE
    default_preset: str = DEFAULT_RANGE
    range_fault: str = ""
    start: datetime | None = None
    end: datetime | None = None
    compare: str = "previous"
    zone: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    series: tuple[str, ...] | None = None
    has_shared_axes: bool = False

    @property
    def is_fixed(self) -> bool:
        """Whether the range has fixed ends instead of ending now."""
        return self.start is not None and self.end is not None

    def window(self, now: datetime, zone: ZoneInfo) -> TimeRange:
        """The time range; one up to now ends with the current second, periods are of `zone`."""
        if self.start is not None and self.end is not None:
            return TimeRange(self.start, self.end)
        end = now.replace(microsecond=0) + timedelta(seconds=1)
        return rolling.read(self.preset).window(end, zone)

    @property
    def baseline(self) -> int | None:
        """The id of the baseline that is compared with."""
        match = BASELINE.fullmatch(self.compare)
        return None if match is None else int(match[1])

    def with_baseline(self, baseline_id: int) -> "View":
        """The same view compared with a baseline."""
        return replace(self, compare=f"baseline-{baseline_id}")

    def compared_range(self, window: TimeRange) -> TimeRange | None:
        """The range to compare with, `None` when switched off, or compared with a baseline."""
        if self.compare == "off" or self.baseline is not None:
            return None
        if self.compare == "week":
            return TimeRange(window.start - WEEK, window.end - WEEK)
        return window.previous()

    def client_filters(self) -> Filters:
        """The filters that apply to client reports."""
        return Filters(**{k: v for k, v in self.filters.items() if k in CLIENT_FILTERS})

    def without_filter(self, dimension: str) -> Self:
        """The same view with one filter less."""
        return replace(self, filters={k: v for k, v in self.filters.items() if k != dimension})

    def with_filter(self, dimension: str, value: str) -> Self:
        """The same view with a filter set."""
        return replace(self, filters={**self.filters, dimension: value})

    def search(self) -> str:
        """The query string from `?` on; defaults are omitted."""
        pairs: list[tuple[str, str]] = []
        if self.start is not None and self.end is not None:
            ends = (("start", self.start), ("end", self.end))
            pairs += [(name, instants.iso8601(at, "seconds")) for name, at in ends]
        elif self.preset != self.default_preset:
            pairs.append(("range", self.preset))
        if self.compare != "previous":
            pairs.append(("compare", self.compare))
        if self.zone:
            pairs.append(("tz", self.zone))
        pairs += [(name, self.filters[name]) for name in FILTER_LABELS if name in self.filters]
        if self.series is not None:
            pairs.append(("series", ",".join(self.series) or NO_SERIES))
        if self.has_shared_axes:
            pairs.append(("axes", SHARED))
        return "?" + urlencode(pairs)


def read(search: str | None, default_preset: str = DEFAULT_RANGE) -> View:
    """Parses a query string."""
    return view_of(parameters_of(search), default_preset)


def parameters_of(search: str | None) -> Mapping[str, str]:
    """The parameters of a query string, the last of a name; none where there are too many."""
    try:
        return dict(parse_qsl((search or "").lstrip("?"), max_num_fields=MOST_PARAMETERS))
    except ValueError:
        return {}


def view_of(parameters: Mapping[str, str], default_preset: str = DEFAULT_RANGE) -> View:
    """The view that the parameters of a query string select."""
    return View(
        **_range(parameters, default_preset),
        default_preset=default_preset,
        compare=_comparison(parameters.get("compare", "")),
        zone=parameters["tz"] if zone_named(parameters.get("tz")) else "",
        filters={
            name: parameters[name]
            for name in FILTER_LABELS
            if _is_value(name, parameters.get(name, ""))
        },
        series=_series(parameters["series"]) if "series" in parameters else None,
        has_shared_axes=parameters.get("axes") == SHARED,
    )


def _comparison(text: str) -> str:
    return text if text in COMPARISONS or BASELINE.fullmatch(text) else "previous"


def _series(text: str) -> tuple[str, ...]:
    """The valid series names of a comma-separated list, each once, at most five."""
    names = dict.fromkeys(name for name in text.split(",") if name in SERIES)
    return tuple(names)[:MOST_SERIES]


def zone_for(view: View, browser_zone: object) -> ZoneInfo:
    """The zone of the URL, else of the browser, else UTC."""
    return zone_named(view.zone) or zone_named(browser_zone) or ZoneInfo("UTC")


def _range(parameters: Mapping[str, str], default_preset: str) -> dict[str, Any]:
    """The fields of a view that its range has: fixed ends, a length, or what is wrong with them."""
    preset = parameters.get("range", default_preset)
    try:
        if "start" in parameters or "end" in parameters:
            window = _window(parameters.get("start", ""), parameters.get("end", ""))
            return {"preset": default_preset, "start": window.start, "end": window.end}
        rolling.read(preset)
    except UnreadableRange as fault:
        return {"preset": default_preset, "range_fault": f"{UNREADABLE}: range {fault}."}
    except (ValueError, OverflowError) as fault:
        return {"preset": default_preset, "range_fault": f"{UNREADABLE}: {fault}."}
    return {"preset": preset}


def _window(start: str, end: str) -> TimeRange:
    """The range between two instants. Raises `ValueError` or `OverflowError`."""
    first, last = _instant("start", start), _instant("end", end)
    window = TimeRange(first, last)
    _ = window.start - window.length - WEEK  # a comparison must be possible
    return window


def _instant(name: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} is not a time like {EXAMPLE}") from None
    if at.tzinfo is None:
        raise ValueError(f"{name} needs a time zone, like {EXAMPLE}")
    return at.astimezone(UTC)


def _is_value(name: str, text: str) -> bool:
    if name == AUTOMATED:
        return text == ONLY
    return 0 < len(text) <= LONGEST_VALUE and "\x00" not in text and text.isprintable()
