"""The tab of browsers: how connections are for people, in the last hour."""

from collections.abc import Sequence

from analytics.formatting import numbers
from analytics.reports.client_answers import Summary
from models.metrics.client_catalogue import CATALOG

from .figures import Status, WallCard, WallTab, count_card, duration_card, share_card

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
        _states_card(
            summary, "Sessions now", states.heard, "heard within ten minutes",
            course=[point.sessions for point in series],
        ),
        share_card(
            "Connect success", summary.connect_success, "attempts",
            THRESHOLDS["connect_success"], opened,
        ),
        duration_card(
            "Round trip, p95", summary.latency_ms, THRESHOLDS["latency_ms"],
            [point.p95 for point in series],
        ),
        _states_card(
            summary, "Without connection now", states.without_connection,
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


def _states_card(
    summary: Summary,
    label: str,
    sessions: int,
    note: str,
    *,
    course: Sequence[float | None] = (),
    status: Status = "",
) -> WallCard:
    """Sessions in a state, which older monitors do not tell."""
    if summary.judged_reports == 0:
        return WallCard(label=label, value=numbers.DASH, note="monitors before 2.0 do not tell")
    return count_card(label, sessions, note, course, status)
