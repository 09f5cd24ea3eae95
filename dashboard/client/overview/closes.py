"""Why connections closed: codes as browsers read them, told apart by engine."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from analytics.reports.client_answers import Summary
from dashboard.core.numbers import DASH, count, in_sessions, percent_text, plural
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column, without_figures
from dashboard.widgets.panel import Panel
from models.metrics import close_codes
from models.metrics.browser_engines import ENGINES

from .data import OverviewData

PANEL = Panel(
    rows=("client-reports", "sessions"),
    name="closes",
    title="Why connections closed",
    explain=(
        "close_codes, by the code the browser read (RFC 6455 section 7.4). Engines read "
        "differently: WebKit turns 1012, 1013 and 1014 into 1006, so one restart is 1012 in "
        "Chromium and Firefox and 1006 in WebKit. 1000, 1001 (the page was left or the server "
        "stopped) and 1005 are normal closes. Codes that pages gave themselves are "
        "close_codes_given."
    ),
    css_class="panel-half",
)
MOST_CODES = 7
Codes = Sequence[tuple[str, int]]


def draw(overview_data: OverviewData) -> PanelContent:
    """Close codes, most frequent first, with their meanings and a column for each engine."""
    summary = overview_data.current
    if summary.connection.close_codes is None:
        return without_figures("by code", summary.not_counted["connection.close_codes"])
    codes = sorted(summary.connection.close_codes.items(), key=lambda item: item[1], reverse=True)
    total = sum(number for _, number in codes)
    abnormal = sum(number for code, number in codes if code not in close_codes.NORMAL)
    by_engine = overview_data.splits.closes
    n = in_sessions(plural(total, "close"), summary.sessions)
    return PanelContent(
        unit="by code" if by_engine is None else "by code and browser engine",
        body=_rows(codes[:MOST_CODES], total, by_engine),
        foot=[
            f"n = {n}, {count(abnormal)} abnormal",
            _by_pages(summary),
        ],
        table=_table(codes, total, by_engine or {}),
        is_empty=not total,
        empty_text="No socket was closed in this range.",
    )


def meaning_of(code: str) -> str:
    """What a code means, in a few words."""
    if code in close_codes.DESCRIPTIONS:
        return close_codes.DESCRIPTIONS[code]
    if code.isdigit() and 3000 <= int(code) < 5000:
        return "application-defined code"
    return "unassigned code"


def _by_pages(summary: Summary) -> str:
    """The codes that pages gave."""
    codes = summary.connection.close_codes_given
    if not codes:
        return ""
    listed = ", ".join(f"{code} ({count(number)})" for code, number in [*codes.items()][:3])
    return f"closed by the page with {listed}"


def _rows(codes: Codes, total: int, by_engine: Mapping[str, Mapping[str, int]] | None) -> Component:
    engines = _present(by_engine or {})
    header = ["Code", *engines, "All", "Share"]
    rows: list[list[object]] = [
        [
            _code(code),
            *(count((by_engine or {}).get(code, {}).get(engine, 0)) for engine in engines),
            count(number),
            percent_text(number / total) if total else DASH,
        ]
        for code, number in codes
    ]
    return plain_table.layout(header, rows)


def _code(code: str) -> Component:
    css_class = "num row-key" if code in close_codes.NORMAL else "num row-key is-abnormal"
    return html.Span(
        [
            html.Span(code, className=css_class),
            html.Span(meaning_of(code), className="row-words", title=meaning_of(code)),
        ],
        className="row-name",
    )


def _present(by_engine: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The engines that closed anything."""
    return [name for name in ENGINES if any(each.get(name) for each in by_engine.values())]


def _table(codes: Codes, total: int, by_engine: Mapping[str, Mapping[str, int]]) -> Table:
    return Table(
        [
            column("code", "Code", "text"),
            column("meaning", "Meaning", "text"),
            column("count", "Count", "count"),
            column("share", "Share", "share"),
            *(column(name.lower(), name, "count") for name in ENGINES),
        ],
        [
            [code, meaning_of(code), number, number / total if total else None,
             *(by_engine.get(code, {}).get(name, 0) for name in ENGINES)]
            for code, number in codes
        ],
    )  # fmt: skip
