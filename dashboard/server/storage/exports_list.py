"""Parts of the exports panel: datasets, exports with their progress, notices."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.exports.datasets import DATASETS, Dataset
from analytics.exports.exports import Export
from analytics.geo.countries import value_name
from analytics.permission.actor import Actor
from dashboard.core import addresses, times
from dashboard.core.numbers import DASH, count, size_text
from dashboard.widgets import plain_table
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, icon, tag
from models.metrics.dimensions import UNKNOWN

ROUTE = "/api/ws/exports"
LOCAL = "local"
STYLES = ((LOCAL, "For spreadsheets"), ("iso", "ISO 8601"))  # how times are written


def offer(dataset: Dataset) -> Component:
    """A dataset and the buttons that export it."""
    return html.Div(
        [
            html.Div([html.B(dataset.title), html.Div(dataset.description, className="faint")]),
            html.Div([_begin(dataset, *each) for each in STYLES], className="act-row"),
        ],
        className="offer",
    )


def _begin(dataset: Dataset, times_style: str, label: str) -> Component:
    return button(
        [icon("download"), label],
        {"type": "export-begin", "dataset": dataset.name, "times": times_style},
        **html_attributes({"aria-label": f"{label}: export {dataset.title.lower()}"}),
    )


def table(exports: list[Export], actor: Actor, now: datetime, zone: ZoneInfo) -> Component | None:
    """Prepared, running and queued exports, newest first."""
    if not exports:
        return html.P(
            "No exports yet. One of 100,000 rows or more is prepared here first; smaller ones are "
            "downloaded at once.",
            className="state-words padded faint",
        )
    heads = ("Dataset", "Range", "State", "Rows", "Size", "")
    return plain_table.layout(heads, [_row(e, actor, now, zone) for e in exports], text_columns=3)


def _row(export: Export, actor: Actor, now: datetime, zone: ZoneInfo) -> list[object]:
    title = DATASETS[export.dataset].title if export.dataset in DATASETS else export.dataset
    whose = f" · {export.owner}" if export.owner != actor.name else ""
    filters = "".join(
        f" · {name} {value_name(name, value or UNKNOWN)}" for name, value in export.filters.items()
    )
    return [
        html.Span([title, html.Span(whose, className="faint")]),
        html.Span(times.span(export.start, export.end, now, zone) + filters),
        _state(export),
        count(export.rows_done) if export.rows_done else DASH,
        size_text(export.text_bytes) if export.text_bytes else DASH,
        _actions(export),
    ]


def _state(export: Export) -> Component:
    if export.state == "ready":
        return tag("ready", "good")
    if export.state == "failed":
        return html.Span([tag("failed", "bad"), f" {export.fault}"], title=export.fault or "")
    expected = max(export.rows_expected or 1, 1)
    share = min(export.rows_done / expected, 0.99)
    progress = "queued" if export.state == "waiting" else f"{share:.0%}"
    bar = html.Div(
        html.Div(className="share-fill", style={"width": f"{share:.0%}"}),
        className="share-track",
        role="progressbar",
        **html_attributes(
            {"aria-valuenow": f"{share * 100:.0f}", "aria-label": f"Preparing {progress}"}
        ),
    )
    return html.Div([bar, html.Span(progress, className="num faint")], className="progress-row")


def _actions(export: Export) -> Component:
    fetch = html.A(
        [icon("download"), "Download"],
        href=addresses.href(f"{ROUTE}/{export.id}/file"),
        download="",
        className="button",
    )
    remove = button(
        "Remove" if not export.is_open else "Stop",
        {"type": "export-remove", "export": str(export.id)},
    )
    return html.Div([fetch if export.state == "ready" else None, remove], className="acts act-row")


def notice(text: str, *, is_fault: bool = False) -> Component:
    """A banner about the outcome of a click."""
    css_class = "banner" if is_fault else "banner banner-calm"
    return html.Div(
        [icon("warning" if is_fault else "check"), html.Span(text)], className=css_class
    )
