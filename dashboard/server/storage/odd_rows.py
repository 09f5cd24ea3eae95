"""Rows that no job could process, set aside so that the jobs go on without them."""

from analytics.operations.storage_answers import SetAsideRow
from dashboard.core import times
from dashboard.core.numbers import count, plural
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

from .data import StorageData

NAME = "storage-odd-rows"
PANEL = Panel(
    name=NAME,
    title="Rows set aside by jobs",
    explain=(
        "rows that rollups, exports or the archive failed of, such as one that was put in by SQL. "
        "They count for nothing and are in no file; each is stored with its reason in the table "
        "quarantined_rows as long as rollups. At most 200 are listed, the last first."
    ),
    css_class="panel-full",
)
MOST_ROWS = 12
HEADER = ("Table", "Reason", "End of its period", "Set aside")


def draw(storage_data: StorageData) -> PanelContent:
    """Those set aside last first."""
    rows = storage_data.current.odd_rows
    more = len(rows) - MOST_ROWS
    return PanelContent(
        unit="rows that count for nothing",
        body=plain_table.layout(
            HEADER, [_row(storage_data, each) for each in rows[:MOST_ROWS]], text_columns=2
        ),
        foot=[
            f"n = {plural(len(rows), 'row')}",
            f"{count(more)} more in the table view" if more > 0 else "",
        ],
        table=Table(
            [
                column("table", "Table", "text"), column("reason", "Reason", "text"),
                column("period_end", "End of its period", "text"),
                column("set_aside_at", "Set aside", "text"),
            ],
            [
                [each.table, each.reason, *_instants(each)] for each in rows
            ],
        ),
        is_empty=not rows,
        empty_text="Every row could be processed: none was set aside.",
    )  # fmt: skip


def _instants(each: SetAsideRow) -> tuple[str, str]:
    return each.period_end.isoformat(), each.set_aside_at.isoformat()


def _row(storage_data: StorageData, each: SetAsideRow) -> list[object]:
    now, zone = storage_data.now, storage_data.zone
    return [
        each.table, each.reason, times.moment(each.period_end, now, zone),
        times.moment(each.set_aside_at, now, zone),
    ]  # fmt: skip
