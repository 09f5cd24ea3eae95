"""The strip: eight figures of the server side, each beside its value in the period before."""

from collections.abc import Callable
from dataclasses import replace

from dash.development.base_component import Component

from analytics.reports.server_answers import ServerMetrics, ServerPoint
from analytics.stats import comparison
from analytics.stats.summaries import share_of
from dashboard.core.numbers import (
    DASH,
    count,
    duration_text,
    figures,
    percent,
    percent_text,
    plural,
    points_text,
)
from dashboard.page.data import over_range
from dashboard.page.p95_card import LEAST_N, p95_card
from dashboard.server.data import (
    SOURCE,
    ServerData,
    count_or_dash,
    gauge_at_end,
    measured_minutes,
    usual_at_end,
)
from dashboard.widgets import card
from dashboard.widgets.card import NO_TREND, Card, Trend
from models.metrics.server_catalogue import SERVER_METRICS

LABELS = (
    "Connections",
    "Users",
    "Opens",
    "Closes",
    "Rooms",
    "Messages",
    SERVER_METRICS["message_error_rate"].label,
    f"{SERVER_METRICS['latency'].label} p95",
)
Value = Callable[[ServerPoint], float | None]


def layout(server_data: ServerData) -> list[Component]:
    """The eight cells."""
    cards = (_connections, _users, _opens, _closes, _rooms, _messages, _errors, _round_trip)
    return [card.layout(make_card(server_data)) for make_card in cards]


def _connections(server_data: ServerData) -> Card:
    active = gauge_at_end(server_data, server_data.current.connections.active, lambda p: p.active)
    return _card(
        server_data, LABELS[0], (count_or_dash(active), ""), _range_note(server_data),
        lambda p: p.active,
        n=_connections_note(server_data),
        usual=usual_at_end(server_data, "active", count),
    )  # fmt: skip


def _connections_note(server_data: ServerData) -> str:
    if server_data.view.is_fixed:
        return "open at the end of the range"
    return f"open now, on {plural(len(server_data.current.workers), 'worker')}"


def _users(server_data: ServerData) -> Card:
    now = server_data.current.connections
    if server_data.view.is_fixed:
        return Card(label=LABELS[1], value=DASH, note="available for now only")
    return Card(
        label=LABELS[1],
        value=count_or_dash(now.unique_users),
        note="distinct, connected now",
        n="a connection without a token counts as its own user",
    )


def _opens(server_data: ServerData) -> Card:
    return _rate(server_data, LABELS[2], "opened", "open", lambda m: m.connections.opened)


def _closes(server_data: ServerData) -> Card:
    return _rate(
        server_data, LABELS[3], "closed", "close", lambda m: sum(m.connections.closed.values())
    )


def _rooms(server_data: ServerData) -> Card:
    rooms = server_data.current.rooms
    active = gauge_at_end(server_data, rooms.active, lambda p: p.rooms)
    members = gauge_at_end(server_data, rooms.members, lambda p: p.members)
    return _card(
        server_data, LABELS[4], (count_or_dash(active), ""),
        "none in this range" if members is None else plural(round(members), "member"),
        lambda p: p.rooms, n="rooms with members at the end",
        usual=usual_at_end(server_data, "rooms", count),
    )  # fmt: skip


def _messages(server_data: ServerData) -> Card:
    seconds = server_data.current.step_seconds
    total = _message_count(server_data.current)
    before = server_data.before
    note = f"{count(total)} in the range"
    if before is not None:
        note = f"before {figures(_per_second(before))}"
    return _card(
        server_data, LABELS[5], (figures(_per_second(server_data.current)), "/s"), note,
        lambda p: (p.sent + p.received) / seconds, n=f"n = {plural(total, 'message')}",
    )  # fmt: skip


def _errors(server_data: ServerData) -> Card:
    now, before = server_data.current, server_data.before
    share = share_of(now.messages.errors, _message_count(now), _message_count(now))
    note, change = "no messages in this range", None
    if share.low is not None and share.high is not None:
        note = f"{percent(share.low)} to {percent(share.high)}"
    if before is not None:
        earlier = share_of(before.messages.errors, _message_count(before), _message_count(before))
        change = comparison.of_shares(share, earlier)
        note = f"before {percent(earlier.value)}"
    return _card(
        server_data, LABELS[6],
        (percent(share.value), "%" if share.value is not None else ""), note, _error_share,
        n=f"n = {plural(share.n, 'message')}, 95 % interval",
        trend=card.trend_of(change, SERVER_METRICS["message_error_rate"].worse, points_text),
        is_faint=share.n < LEAST_N,
        usual=server_data.usual.over_range(SOURCE, "message_error_rate", percent_text),
    )  # fmt: skip


def _round_trip(server_data: ServerData) -> Card:
    now, before = server_data.current, server_data.before
    earlier = before.performance.message_latency_ms if before else None
    totals = now.performance.message_latency_ms, earlier
    round_trips = p95_card(server_data, "latency", SERVER_METRICS["latency"], "round trip", totals)
    usual = server_data.usual.over_range(SOURCE, "latency", duration_text)
    return replace(round_trips, n=f"{round_trips.n}, by the server's ping", usual=usual)


def _rate(
    server_data: ServerData, label: str, name: str, noun: str, total: Callable[[ServerMetrics], int]
) -> Card:
    now, minutes = total(server_data.current), measured_minutes(server_data.current)
    note = f"{plural(now, noun)} in the range"
    if server_data.before is not None:
        note = f"before {figures(total(server_data.before) / measured_minutes(server_data.before))}"
    per_minute = 60 / server_data.current.step_seconds
    return _card(
        server_data, label, (figures(now / minutes), "/min"), note,
        lambda p: getattr(p, name) * per_minute, n=f"n = {plural(now, noun)}",
        usual=server_data.usual.over_range(SOURCE, name, figures, minutes),
    )  # fmt: skip


def _card(
    server_data: ServerData, label: str, value_and_unit: tuple[str, str], note: str,
    of_point: Value, *, n: str, trend: Trend = NO_TREND, is_faint: bool = False, usual: str = "",
) -> Card:  # fmt: skip
    return Card(
        label=label,
        value=value_and_unit[0],
        unit=value_and_unit[1],
        note=note,
        usual=usual,
        n=n,
        values=over_range(server_data.current, of_point),
        before=over_range(server_data.before, of_point),
        trend=trend,
        is_faint=is_faint,
    )


def _range_note(server_data: ServerData) -> str:
    """Minimum and maximum of connections before, else within the range."""
    metrics = server_data.before or server_data.current
    values = [point.active for point in metrics.series]
    if not values:
        return "none in this range"
    scope = "before" if server_data.before else "in the range"
    return f"{scope} {count(min(values))} to {count(max(values))}"


def _error_share(point: ServerPoint) -> float | None:
    total = point.sent + point.received
    return point.errors / total if total else None


def _message_count(metrics: ServerMetrics) -> int:
    return metrics.messages.sent + metrics.messages.received


def _per_second(metrics: ServerMetrics) -> float:
    return _message_count(metrics) / measured_minutes(metrics) / 60
