"""What the panel of exports shows: the offers, the exports with their progress, what was done."""

from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.exports.datasets import DATASETS, Dataset
from analytics.exports.exports import Export
from analytics.permission.actor import Actor
from dashboard.core import times
from dashboard.core.numbers import DASH, count, size_text
from dashboard.widgets import plain_table
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import button, icon, tag

ROUTE = "/api/ws/exports"


def offer(dataset: Dataset) -> Component:
    """A dataset and the button that exports it."""
    return html.Div(
        [
            html.Div([html.B(dataset.title), html.Div(dataset.text, className="faint")]),
            button(
                [icon("download"), "Export"],
                {"type": "export-begin", "dataset": dataset.name},
                **marked({"aria-label": f"Export {dataset.title.lower()}"}),
            ),
        ],
        className="offer",
    )


def table(found: list[Export], actor: Actor, zone: ZoneInfo) -> Component | None:
    """The exports that are prepared or to be, newest first."""
    if not found:
        return html.P(
            "Nothing is being prepared. From 100,000 rows on an export is prepared here first; "
            "smaller ones are downloaded at once.",
            className="state-words padded faint",
        )
    heads = ("Dataset", "Range", "State", "Rows", "Size", "")
    return plain_table.layout(heads, [_row(e, actor, zone) for e in found], texts=3)


def _row(export: Export, actor: Actor, zone: ZoneInfo) -> list[object]:
    title = DATASETS[export.dataset].title if export.dataset in DATASETS else export.dataset
    whose = f" · {export.owner}" if export.owner != actor.name else ""
    chosen = "".join(f" · {name} {value or 'unknown'}" for name, value in export.filters.items())
    return [
        html.Span([title, html.Span(whose, className="faint")]),
        html.Span(times.span(export.start, export.end, zone) + chosen),
        _state(export),
        count(export.rows_done) if export.rows_done else DASH,
        size_text(export.text_bytes) if export.text_bytes else DASH,
        _acts(export),
    ]


def _state(export: Export) -> Component:
    if export.state == "ready":
        return tag("ready", "good")
    if export.state == "failed":
        return html.Span([tag("failed", "bad"), f" {export.fault}"], title=export.fault or "")
    expected = max(export.rows_expected or 1, 1)
    share = min(export.rows_done / expected, 0.99)
    words = "waiting" if export.state == "waiting" else f"{share:.0%}"
    bar = html.Div(
        html.Div(className="share-fill", style={"width": f"{share:.0%}"}),
        className="share-track",
        role="progressbar",
        **marked({"aria-valuenow": f"{share * 100:.0f}", "aria-label": f"Preparing {words}"}),
    )
    return html.Div([bar, html.Span(words, className="num faint")], className="progress-row")


def _acts(export: Export) -> Component:
    fetch = html.A(
        [icon("download"), "Download"],
        href=f"{ROUTE}/{export.id}/file",
        download="",
        className="button",
    )
    remove = button(
        "Remove" if not export.is_open else "Stop",
        {"type": "export-remove", "export": str(export.id)},
    )
    return html.Div([fetch if export.state == "ready" else None, remove], className="acts act-row")


def notice(words: str, *, is_fault: bool = False) -> Component:
    """What was done, or why it was not."""
    look = "banner" if is_fault else "banner banner-calm"
    return html.Div([icon("warning" if is_fault else "check"), html.Span(words)], className=look)
