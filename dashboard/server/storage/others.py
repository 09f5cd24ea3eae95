"""What counts as other: apps and values without a place of their own in rollups."""

from analytics.operations.storage_answers import OtherValue
from dashboard.core import times
from dashboard.core.numbers import count, plural
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from models.metrics.dimensions import DIMENSIONS

from .data import StorageData

NAME = "storage-others"
PANEL = Panel(
    name=NAME,
    title="Among other",
    explain=(
        "apps, and values of an app, that have no place of their own in rollups, as all places are "
        "taken: they count as other. Their sessions of the last 24 hours, counted once an hour; "
        "at most 200 are listed. Once a day the least used values give way to those with more "
        "than twice as many sessions. Protocols are not listed."
    ),
    css_class="panel-full",
)
MOST_ROWS = 12
HEADER = ("App", "Dimension", "Value", "Sessions, 24 h", "Since")


def draw(storage_data: StorageData) -> PanelContent:
    """Those with most sessions first."""
    others = storage_data.current.others
    more = len(others) - MOST_ROWS
    return PanelContent(
        unit="values without a place",
        body=plain_table.layout(
            HEADER, [_row(storage_data, each) for each in others[:MOST_ROWS]], text_columns=3
        ),
        foot=[
            f"n = {plural(len(others), 'value')}, "
            f"{plural(sum(each.sessions for each in others), 'session')}",
            f"{count(more)} more in the table view" if more > 0 else "",
        ],
        table=Table(
            [
                column("app", "App", "text"), column("dimension", "Dimension", "text"),
                column("value", "Value", "text"), column("sessions", "Sessions, 24 h", "count"),
                column("since", "Since", "text"),
            ],
            [
                [each.app, each.dimension, each.value, each.sessions, each.since.isoformat()]
                for each in others
            ],
        ),
        is_empty=not others,
        empty_text="Every app and value has a place of its own: nothing counts as other.",
    )  # fmt: skip


def _row(storage_data: StorageData, each: OtherValue) -> list[object]:
    since = times.moment(each.since, storage_data.now, storage_data.zone)
    return [
        each.app, DIMENSIONS.get(each.dimension, each.dimension), each.value,
        count(each.sessions), since,
    ]  # fmt: skip
