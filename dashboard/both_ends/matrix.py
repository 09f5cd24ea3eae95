"""The panel of counts: a row for each ending of servers, a column for each of browsers."""

from collections import Counter
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from analytics.both_ends.agreement import EndsVerdict, ending_of, verdict_of
from analytics.both_ends.sentences import ending_text
from dashboard.core.numbers import count, plural
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link
from models.metrics.close_codes import LEFT, NO_END, UNKNOWN

from .data import EndsData

MOST_SIDE = 12  # rows, and columns; the others are in the CSV
VERDICT_TEXTS = {each: each.value.replace("_", " ") for each in EndsVerdict}
OPENING = {NO_END: "told nothing", UNKNOWN: "not told", LEFT: "page left"}
CLOSERS = {
    "client": "the page",
    "page": "the page",
    "server": "the server",
    "proxy": "a proxy",
    "nobody": "nobody",
}


def panel(side: str) -> Panel:
    """The panel on the page of `side`."""
    return Panel(
        name=f"{side}-endings",
        title="How both ends saw them end",
        explain=(
            "connections that their browser gave an id, by close code and who closed first, as the "
            "server counts it (rows) and as the browser read it (columns). Both agree when they "
            "read the same code; a page that was left read none, which agrees with all but the "
            "server's own close. A cell lists its connections below. Hours in which no server of "
            "an app told an end are not counted."
        ),
        css_class="panel-full panel-natural",
    )


def draw(page_data: EndsData) -> PanelContent:
    """The content of the panel."""
    counts = page_data.counts
    rows, columns = _largest(page_data, "server"), _largest(page_data, "browser")
    drawn = sum(e.connections for e in counts.endings if e.server in rows and e.browser in columns)
    hidden = counts.connections - drawn
    return PanelContent(
        unit="connections",
        body=_table(page_data, rows, columns),
        foot=[
            f"n = {plural(counts.connections, 'connection')}",
            f"{count(hidden)} of rarer endings are in the CSV"
            if hidden
            else "shaded: they disagree",
        ],
        table=_csv(page_data),
        is_empty=not counts.connections,
        empty_text="No connection with an id ended in this range.",
    )


def _largest(page_data: EndsData, side: str) -> list[str]:
    totals = Counter[str]()
    for each in page_data.counts.endings:
        totals[getattr(each, side)] += each.connections
    return [ending for ending, _ in totals.most_common(MOST_SIDE)]


def _table(page_data: EndsData, rows: Sequence[str], columns: Sequence[str]) -> Component:
    numbers = {(e.server, e.browser): e.connections for e in page_data.counts.endings}
    top = html.Tr([html.Th("Server", scope="col"), *(_heading(each, "col") for each in columns)])
    body = [
        html.Tr([_heading(row, "row"), *(_cell(page_data, row, each, numbers) for each in columns)])
        for row in rows
    ]
    caption = html.Caption("Browser", className="ends-caption")
    table = html.Table(
        [caption, html.Thead(top), html.Tbody(body)], className="table-plain table-ends"
    )
    return html.Div(table, className="table-scroll", tabIndex=0)


def _heading(ending: str, scope: str) -> Component:
    """A close code over who closed first."""
    code, by = ending_of(ending)
    if code is None:
        return html.Th(OPENING[ending], scope=scope, title=ending_text(ending))
    closer = html.Span(CLOSERS.get(by or "", ""), className="faint ends-by")
    return html.Th([f"{code} ", closer], scope=scope, title=ending_text(ending))


def _cell(
    page_data: EndsData, server: str, browser: str, numbers: dict[tuple[str, str], int]
) -> Component:
    number = numbers.get((server, browser))
    if number is None:
        return html.Td("", className="n")
    verdict, selection = verdict_of(server, browser), page_data.selection
    is_selected = (server, browser) == (selection.server, selection.browser)
    variant = " is-disagreeing" if verdict is EndsVerdict.DISAGREE else ""
    name = (
        f"server {ending_text(server)}; browser {ending_text(browser)}: {verdict.replace('_', ' ')}"
    )
    return html.Td(
        link(
            [count(number), html.Span(f" {name}", className="visually-hidden")],
            selection.toggling(server, browser),
        ),
        className=f"n num{variant}{' is-selected' if is_selected else ''}",
        title=name,
    )


def _csv(page_data: EndsData) -> Table:
    columns = [
        column("server", "Server", "text"), column("browser", "Browser", "text"),
        column("connections", "Connections", "count"), column("verdict", "EndsVerdict", "text"),
    ]  # fmt: skip
    return Table(
        columns,
        [[e.server, e.browser, e.connections, e.verdict.value] for e in page_data.counts.endings],
    )
