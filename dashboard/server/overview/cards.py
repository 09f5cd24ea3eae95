"""The strip: eight figures that say how the sockets do, each beside what it was before."""

from collections.abc import Callable

from dash.development.base_component import Component

from analytics.reports.server_answers import ServerMetrics, ServerPoint
from analytics.stats import comparison
from analytics.stats.summaries import share_of
from dashboard.core.numbers import (
    DASH,
    count,
    duration,
    duration_text,
    figures,
    percent,
    plural,
    unsigned_change,
)
from dashboard.page.data import over_range
from dashboard.server.data import Reading, measured_minutes
from dashboard.widgets import card
from dashboard.widgets.card import STEADY, Card, Turn

LABELS = (
    "Connections",
    "Users",
    "Opens",
    "Closes",
    "Rooms",
    "Messages",
    "Message errors",
    "Round trip p95",
)
LEAST_N = 30
Value = Callable[[ServerPoint], float | None]


def layout(reading: Reading) -> list[Component]:
    """The eight cells."""
    made = (_connections, _users, _opens, _closes, _rooms, _messages, _errors, _round_trip)
    return [card.layout(make(reading)) for make in made]


def _connections(reading: Reading) -> Card:
    active = _at_the_end(reading, reading.answer.connections.active, lambda p: p.active)
    return _drawn(
        reading, LABELS[0], (_counted(active), ""), _span_note(reading), lambda p: p.active,
        n=f"open at the end, on {plural(len(reading.answer.workers), 'worker')}",
    )  # fmt: skip


def _users(reading: Reading) -> Card:
    now = reading.answer.connections
    if reading.view.is_fixed:
        return Card(label=LABELS[1], value=DASH, note="known for now alone")
    return Card(
        label=LABELS[1],
        value=count(now.unique_users),
        note="connected now, each once",
        n="a connection without a token is its own user",
    )


def _opens(reading: Reading) -> Card:
    return _rate(reading, LABELS[2], "opened", "open", lambda m: m.connections.opened)


def _closes(reading: Reading) -> Card:
    return _rate(
        reading, LABELS[3], "closed", "close", lambda m: sum(m.connections.closed.values())
    )


def _rooms(reading: Reading) -> Card:
    rooms = reading.answer.rooms
    active = _at_the_end(reading, rooms.active, lambda p: p.rooms)
    members = _at_the_end(reading, rooms.members, lambda p: p.members)
    return _drawn(
        reading, LABELS[4], (_counted(active), ""),
        "none in this range" if members is None else plural(round(members), "member"),
        lambda p: p.rooms, n="rooms with members at the end",
    )  # fmt: skip


def _messages(reading: Reading) -> Card:
    seconds = reading.answer.step_seconds
    total = _handled(reading.answer)
    before = reading.before
    note = f"{count(total)} in the range"
    if before is not None:
        note = f"before {figures(_per_second(before))}"
    return _drawn(
        reading, LABELS[5], (figures(_per_second(reading.answer)), "/s"), note,
        lambda p: (p.sent + p.received) / seconds, n=f"n = {plural(total, 'message')}",
    )  # fmt: skip


def _errors(reading: Reading) -> Card:
    now, before = reading.answer, reading.before
    share = share_of(now.messages.errors, _handled(now), _handled(now))
    note, found = "no messages in this range", None
    if share.low is not None and share.high is not None:
        note = f"{percent(share.low)} to {percent(share.high)}"
    if before is not None:
        earlier = share_of(before.messages.errors, _handled(before), _handled(before))
        found = comparison.of_shares(share, earlier)
        note = f"before {percent(earlier.value)}"
    return _drawn(
        reading, LABELS[6], (percent(share.value), "%" if share.value is not None else ""), note,
        _error_share, n=f"n = {plural(share.n, 'message')}, 95 % interval",
        turn=card.turn_of(found, lambda size: f"{abs(size) * 100:.1f} pt"),
        is_faint=share.n < LEAST_N,
    )  # fmt: skip


def _round_trip(reading: Reading) -> Card:
    now, before = reading.answer.performance.message_latency_ms, reading.before
    value, unit = duration(now.p95)
    note, found = f"half within {duration_text(now.p50)}", None
    if before is not None and before.performance.message_latency_ms.p95 is not None:
        earlier = before.performance.message_latency_ms
        note = f"before {duration_text(earlier.p95)}"
        found = comparison.of_p95(now, earlier)
    return _drawn(
        reading, LABELS[7], (value, unit), note if now.n else "no round trips in this range",
        lambda p: p.p95, n=f"n = {plural(now.n, 'round trip')}, by ping from the server",
        turn=card.turn_of(found, unsigned_change), is_faint=now.n < LEAST_N,
    )  # fmt: skip


def _rate(
    reading: Reading, label: str, name: str, noun: str, total: Callable[[ServerMetrics], int]
) -> Card:
    now = total(reading.answer)
    note = f"{plural(now, noun)} in the range"
    if reading.before is not None:
        note = f"before {figures(total(reading.before) / measured_minutes(reading.before))}"
    per_minute = 60 / reading.answer.step_seconds
    return _drawn(
        reading, label, (figures(now / measured_minutes(reading.answer)), "/min"), note,
        lambda p: getattr(p, name) * per_minute, n=f"n = {plural(now, noun)}",
    )  # fmt: skip


def _drawn(
    reading: Reading, label: str, shown: tuple[str, str], note: str, of_point: Value, *,
    n: str, turn: Turn = STEADY, is_faint: bool = False,
) -> Card:  # fmt: skip
    return Card(
        label=label,
        value=shown[0],
        unit=shown[1],
        note=note,
        n=n,
        values=over_range(reading.answer, of_point),
        before=over_range(reading.before, of_point),
        turn=turn,
        is_faint=is_faint,
    )


def _at_the_end(
    reading: Reading, now: int, of_point: Callable[[ServerPoint], float]
) -> float | None:
    """A gauge now; of a range that stands still, at its end, where anything was measured."""
    if not reading.view.is_fixed:
        return now
    series = reading.answer.series
    return of_point(series[-1]) if series else None


def _counted(value: float | None) -> str:
    return DASH if value is None else count(value)


def _span_note(reading: Reading) -> str:
    """What was usual before, or the ends of the range."""
    shown = reading.before or reading.answer
    values = [point.active for point in shown.series]
    if not values:
        return "none in this range"
    words = "before" if reading.before else "in the range"
    return f"{words} {count(min(values))} to {count(max(values))}"


def _error_share(point: ServerPoint) -> float | None:
    whole = point.sent + point.received
    return point.errors / whole if whole else None


def _handled(metrics: ServerMetrics) -> int:
    return metrics.messages.sent + metrics.messages.received


def _per_second(metrics: ServerMetrics) -> float:
    return _handled(metrics) / measured_minutes(metrics) / 60
