"""How fresh the page is, its link and download; the banner and panels when reading fails."""

from datetime import UTC
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboard import times
from dashboard.widgets import states
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import icon, tag

from .reading import Reading

CSV_ROUTE = "/api/ws/client-metrics/summary"


def layout(reading: Reading) -> list[Component]:
    """`Data as of 14:32:07 · resolution 5 min`, copy the link, download the series."""
    summary = reading.summary
    as_of = times.clock(summary.data_as_of, reading.now, reading.zone)
    words = f"Data as of {as_of} · resolution {reading.resolution}"
    if summary.lost_reports:
        words += f" · {summary.lost_reports:,} reports lost by browsers"
    return [
        html.Span(words, className="num status-words"),
        html.Button(
            icon("link", "Copy the link to this view"),
            type="button",
            className="icon-button",
            **marked({"data-act": "link"}),
        ),
        html.A(
            icon("download", "Download the series as CSV"),
            href=_csv_address(reading),
            className="icon-button",
            download="",
        ),
    ]


def banner(mark: str) -> Component:
    """What lasts stands at the top of the page, not in a toast."""
    words = (
        f"Something went wrong while reading (number {mark}). Trying again every 15 s."
        if mark
        else "The database does not answer. Figures below are not updating; "
        "reports are refused until it is back and browsers send them again. "
        "Trying again every 15 s."
    )
    return html.Div([icon("warning"), html.Span(words), _again()], className="banner")


def unreadable(mark: str, at: str) -> list[Component]:
    """The state of a panel that has nothing older to show."""
    words = (
        f"The log names the fault under {mark}." if mark else "The database did not answer in time."
    )
    return [
        html.Div(tag(f"failed {at}", "bad"), className="state-tag"),
        *states.message("failed", "This panel could not be read", words, [_again()]),
    ]


def _again() -> Component:
    return html.Button(
        [icon("again"), "Try again"],
        type="button",
        className="button",
        **marked({"data-act": "retry"}),
    )


def _csv_address(reading: Reading) -> str:
    window = reading.window
    asked = {
        "format": "csv",
        "start": window.start.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "end": window.end.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        **reading.view.filters,
    }
    return f"{CSV_ROUTE}?{urlencode(asked)}"
