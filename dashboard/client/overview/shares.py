"""Two tables with bars: close codes, and network types of the sessions."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import count, percent, plural
from dashboard.core.url_state import View
from dashboard.widgets.drawn import PanelContent, Table, column, without_figures
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link
from models.metrics import close_codes
from models.metrics.dimensions import UNKNOWN

from .data import OverviewData

CLOSES = Panel(
    name="closes",
    title="Close codes",
    explain=(
        "close_codes, by the code the browser saw (RFC 6455 section 7.4). 1000, 1001 (the "
        "page was left or the server stopped) and 1005 are normal closes; the others count as "
        "abnormal."
    ),
    css_class="panel-quarter",
)
NETWORKS = Panel(
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


def draw_closes(overview_data: OverviewData) -> PanelContent:
    """Close codes, most frequent first, with their meanings."""
    summary = overview_data.current
    if summary.connection.close_codes is None:
        return without_figures("by code", summary.not_counted["connection.close_codes"])
    codes = sorted(summary.connection.close_codes.items(), key=lambda item: item[1], reverse=True)
    total = sum(number for _, number in codes)
    abnormal = sum(number for code, number in codes if code not in close_codes.NORMAL)
    return PanelContent(
        unit="by code",
        body=html.Div(
            [
                _row(
                    code,
                    _code_meaning(code),
                    number,
                    total,
                    is_bad=code not in close_codes.NORMAL,
                )
                for code, number in codes[:MOST_CODES]
            ],
            className="rows",
        ),
        foot=[f"n = {plural(total, 'close')}", f"{count(abnormal)} abnormal"],
        table=_table("code", "Code", [(c, _code_meaning(c), n) for c, n in codes], total),
        is_empty=not total,
        empty_text="No socket was closed in this range.",
    )


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
        foot=[f"n = {plural(total, 'report')}", "click to filter by network"],
        table=_table("network", "Network", [(k, _network_label(k), n) for k, n in networks], total),
        is_empty=not total,
        empty_text="No reports in this range.",
    )


def _code_meaning(code: str) -> str:
    if code in close_codes.DESCRIPTIONS:
        return close_codes.DESCRIPTIONS[code]
    if code.isdigit() and 3000 <= int(code) < 5000:
        return "application-defined code"
    return "unassigned code"


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
            html.Span(percent(share) + " %", className="row-share num"),
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
