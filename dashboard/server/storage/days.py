"""The chart of how much each day takes, table by table."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.operations.storage_answers import Storage
from analytics.ranges.timerange import TimeRange
from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Bar
from dashboard.core.numbers import plural, size_text, size_unit
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Key, Panel

from .data import Reading

TABLES = (
    ("client_reports", "client reports", "--measured"),
    ("server_samples", "server samples", "--p50"),
)
PANEL = Panel(
    name="storage-days",
    title="Size by day",
    explain=(
        "what each day takes on disk with its indexes, by UTC day, whatever range the page shows. "
        "A day is dropped whole WEBSOCKET_METRICS_RETENTION_DAYS after it began; one brought back "
        "from the archive stays until it is released. Rows are PostgreSQL's estimate."
    ),
    look="panel-two-thirds",
    has_chart=True,
    legend=tuple(Key(name=words, color=color, kind="block") for _, words, color in TABLES),
)
DAY = timedelta(days=1)
FEWEST_DAYS = 7


def by_day(storage: Storage) -> dict[date, int]:
    """Bytes of each day, all tables together, in order."""
    found: dict[date, int] = {}
    for day in storage.days:
        found[day.day] = found.get(day.day, 0) + day.size_bytes
    return found


def draw(shown: Reading) -> Drawn:
    """The panel for one reading."""
    storage = shown.answer
    days = list(by_day(storage))
    sizes = {(day.table, day.day): day.size_bytes for day in storage.days}
    unit, divisor = size_unit(max(by_day(storage).values(), default=0))
    bars = [
        Bar(
            name=words,
            values=[sizes.get((table, day), 0) / divisor for day in days],
            color=color,
        )
        for table, words, color in TABLES
    ]
    times = [time_axis.plain(_midnight(day)) for day in days]
    window = _window(days, shown.now)
    total = sum(sizes.values())
    return Drawn(
        unit=f"{unit}, by UTC day",
        body=figures.bars(
            times, bars, ticks=time_axis.ticks(window, ZoneInfo("UTC")),
            limits=(time_axis.plain(window.start), time_axis.plain(window.end)),
            step_seconds=int(DAY.total_seconds()),
        ),
        label=f"Size by day: {plural(len(days), 'day')}, {size_text(total)} together.",
        foot=[f"n = {plural(len(days), 'day')}", _kept(storage)],
        table=_table(storage, times, days),
        is_empty=not days,
        empty_words="No day holds rows yet. The first report makes one.",
    )  # fmt: skip


def _table(storage: Storage, times: list[str], days: list[date]) -> Table:
    sizes = {(day.table, day.day): day for day in storage.days}
    head = [column("day", "Day (UTC)", "time")]
    for table, words, color in TABLES:
        head.append(column(f"{table}_bytes", words, "bytes", color, "block"))
        head.append(column(f"{table}_rows", f"{words}, rows", "count"))
    rows: list[list[object]] = []
    for time, day in zip(times, days, strict=True):
        row: list[object] = [time]
        for table, _, _ in TABLES:
            found = sizes.get((table, day))
            row += [found.size_bytes, found.rows] if found else [0, 0]
        rows.append(row)
    return Table(head, rows)


def _kept(storage: Storage) -> str:
    odd = [day for day in storage.days if day.state != "stored"]
    if odd:
        states = sorted({f"{day.day} {day.state}" for day in odd})
        return ", ".join(states[:3])
    return f"{plural(storage.retention.raw_days, 'day')} are kept"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _window(days: list[date], now: datetime) -> TimeRange:
    """All days, today's whole, and at least a week, so that a single bar is no wall."""
    end = _midnight(max([*days, now.astimezone(UTC).date()])) + DAY
    first = _midnight(min(days)) if days else end
    return TimeRange(min(first, end - FEWEST_DAYS * DAY), end)
