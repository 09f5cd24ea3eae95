"""A table with bars: network types of the sessions."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import count, in_sessions, percent_text, plural
from dashboard.core.url_state import View
from dashboard.widgets.drawn import PanelContent, Table, column, without_figures
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link
from models.metrics.dimensions import UNKNOWN

from .data import OverviewData

NETWORKS = Panel(
    rows=("sessions", "client-reports"),
    name="networks",
    title="Networks",
    explain=(
        "effective_type, as the browser estimates it from round trip and downlink. Safari and "
        "Firefox do not report it: their reports are under unknown."
    ),
    css_class="panel-quarter",
)
NETWORK_LABELS = {
    "slow-2g": "Slow 2G or worse",
    "2g": "Like 2G",
    "3g": "Like 3G",
    "4g": "Like 4G or better",
    UNKNOWN: "Unknown",
}
MOST_CODES = 6


def draw_networks(overview_data: OverviewData) -> PanelContent:
    """Reports per effective connection type."""
    summary = overview_data.current
    if summary.network is None:
        return without_figures("by effective type", summary.not_counted["network"])
    networks = list(summary.network.items())
    total = sum(number for _, number in networks)
    return PanelContent(
        unit="by effective type",
        body=html.Div(
            [
                _row(
                    _network_link(overview_data.view, name),
                    "",
                    number,
                    total,
                    is_faint=name == UNKNOWN,
                )
                for name, number in networks[:MOST_CODES]
            ],
            className="rows rows-plain",
        ),
        foot=[
            f"n = {in_sessions(plural(total, 'report'), summary.sessions)}",
            "click to filter by network",
        ],
        table=_table("network", "Network", [(k, _network_label(k), n) for k, n in networks], total),
        is_empty=not total,
        empty_text="No reports in this range.",
    )


def _network_label(name: str) -> str:
    return NETWORK_LABELS.get(name, name)


def _network_link(view: View, name: str) -> Component:
    return link(
        _network_label(name), view.with_filter("effective_type", name).search(), "quiet-link"
    )


def _row(
    name: str | Component,
    meaning: str,
    number: int,
    total: int,
    *,
    is_bad: bool = False,
    is_faint: bool = False,
) -> Component:
    share = number / total if total else 0
    css_class = (
        "share-fill is-bad" if is_bad else "share-fill is-faint" if is_faint else "share-fill"
    )
    return html.Div(
        [
            html.Span(
                [
                    html.Span(name, className="num row-key"),
                    html.Span(meaning, className="row-words", title=meaning) if meaning else None,
                ],
                className="row-name",
            ),
            html.Div(
                html.Div(className=css_class, style={"width": f"{max(share * 100, 0.6):.2f}%"}),
                className="share-track",
            ),
            html.Span(count(number), className="row-number num"),
            html.Span(percent_text(share), className="row-share num"),
        ],
        className="row-line",
    )


def _table(key: str, label: str, rows: Sequence[tuple[str, str, int]], total: int) -> Table:
    return Table(
        [
            column(key, label, "text"),
            column("meaning", "Meaning", "text"),
            column("count", "Count", "count"),
            column("share", "Share", "share"),
        ],
        [
            [name, meaning, number, number / total if total else None]
            for name, meaning, number in rows
        ],
    )
