"""The chart of the disk size of each day, by table."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.operations.storage_answers import Storage
from analytics.ranges.timerange import TimeRange
from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Bar
from dashboard.charts.time_axis import TimeAxis
from dashboard.core.numbers import plural, size_text, size_unit
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

from .data import StorageData

TABLES = (
    ("client_reports", "client reports", "--measured"),
    ("server_samples", "server samples", "--p50"),
)
PANEL = Panel(
    name="storage-days",
    title="Size by day",
    explain=(
        "disk size of each UTC day with its indexes, whatever the range of the page. A day is "
        "dropped as a whole WEBSOCKET_METRICS_RETENTION_DAYS after it began; one restored from the "
        "archive stays until it is released. Row counts are PostgreSQL's estimate."
    ),
    css_class="panel-two-thirds",
    has_chart=True,
    legend=tuple(LegendEntry(name=label, color=color, kind="block") for _, label, color in TABLES),
)
DAY = timedelta(days=1)
FEWEST_DAYS = 7


def by_day(storage: Storage) -> dict[date, int]:
    """Bytes of each day, all tables together, in order."""
    sizes: dict[date, int] = {}
    for day in storage.days:
        sizes[day.day] = sizes.get(day.day, 0) + day.size_bytes
    return sizes


def draw(storage_data: StorageData) -> PanelContent:
    """The content of the panel."""
    storage = storage_data.current
    days = list(by_day(storage))
    sizes = {(day.table, day.day): day.size_bytes for day in storage.days}
    unit, divisor = size_unit(max(by_day(storage).values(), default=0))
    bars = [
        Bar(
            name=label,
            values=[sizes.get((table, day), 0) / divisor for day in days],
            color=color,
        )
        for table, label, color in TABLES
    ]
    times = [time_axis.chart_time(_midnight(day)) for day in days]
    window = _window(days, storage_data.now)
    total = sum(sizes.values())
    return PanelContent(
        unit=f"{unit}, by UTC day",
        body=figures.bars(
            times, bars, axis=TimeAxis.over(window, storage_data.now, ZoneInfo("UTC")),
            step_seconds=int(DAY.total_seconds()),
        ),
        label=f"Size by day: {plural(len(days), 'day')}, {size_text(total)} together.",
        foot=[f"n = {plural(len(days), 'day')}", _retention_note(storage)],
        table=_table(storage, times, days),
        is_empty=not days,
        empty_text="No rows yet. The first report creates a day.",
    )  # fmt: skip


def _table(storage: Storage, times: list[str], days: list[date]) -> Table:
    sizes = {(day.table, day.day): day for day in storage.days}
    head = [column("day", "Day (UTC)", "time")]
    for table, label, color in TABLES:
        head.append(column(f"{table}_bytes", label, "bytes", color, "block"))
        head.append(column(f"{table}_rows", f"{label}, rows", "count"))
    rows: list[list[object]] = []
    for time, day in zip(times, days, strict=True):
        row: list[object] = [time]
        for table, _, _ in TABLES:
            day_size = sizes.get((table, day))
            row += [day_size.size_bytes, day_size.rows] if day_size else [0, 0]
        rows.append(row)
    return Table(head, rows)


def _retention_note(storage: Storage) -> str:
    exceptions = [day for day in storage.days if day.state != "stored"]
    if exceptions:
        states = sorted({f"{day.day} {day.state}" for day in exceptions})
        return ", ".join(states[:3])
    return f"retention {plural(storage.retention.raw_days, 'day')}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _window(days: list[date], now: datetime) -> TimeRange:
    """All days including today, at least a week, so that a single bar does not fill the chart."""
    end = _midnight(max([*days, now.astimezone(UTC).date()])) + DAY
    first = _midnight(min(days)) if days else end
    return TimeRange(min(first, end - FEWEST_DAYS * DAY), end)
