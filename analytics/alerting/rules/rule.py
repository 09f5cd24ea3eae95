"""What an alert rule says: its fields with their limits, as stored and as the API takes them."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

Source = Literal["client", "server"]
Aggregation = Literal["rate", "ratio", "p50", "p95", "p99", "count", "mean", "anomaly"]
Direction = Literal["above", "below"]
Severity = Literal["critical", "warning", "info"]
Channel = Literal["email", "webhook"]
NoData = Literal["show", "notify", "keep"]

SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
QUANTILES: dict[Aggregation, float] = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
LONGEST_WINDOW_SECONDS = 3600
DAY_SECONDS = 86400
LARGEST = 1e12
ANOMALIES = "anomalies"  # in place of a metric: all of them
MOST_NAMED = 20

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Value = Annotated[str, Meta(min_length=1, max_length=256)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Threshold = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Seconds = Annotated[int, Meta(ge=0, le=DAY_SECONDS)]
TimeOfDay = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class QuietHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No message from `start` to `end` on the clocks of `zone`; over midnight when turned round."""

    start: TimeOfDay
    end: TimeOfDay
    zone: Key = "UTC"


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule. It fires beyond `fire` for `for_seconds`, and clears when not beyond `clear` for
    `keep_firing_seconds`; both in the metric's unit (a ratio's is a share).

    `window_seconds` are whole minutes. `filters` hold one value per dimension, `split_by` judges
    each value of a dimension by itself; counts that are kept apart by labels have those as
    dimensions too: `code` of closes, `type` of messages, `kind` of errors. Below `minimum_n`
    sessions nothing is judged; of servers, protocols and regions, and on the past, it is compared
    with n. Without data `show` marks what fires, `notify` tells as well, `keep` leaves it firing.
    Without `recipients` all hear of it. `repeat_seconds` 0: told once. `inhibited_by` names rules
    whose firing explains it.

    The aggregation `anomaly` judges no window: it fires for every incident of the metric, or with
    the metric `anomalies` of any, that deviates by `fire` times what its usual range allows or more
    (1.05 is a low severity, 1.5 medium, 2.5 high), until the incident ends.

    With a `baseline`, the id of one with the same source and filters, the window is compared with
    the same hours of the day there: `fire` and `clear` are by how much it is worse, relative to the
    baseline (0.2: 20 % worse), of a share in points (0.02: 2 points worse).
    """

    name: Name
    source: Source
    metric: Key
    aggregation: Aggregation
    window_seconds: Annotated[int, Meta(ge=60, le=LONGEST_WINDOW_SECONDS, multiple_of=60)] = 300
    filters: Annotated[dict[Key, Value], Meta(max_length=6)] = {}
    split_by: Key | None = None
    baseline: Annotated[int, Meta(ge=1, le=2**53 - 1)] | None = None
    fire: Threshold
    clear: Threshold | None = None
    direction: Direction = "above"
    for_seconds: Seconds = 300
    keep_firing_seconds: Seconds = 300
    minimum_n: Annotated[int, Meta(ge=0, le=10**9)] = 0
    no_data: NoData = "show"
    severity: Severity = "warning"
    channels: Annotated[tuple[Channel, ...], Meta(max_length=2)] = ("email", "webhook")
    recipients: Annotated[tuple[UUID, ...], Meta(max_length=50)] = ()
    notify_resolved: bool = True
    repeat_seconds: Annotated[int, Meta(ge=0, le=7 * DAY_SECONDS)] = 4 * 3600
    inhibited_by: Annotated[tuple[Name, ...], Meta(max_length=MOST_NAMED)] = ()
    quiet_hours: QuietHours | None = None
    runbook: Annotated[str, Meta(max_length=2000)] = ""
    enabled: bool = True

    @property
    def is_of_anomalies(self) -> bool:
        """Whether it fires for incidents."""
        return self.aggregation == "anomaly"

    @property
    def clear_at(self) -> float:
        """The threshold of clearing; without one of its own that of firing."""
        return self.fire if self.clear is None else self.clear

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions its figures must be told apart by, in order of their names."""
        return tuple(sorted({*self.filters, *([self.split_by] if self.split_by else [])}))
