"""The tab of browsers: how connections are for people, in the last hour."""

from analytics.formatting import numbers
from analytics.reports.client_answers import Summary
from models.metrics.client_catalogue import CATALOG

from .figures import WallCard, WallTab, count_card, duration_card, share_card

NAME = "browsers"
THRESHOLDS = {metric.key: metric.threshold for metric in CATALOG if metric.threshold is not None}


def tab(summary: Summary) -> WallTab:
    """The tab of an hour's summary."""
    if summary.reports == 0:
        return WallTab(
            name=NAME, title="Browsers",
            sentence="No report in the last hour. Is the monitor on a page that is open?",
        )  # fmt: skip
    sentence = f"Last hour, {numbers.count(summary.reports)} reports"
    return WallTab(name=NAME, title="Browsers", sentence=sentence, cards=_cards(summary))


def _cards(summary: Summary) -> list[WallCard]:
    series, states = summary.series, summary.session_states
    opened = [
        point.opened / (point.opened + point.failed) if point.opened + point.failed else None
        for point in series
    ]
    return [
        count_card(
            "Sessions now", states.heard, "heard within ten minutes",
            [point.sessions for point in series],
        ),
        share_card(
            "Connect success", summary.connect_success, "attempts",
            THRESHOLDS["connect_success"], opened,
        ),
        duration_card(
            "Round trip, p95", summary.latency_ms, THRESHOLDS["latency_ms"],
            [point.p95 for point in series],
        ),
        count_card(
            "Without connection now", states.without_connection,
            f"of {numbers.count(states.heard)} sessions",
            status="warn" if states.without_connection else "",
        ),
        count_card(
            "Drops", summary.connection.drops,
            f"{numbers.count(summary.connection.opened)} connections opened",
            [point.drops for point in series],
        ),
        duration_card("Until reconnected, p95", summary.recovery_ms),
    ]  # fmt: skip
