"""The panel: head with title, unit and legend, a body, a foot; and its states."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.core import addresses, ids
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.pieces import button, icon

ROWS = {"sessions": "Sessions as CSV", "client-reports": "Reports as CSV"}
# Of maps: ours, as without their folder they would be asked of another host.
OUTLINES = "/static/geo/"
CONFIG: Any = {
    "displayModeBar": False,
    "doubleClick": False,
    "showTips": False,
}
# Without axes until there is data: those of a hidden panel would have no width.
UNDRAWN = {
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "xaxis": {"visible": False},
    "yaxis": {"visible": False},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """One entry of a legend: drawn as `line thin dots dashes block usual`, in a token's colour."""

    name: str
    color: str
    kind: str = "line"


USUAL_ENTRY = LegendEntry(name="usual range", color="--expected-band", kind="usual")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The static part of a panel: `explain` says where its figures come from.

    `has_dynamic_title`: title and legend come with the content. `has_picture`: what is no chart is
    saved as a picture too. `rows` are the datasets behind it, which its menu downloads with the
    range and filters of the page.
    """

    name: str
    title: str
    explain: str
    css_class: str = ""
    has_chart: bool = False
    legend: tuple[LegendEntry, ...] = ()
    has_dynamic_title: bool = False
    has_picture: bool = False
    rows: tuple[str, ...] = ()


def layout(panel: Panel, content: PanelContent | None = None) -> Component:
    """The frame of a panel; its skeleton is visible until the first response, unless it has its
    `content` from the start."""
    unit, drawn, foot, rows = None, None, None, None
    if content is not None:
        unit, drawn, foot = content.unit, content.body, [html.Span(text) for text in content.foot]
        rows = {"columns": content.table.columns, "rows": content.table.rows}
    body = (
        graph(panel.name, panel.title)
        if panel.has_chart
        else html.Div(drawn, id=ids.part(panel.name, "body"))
    )
    return html.Section(
        [
            html.Header(
                [
                    html.H2(panel.title, id=ids.part(panel.name, "title"), className="panel-title"),
                    html.Span(unit, id=ids.part(panel.name, "unit"), className="panel-unit"),
                    html.Div(
                        legend(_entries(panel)),
                        id=ids.part(panel.name, "legend"),
                        className="legend",
                    ),
                    _menu(panel),
                ],
                className="panel-head",
            ),
            html.P(panel.explain, className="panel-explain", hidden=True),
            html.Div(body, className="panel-body"),
            html.Div(className="panel-table", hidden=True, tabIndex=0),
            html.Div(
                _bones(panel),
                className="panel-skeleton",
                **html_attributes({"aria-hidden": "true"}),
            ),
            html.Div(id=ids.part(panel.name, "state"), className="panel-state"),
            html.Footer(foot, id=ids.part(panel.name, "foot"), className="panel-foot"),
            dcc.Store(id=ids.part(panel.name, "table"), data=rows),
        ],
        id=ids.part(panel.name, "frame"),
        className=f"panel {panel.css_class} {'is-loading' if content is None else 'is-ready'}",
        **html_attributes({"data-panel": panel.name}),
    )


def _entries(panel: Panel) -> Sequence[LegendEntry]:
    """With that of the usual range, which is hidden where none is drawn."""
    return (*panel.legend, USUAL_ENTRY) if panel.has_chart and panel.legend else panel.legend


def legend(entries: Sequence[LegendEntry]) -> list[Component]:
    """The entries of a legend."""
    return [_legend_entry(entry) for entry in entries]


def graph(name: str, label: str) -> Component:
    """A chart with its store and hover box; `label` is its name until a drawing describes it."""
    return html.Div(
        [
            dcc.Store(id=ids.drawing(name)),
            dcc.Graph(
                id=ids.chart(name),
                className="chart",
                responsive=True,
                clear_on_unhover=True,
                config=CONFIG | {"topojsonURL": addresses.href(OUTLINES)},
                figure={"data": [], "layout": UNDRAWN},
            ),
            html.Div(id={"type": "hover", "panel": name}, className="hover-box"),
        ],
        id=ids.part(name, "body"),
        className="chart-place",
        role="img",
        **html_attributes({"aria-label": label}),
    )


def _legend_entry(entry: LegendEntry) -> Component:
    swatch = html.Span(className=f"key key-{entry.kind}", style={"--key": f"var({entry.color})"})
    return html.Span([swatch, entry.name], className="legend-entry")


def _menu(panel: Panel) -> Component:
    actions = [
        ("table", "Show as table"),
        ("csv", "Download CSV"),
        ("csv-local", "CSV for spreadsheets"),
    ]
    if panel.has_chart or panel.has_picture:
        actions.append(("png", "Download PNG"))
    actions += [(f"rows-{dataset}", ROWS[dataset]) for dataset in panel.rows]
    actions += [("link", "Copy link"), ("explain", "Explain")]
    return html.Details(
        [
            html.Summary(
                icon("more"),
                className="panel-more",
                **html_attributes({"aria-label": f"More on {panel.title}"}),
            ),
            html.Div(
                [button(label, **_act(action)) for action, label in actions], className="sheet"
            ),
        ],
        className="menu menu-right",
    )


def _act(act: str) -> dict[str, Any]:
    return {"data-act": act}


def _bones(panel: Panel) -> list[Component]:
    if panel.has_chart:
        return [html.Div(className="bone-lines"), html.Div(className="bone bone-wide")]
    return [html.Div(className=f"bone bone-row bone-{width}") for width in (1, 2, 3, 4)]
