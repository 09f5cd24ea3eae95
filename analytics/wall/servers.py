"""The tab of servers: their sockets now and in the last hour."""

from analytics.formatting import numbers
from analytics.reports.server_answers import ServerMetrics

from .figures import WallCard, WallTab, count_card, duration_card

NAME = "servers"
MOST_PING_MS = 200.0
MINUTE_SECONDS = 60


def tab(metrics: ServerMetrics) -> WallTab:
    """The tab of an hour's figures."""
    if not metrics.series and not metrics.workers:
        return WallTab(
            name=NAME, title="Servers",
            sentence="No server has reported in the last hour. Is an agent installed?",
        )  # fmt: skip
    sentence = f"Last hour, {numbers.plural(len(metrics.workers), 'worker')} now"
    return WallTab(name=NAME, title="Servers", sentence=sentence, cards=_cards(metrics))


def _cards(metrics: ServerMetrics) -> list[WallCard]:
    connections, messages, series = metrics.connections, metrics.messages, metrics.series
    steps = metrics.step_seconds / MINUTE_SECONDS
    seconds = max((metrics.end - metrics.start).total_seconds(), 1)
    per_minute = (messages.sent + messages.received) * MINUTE_SECONDS / seconds
    closed = sum(connections.closed.values())
    return [
        count_card(
            "Connections", connections.active, "open now", [point.active for point in series]
        ),
        count_card(
            "Messages a minute", per_minute, "sent and received",
            [(point.sent + point.received) / steps for point in series],
        ),
        duration_card("Ping round trip, p95", metrics.performance.message_latency_ms, MOST_PING_MS),
        count_card(
            "No close frame", connections.abnormal_closes, f"of {numbers.count(closed)} closed",
            [point.abnormal_closes for point in series],
        ),
        count_card(
            "Errors", messages.errors, "of messages", [point.errors for point in series],
            status="warn" if messages.errors else "",
        ),
        duration_card("Event loop late, p95", metrics.performance.loop_lag_ms),
    ]  # fmt: skip
