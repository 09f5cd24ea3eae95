"""The table of where the time goes: what is measured of a message's way, with bars for p95."""

from dash import html
from dash.development.base_component import Component

from analytics.stats.estimates import Durations
from dashboard.core.numbers import DASH, count, figures
from dashboard.widgets import plain_table
from dashboard.widgets.attributes import marked
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel

from .data import Reading

PANEL = Panel(
    name="where-time-goes",
    title="Where the time goes",
    explain=(
        "processing: handling one request; broadcast: bringing one message to all members of its "
        "room on a worker; loop_lag: how late the event loop wakes; latency: ping to pong, which "
        "holds the network and the peer. They overlap and do not add up."
    ),
    look="panel-third",
)
HEADER = ("Step", "", "p50", "p95", "p99", "n")


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    found = reading.answer
    steps = [
        ("Request", found.processing),
        ("Fan-out to a room", found.broadcast),
        ("Loop lag", found.loop_lag),
        ("Ping and back", found.latency),
    ]
    longest = max((step.p95 or 0 for _, step in steps), default=0)
    return Drawn(
        unit="ms, bars show p95",
        body=html.Div(
            plain_table.layout(HEADER, [_row(name, step, longest) for name, step in steps], 2),
            className="where",
        ),
        foot=["over the whole range", "steps overlap"],
        table=Table(
            [
                column("step", "Step", "text"),
                *(column(f"{name}_ms", name, "ms") for name in ("mean", "p50", "p95", "p99")),
                column("n", "n", "count"),
            ],
            [[name, s.mean, s.p50, s.p95, s.p99, s.n] for name, s in steps],
        ),
        is_empty=not any(step.n for _, step in steps),
        empty_words="Nothing was timed in this range.",
    )


def _row(name: str, step: Durations, longest: float) -> list[Component | str]:
    share = 100 * (step.p95 or 0) / longest if longest else 0
    bar = html.Div(
        html.Div(className="bar-fill", style={"width": f"{share:.1f}%"}),
        className="bar-track",
        **marked({"aria-hidden": "true"}),
    )
    shown = [DASH if v is None else figures(v) for v in (step.p50, step.p95, step.p99)]
    return [name, bar, shown[0], html.B(shown[1]), shown[2], count(step.n)]
