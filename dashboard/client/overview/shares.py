"""Two tables with bars: why connections closed, and over which networks people came."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import count, percent, plural
from dashboard.core.url_state import View
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link
from models.metrics import close_codes
from models.metrics.client_catalogue import UNKNOWN

from .data import Reading

CLOSES = Panel(
    name="closes",
    title="Why connections closed",
    explain=(
        "close_codes, by the code the browser saw (RFC 6455 section 7.4). 1000, 1001 and 1005 are "
        "ordinary ends; the others count as abnormal."
    ),
    look="panel-quarter",
)
NETWORKS = Panel(
    name="networks",
    title="Networks",
    explain=(
        "effective_type, as the browser estimates it from round trip and downlink. Safari and "
        "Firefox do not say: those reports are under unknown."
    ),
    look="panel-quarter",
)
NETWORK_WORDS = {
    "slow-2g": "Slow 2G or worse",
    "2g": "Like 2G",
    "3g": "Like 3G",
    "4g": "Like 4G or better",
    UNKNOWN: "Unknown",
}
MOST_CODES = 6


def draw_closes(reading: Reading) -> Drawn:
    """Close codes, most frequent first, with what each means."""
    codes = sorted(
        reading.answer.connection.close_codes.items(), key=lambda item: item[1], reverse=True
    )
    total = sum(number for _, number in codes)
    abnormal = sum(number for code, number in codes if code not in close_codes.ORDINARY)
    return Drawn(
        unit="by code",
        body=html.Div(
            [
                _row(
                    code, _code_words(code), number, total, is_bad=code not in close_codes.ORDINARY
                )
                for code, number in codes[:MOST_CODES]
            ],
            className="rows",
        ),
        foot=[f"n = {plural(total, 'close')}", f"{count(abnormal)} abnormal"],
        table=_table("code", "Code", [(c, _code_words(c), n) for c, n in codes], total),
        is_empty=not total,
        empty_words="No socket was closed in this range.",
    )


def draw_networks(reading: Reading) -> Drawn:
    """Reports per effective connection type."""
    networks = list(reading.answer.network.items())
    total = sum(number for _, number in networks)
    return Drawn(
        unit="by effective type",
        body=html.Div(
            [
                _row(_network_link(reading.view, name), "", number, total, is_faint=name == UNKNOWN)
                for name, number in networks[:MOST_CODES]
            ],
            className="rows rows-plain",
        ),
        foot=[f"n = {plural(total, 'report')}", "click to see one network alone"],
        table=_table("network", "Network", [(k, _network_words(k), n) for k, n in networks], total),
        is_empty=not total,
        empty_words="No report came in this range.",
    )


def _code_words(code: str) -> str:
    if code in close_codes.WORDS:
        return close_codes.WORDS[code]
    if code.isdigit() and 3000 <= int(code) < 5000:
        return "the application's own code"
    return "not assigned"


def _network_words(name: str) -> str:
    return NETWORK_WORDS.get(name, name)


def _network_link(view: View, name: str) -> Component:
    return link(_network_words(name), view.having("effective_type", name).search(), "quiet-link")


def _row(
    name: str | Component,
    words: str,
    number: int,
    total: int,
    *,
    is_bad: bool = False,
    is_faint: bool = False,
) -> Component:
    share = number / total if total else 0
    look = "share-fill is-bad" if is_bad else "share-fill is-faint" if is_faint else "share-fill"
    return html.Div(
        [
            html.Span(
                [
                    html.Span(name, className="num row-key"),
                    html.Span(words, className="row-words", title=words) if words else None,
                ],
                className="row-name",
            ),
            html.Div(
                html.Div(className=look, style={"width": f"{max(share * 100, 0.6):.2f}%"}),
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
        [[name, words, number, number / total if total else None] for name, words, number in rows],
    )
