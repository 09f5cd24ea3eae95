"""What a summary line says: one change, with its size, its meaning, and where and when it stood."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.ranges.timerange import TimeRange
from analytics.stats.comparison import FigureChange
from analytics.stats.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """The change of the metric `key` of the client catalogue. `now` and `before` are its figures: a
    share, a p95 in ms, or drops per session, or `per` hour of open connections.

    `labels` are the values that explain it: without them all is as usual. `span` is when it stood;
    `None`: throughout the range. `weight` is its size, by the part of all reports it touches.
    """

    key: str
    change: FigureChange
    meaning: Verdict
    now: float
    before: float
    weight: float
    per: str = "session"
    labels: Mapping[str, str] = field(default_factory=dict)
    span: TimeRange | None = None
