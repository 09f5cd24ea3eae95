"""What is told about one alert: plain values, from the evaluation to mail and webhook.

A notice stands in the outbox as JSON, so it holds all that a message says; nothing is looked up
again when it is sent. The texts in it may come from clients and are escaped where they are written.
"""

from datetime import datetime
from typing import Literal

import msgspec

NoticeKind = Literal["firing", "repeat", "resolved", "no_data", "error", "flapping", "test"]
Direction = Literal["above", "below"]
HistoryPoint = tuple[datetime, float | None]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One alert in one of its moments. Times are aware UTC.

    `metric` is the catalogue's key and `label` its name ("Message latency"); `aggregation` are the
    words before it ("95th percentile of"), possibly none. `unit` is `ms`, `bytes`, `%` or any other
    word; `%` marks a share, so that 0.05 is read as 5 %, and so does a ratio of the catalogues.
    `n` counts what was judged and `noun` names it ("sessions"). `since` is when the trouble began,
    `at` when this was found. `usual_low` and `usual_high` are what is expected, `None` while that
    is learned. `reason` says why, for a rule that failed or flaps. `history` is the metric up to
    `at`, `None` where there is no data. `path` is the exact view, from `/admin/` on.
    """

    kind: NoticeKind
    rule: str
    alert_id: int | None
    labels: dict[str, str]
    severity: str
    metric: str
    label: str
    unit: str
    aggregation: str
    value: float | None
    threshold: float
    clear_threshold: float
    direction: Direction
    n: int
    noun: str
    since: datetime
    at: datetime
    path: str
    usual_low: float | None = None
    usual_high: float | None = None
    runbook: str = ""
    reason: str = ""
    history: tuple[HistoryPoint, ...] = ()
