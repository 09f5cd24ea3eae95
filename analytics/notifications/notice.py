"""A notification about one alert: plain values, passed from the evaluation to mail and webhook.

A notice is stored in the outbox as JSON and holds everything a message needs; nothing is looked up
when it is sent. Its texts may come from clients and are escaped where they are rendered.
"""

from datetime import datetime
from typing import Literal

import msgspec

NoticeKind = Literal["firing", "repeat", "resolved", "no_data", "error", "flapping", "test"]
FIRING_KINDS = frozenset({"firing", "repeat", "flapping"})  # that say that an alert fires
Direction = Literal["above", "below"]
EarlierNotice = tuple[NoticeKind, datetime]
HistoryPoint = tuple[datetime, float | None]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A change or reminder of an alert. Times are aware UTC.

    `metric` is the catalogue's key and `label` its name ("Round trip"); `aggregation` is its
    prefix ("95th percentile of"), possibly empty. `unit` is `ms`, `bytes`, `%` or any other text;
    `%` marks a share (0.05 is printed as 5 %), as does none with a metric of kind ratio.
    `n` is the sample size and `noun` what it counts ("sessions"). `since` is when the condition
    began, `at` the time of the evaluation. `usual_low` and `usual_high` are the expected range,
    `None` while it is being learned. `largest_session` is the share that one session makes of the
    value, where that is more than 0.2. `baseline` is the name of the one that the value is compared
    with, empty without: value and thresholds are then how much worse it is, in `%` relative to it
    or in `pt`, points of a share. `reason` explains a rule that failed or flaps. `history` is
    the metric up to `at`, `None` where there is no data. `path` is the view, from `/admin/` on.
    `load_test` says that a load test ran in the window of the value, or runs, and since when.
    `earlier` are notices that were due before this one and were never delivered: kind and time.
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
    baseline: str = ""
    usual_low: float | None = None
    usual_high: float | None = None
    runbook: str = ""
    reason: str = ""
    history: tuple[HistoryPoint, ...] = ()
    largest_session: float | None = None
    earlier: tuple[EarlierNotice, ...] = ()
    load_test: str = ""
