"""The answers the API sends and the pages draw: one shape for both. Times are aware UTC."""

from datetime import datetime
from typing import TypeVar

import msgspec

from analytics.stats.estimates import Durations, Share

T = TypeVar("T")


def counted(figure: T | None) -> T:
    """A figure of a selection of which everything is counted: one with a single filter at most.

    Raises `ValueError` when it was not counted.
    """
    if figure is None:
        raise ValueError("this figure was not counted for the selection")
    return figure


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """Counts weighted by 1/sample_rate; durations in ms.

    `drops` are those lost and those `ended_by_server`, attempts those opened, failed and
    `abandoned`. `recovered_within_5_s` counts drops after which the socket was open again that
    soon, `never_back` those after which it was not. `without_connection_ms` is downtime and the
    silence before it was noticed. `open_losses` is a gauge of now. What monitors before 2.0 do not
    tell is `None` when no other reported. `drops_largest_session` is the share of the drops that
    one session makes, where that is more than 0.2.
    """

    attempts: int
    opened: int
    failed: int
    drops: int
    reconnect_attempts: int
    reconnect_successes: int
    recovered_within_5_s: int | None
    open_ms: int
    downtime_ms: int
    close_codes: dict[str, int] | None
    abandoned: int | None
    lost: int | None
    ended_by_server: int | None
    replaced: int | None
    never_back: int | None
    silent_ms: int | None
    without_connection_ms: int | None
    downtime_hidden_ms: int | None
    suspended_ms: int | None
    close_codes_given: dict[str, int] | None
    open_losses: int | None
    drops_largest_session: float | None = None


class SessionStates(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions at `at`, whatever the range: those heard within ten minutes whose pages were not
    left. Of them those whose newest report, at most 150 s old, has an open loss, and the silent
    ones, not heard for 150 s. Sessions of monitors before 2.0 have no state."""

    at: datetime
    heard: int
    without_connection: int
    silent: int


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """Counts weighted by 1/sample_rate."""

    sent: int
    received: int
    queued: int
    errors: int
    bytes_sent: int
    bytes_received: int


class PageLoad(msgspec.Struct, frozen=True, kw_only=True):
    """Page load time in ms."""

    n: int
    p50: float | None
    p95: float | None
    sessions: int | None = None
    largest_session: float | None = None


class Experience(msgspec.Struct, frozen=True, kw_only=True):
    """What people met on the page."""

    page_load_ms: PageLoad | None
    errors: int
    interactions: int


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the series, starting at `t`; a step without reports is absent, not zero.

    `sessions` started in the step, `abnormal_sessions` of them closed abnormally sooner or later.
    `n` counts the latencies; `recovery_n` and `reply_n` the durations behind `recovery_p95` and
    `reply_p95` (all unweighted). `largest_session` is the share of the latencies that one session
    makes, where that is more than 0.2; likewise of the other durations.
    What was not counted is `None`.
    """

    t: datetime
    reports: int
    sessions: int | None
    attempts: int
    opened: int
    failed: int
    drops: int
    abnormal_sessions: int | None
    n: int | None
    p50: float | None
    p95: float | None
    p99: float | None
    recovery_n: int | None
    recovery_p95: float | None
    lost: int | None
    ended_by_server: int | None
    never_back: int | None
    reply_n: int | None
    reply_p95: float | None
    largest_session: float | None = None
    recovery_largest_session: float | None = None
    reply_largest_session: float | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `GET /api/ws/client-metrics/summary`. `step_seconds` is the series' step. Every
    figure with its n also has its `sessions`, those of the selection, and `largest_session`, the
    share that one session makes of it, where that is more than 0.2; `not_counted` names
    `largest_session` where sessions were not compared.

    `start` and `end` are those read: ranges read by the hour are widened to whole hours.
    `reports`, `sessions` and `network` (reports per effective type) are unweighted. Sessions
    cannot be added up: up to a day they are the different ones `present`, beyond that those that
    `started`, as `sessions_are` says. `latest_report` is the newest `period_end` in the range.
    Steps of an hour and more divide the days of `zone`. What was not counted for the selection is
    `None`; `not_counted` says why, by field, and what to change. Kinds of ends are counted by the
    `judged_reports` alone, those of monitors from 2.0 on; where reports before `judged_from` do not
    judge, `not_counted` says so too, and figures before and after were counted by two rules.
    `may_be_blind` counts sessions by the reason for which their monitor may miss connections.
    `automated_sessions` counts those of crawlers, headless checks and uptime probes by name, in no
    other figure unless the filter `automated` asks for them alone.
    """

    start: datetime
    end: datetime
    data_as_of: datetime
    resolution: str
    step_seconds: int
    filters: dict[str, str]
    reports: int
    sessions: int | None
    abnormal_sessions: int | None
    sessions_are: str
    zone: str
    not_counted: dict[str, str]
    judged_reports: int
    judged_from: datetime | None
    may_be_blind: dict[str, int]
    automated_sessions: dict[str, int]
    session_states: SessionStates
    lost_reports: int
    latest_report: datetime | None
    connection: Connection
    connect_success: Share
    stability: Share | None
    messages: Messages
    error_rate: Share
    latency_ms: Durations | None
    reply_ms: Durations | None
    setup_ms: Durations | None
    recovery_ms: Durations | None
    ux: Experience
    network: dict[str, int] | None
    series: list[Point]
