"""Round trips by protocol: what a stack replies to at once beside what the application replies."""

from collections.abc import Sequence

from analytics.reports.client_answers import Summary
from analytics.reports.client_splits import ProtocolTrips
from analytics.reports.client_summary import QUANTILES
from analytics.stats.estimates import Durations
from dashboard.core.numbers import count, duration_text, in_sessions, plural
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column, without_figures
from dashboard.widgets.panel import Panel
from models.metrics.client_catalogue import METRICS

from . import largest_session
from .data import OverviewData

PANEL = Panel(
    rows=("sessions", "client-reports"),
    name="protocols",
    title="Replies and round trips",
    explain=(
        "reply: until the application replied (invocations, acks, pushes, single results). "
        "latency: what a library or server stack replies to at once (pongs, heartbeats, receipts). "
        "The two are never merged. The monitor recognises the protocol by subprotocol, path and "
        "first frames; connections of no recognised protocol are in the first row alone."
    ),
    css_class="panel-half",
)
MOST_PROTOCOLS = 6
NOTHING = Durations(n=0, mean=None, p50=None, p95=None, p99=None)
REPLY, ROUND_TRIP = METRICS["reply_ms"].label, METRICS["latency_ms"].label
HEADER = ("Protocol", f"{REPLY} median", "p95", "n", f"{ROUND_TRIP} median", "p95", "n")
Row = tuple[str, Durations, Durations]


def draw(overview_data: OverviewData) -> PanelContent:
    """All round trips, then those of each protocol."""
    summary, splits = overview_data.current, overview_data.splits
    if summary.latency_ms is None:
        return without_figures("by protocol", summary.not_counted["latency_ms"])
    rows: list[Row] = [("All", summary.reply_ms or NOTHING, summary.latency_ms)]
    rows += [_row(each) for each in (splits.protocols or ())[:MOST_PROTOCOLS]]
    replies = summary.not_counted.get("reply_ms", "")
    n = (
        f"{_n(rows[0][1], 'reply', 'replies', summary)}, "
        f"{_n(rows[0][2], 'round trip', '', summary)}"
    )
    return PanelContent(
        unit="ms, by protocol" if splits.protocols_reason is None else "ms",
        body=plain_table.layout(HEADER, [_cells(*row) for row in rows]),
        foot=[
            f"n = {in_sessions(n, summary.sessions)}",
            f"Replies: {replies}" if replies else str(splits.protocols_reason or _of_each(rows)),
        ],
        table=_table(rows),
        is_empty=not rows[0][1].n and not rows[0][2].n,
        empty_text="No round trip was measured in this range.",
    )


def _of_each(rows: Sequence[Row]) -> str:
    """What the rows of single protocols lack."""
    return f"of one protocol: {largest_session.NOT_COUNTED}" if len(rows) > 1 else ""


def _n(durations: Durations, noun: str, nouns: str, summary: Summary) -> str:
    """What a figure is made of, and whether one session makes much of it."""
    caution = largest_session.caution(durations.largest_session, summary)
    return plural(durations.n, noun, nouns) + (f" ({caution})" if caution else "")


def _row(trips: ProtocolTrips) -> Row:
    return trips.protocol, trips.reply, trips.latency


def _cells(name: str, reply: Durations, latency: Durations) -> list[str]:
    return [
        name,
        *(duration_text(reply.p50), duration_text(reply.p95), count(reply.n)),
        *(duration_text(latency.p50), duration_text(latency.p95), count(latency.n)),
    ]


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        [
            column("protocol", "Protocol", "text"),
            *(column(f"reply_{name}_ms", f"{REPLY} {name}", "ms") for name in QUANTILES),
            column("reply_n", "n, replies", "count"),
            *(column(f"latency_{name}_ms", f"{ROUND_TRIP} {name}", "ms") for name in QUANTILES),
            column("latency_n", "n, round trips", "count"),
        ],
        [
            [name, *(figure for each in (reply, latency) for figure in _figures(each))]
            for name, reply, latency in rows
        ],
    )


def _figures(durations: Durations) -> list[float | int | None]:
    return [durations.p50, durations.p95, durations.p99, durations.n]
