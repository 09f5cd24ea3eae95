"""The strip: six figures of connection quality beside the period before, and two of now."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dash.development.base_component import Component

from analytics.reports.client_answers import Point, Summary
from analytics.stats import comparison
from analytics.stats.estimates import Share
from dashboard.core.numbers import (
    DASH,
    change,
    count,
    duration_text,
    figures,
    largest_session_text,
    percent,
    percent_text,
    plural,
    points_text,
    unsigned_change,
)
from dashboard.page.data import over_range
from dashboard.page.p95_card import LEAST_N, p95_card
from dashboard.widgets import card
from dashboard.widgets.card import Card
from models.metrics.client_catalogue import METRICS

from . import largest_session
from .data import SOURCE, OverviewData

LABELS = (
    "Sessions",
    METRICS["connect_success"].label,
    METRICS["stability"].label,
    METRICS["drops"].label,
    f"{METRICS['latency_ms'].label} p95",
    f"{METRICS['recovery_ms'].label} p95",
    METRICS["without_connection"].label,
    METRICS["silent_sessions"].label,
)
OF_SESSIONS = (LABELS[1], *LABELS[3:6])  # figures that one session may make much of
FEW_SESSIONS = 20  # below this a relative change is not meaningful


def layout(overview_data: OverviewData) -> list[Component]:
    """The eight cells."""
    cards = (
        *(_sessions, _connect_success, _stability, _drops, _round_trip, _downtime),
        *(_without_connection, _silent),
    )
    summary = overview_data.current
    return [card.layout(_with_sessions(make_card(overview_data), summary)) for make_card in cards]


def _sessions(overview_data: OverviewData) -> Card:
    now, before = overview_data.current, overview_data.before
    if now.sessions is None:
        return card.not_counted(LABELS[0], now.not_counted["sessions"])
    note = "none in this range" if not now.sessions else plural(now.reports, "report")
    if before is not None and before.sessions is not None and now.sessions:
        note = f"before {count(before.sessions)}"
        relative = comparison.of_counts(now.sessions, before.sessions)
        if relative is not None and before.sessions >= FEW_SESSIONS:
            note = _relative_note(relative, before.sessions)
    scope = "that started in the range" if now.sessions_are == "started" else "active in the range"
    return Card(
        label=LABELS[0],
        value=count(now.sessions),
        note=note,
        n=f"n = {plural(now.sessions, 'session')} {scope}, {plural(now.reports, 'report')}",
        values=over_range(now, lambda p: p.sessions),
        before=over_range(before, lambda p: p.sessions),
    )


def _connect_success(overview_data: OverviewData) -> Card:
    now, before = overview_data.current, overview_data.before
    share_card = _share_card(
        "connect_success",
        now.connect_success,
        before.connect_success if before else None,
        "attempt",
        (over_range(now, _opened_share), over_range(before, _opened_share)),
    )
    return replace(share_card, usual=_usual(overview_data, "connect_success", percent_text))


def _stability(overview_data: OverviewData) -> Card:
    now, before = overview_data.current, overview_data.before
    if now.stability is None:
        return card.not_counted(LABELS[2], now.not_counted["stability"])
    share_card = _share_card(
        "stability",
        now.stability,
        None if before is None or overview_data.has_other_rule_before else before.stability,
        "session",
        (over_range(now, _stable_share), over_range(before, _stable_share)),
    )
    return replace(share_card, usual=_usual(overview_data, "stability", percent_text))


def _usual(overview_data: OverviewData, metric: str, text: Callable[[float], str]) -> str:
    """`usual 92.0 % to 92.5 %` over the range."""
    return overview_data.usual.over_range(SOURCE, metric, text)


def _usual_now(overview_data: OverviewData, metric: str) -> str:
    """The same of a number of sessions at this moment."""
    return overview_data.usual.at_end(SOURCE, metric, count, overview_data.now)


def _drops(overview_data: OverviewData) -> Card:
    now, before = overview_data.current, overview_data.before
    drops, sessions = now.connection.drops, now.sessions
    note = f"{_per_session(now)} per session" if sessions else "no sessions in this range"
    if sessions is None:
        note = "sessions not counted for these filters"
    change = None
    if overview_data.has_other_rule_before:
        note += " · before by another rule"
    elif before is not None and before.sessions and sessions:
        note += f" · before {_per_session(before)}"
        change = comparison.of_rates(drops, sessions, before.connection.drops, before.sessions)
    return Card(
        label=LABELS[3],
        value=count(drops) if now.reports else DASH,
        note=note,
        usual=_usual(overview_data, "drops", count),
        caution=largest_session_text(now.connection.drops_largest_session),
        n=now.not_counted["sessions"] if sessions is None else f"n = {plural(sessions, 'session')}",
        values=over_range(now, lambda p: p.drops),
        before=over_range(before, lambda p: p.drops),
        trend=card.trend_of(change, METRICS["drops"].worse, unsigned_change),
    )


def _round_trip(overview_data: OverviewData) -> Card:
    now, before = overview_data.current, overview_data.before
    if now.latency_ms is None:
        return card.not_counted(LABELS[4], now.not_counted["latency_ms"])
    totals = now.latency_ms, before.latency_ms if before else None
    card_of_p95 = p95_card(overview_data, "latency", METRICS["latency_ms"], "round trip", totals)
    return replace(card_of_p95, usual=_usual(overview_data, "latency_ms", duration_text))


def _downtime(overview_data: OverviewData) -> Card:
    now, before = overview_data.current, overview_data.before
    if now.recovery_ms is None:
        return card.not_counted(LABELS[5], now.not_counted["recovery_ms"])
    has_other_rule = overview_data.has_other_rule_before
    totals = now.recovery_ms, None if before is None or has_other_rule else before.recovery_ms
    recovery = p95_card(overview_data, "recovery", METRICS["recovery_ms"], "reconnection", totals)
    note = recovery.note + " · before by another rule" * (has_other_rule and now.recovery_ms.n > 0)
    return replace(recovery, note=note, usual=_usual(overview_data, "recovery_ms", duration_text))


def _without_connection(overview_data: OverviewData) -> Card:
    states = overview_data.current.session_states
    disconnected = _state_card(
        LABELS[6], states.without_connection, states.heard,
        "newest report at most 150 s old, not the page's last, with an open loss",
    )  # fmt: skip
    return replace(disconnected, usual=_usual_now(overview_data, "without_connection"))


def _silent(overview_data: OverviewData) -> Card:
    states = overview_data.current.session_states
    silent = _state_card(
        LABELS[7], states.silent, states.heard,
        "heard in the last ten minutes but not for 150 s, and not left",
    )  # fmt: skip
    return replace(silent, usual=_usual_now(overview_data, "silent_sessions"))


def _state_card(label: str, number: int, heard: int, meaning: str) -> Card:
    """A number of sessions at this moment, whatever the range; without any heard it is unknown."""
    note = f"of {plural(heard, 'session')} heard" if heard else "no session of monitor 2.0 heard"
    return Card(
        label=label,
        value=count(number) if heard else DASH,
        note=note,
        n=f"n = {plural(heard, 'session')} in ten minutes: {meaning}",
        is_faint=not heard,
    )


def _share_card(
    key: str,
    now: Share,
    before: Share | None,
    noun: str,
    sparks: tuple[Sequence[float | None], Sequence[float | None]],
) -> Card:
    note = f"no {noun}s in this range"
    if now.low is not None and now.high is not None:
        note = f"{percent(now.low)} to {percent(now.high)}"
        if before is not None and before.value is not None:
            note += f" · before {percent(before.value)}"
    change = comparison.of_shares(now, before) if before is not None else None
    return Card(
        label=METRICS[key].label,
        value=percent(now.value),
        unit="%" if now.value is not None else "",
        note=note,
        caution=largest_session_text(now.largest_session),
        n=f"n = {plural(now.n, noun)}, 95 % interval",
        values=sparks[0],
        before=sparks[1],
        trend=card.trend_of(change, METRICS[key].worse, points_text),
        is_faint=now.n < LEAST_N,
    )


def _with_sessions(of_figure: Card, summary: Summary) -> Card:
    """With the sessions behind the figure beside its n, and whether they were compared."""
    if not of_figure.n.startswith("n = "):
        return of_figure
    n, comma, more = of_figure.n.partition(", ")
    if summary.sessions and "session" not in of_figure.n:
        n += f", {plural(summary.sessions, 'session')}"
    if of_figure.label in OF_SESSIONS and not of_figure.caution:
        more += f", {largest_session.caution(None, summary)}".rstrip(", ")
    return replace(of_figure, n=f"{n}{comma}{more}")


def _opened_share(point: Point) -> float | None:
    tries = point.opened + point.failed
    return point.opened / tries if tries else None


def _stable_share(point: Point) -> float | None:
    if not point.sessions or point.abnormal_sessions is None:
        return None
    return 1 - point.abnormal_sessions / point.sessions


def _per_session(summary: Summary) -> str:
    return figures(summary.connection.drops / summary.sessions) if summary.sessions else DASH


def _relative_note(relative: float, before: int) -> str:
    return f"{change(relative)} against {count(before)}"
