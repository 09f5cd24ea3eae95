"""Three tables: sizes by table, jobs, retention settings."""

from dash import html
from dash.development.base_component import Component

from analytics.operations.storage_answers import JobState, Storage
from dashboard.core import times
from dashboard.core.numbers import DASH, count, duration_text, percent_text, plural, size_text
from dashboard.widgets import plain_table
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import tag

from .data import StorageData

SIZES = Panel(
    name="storage-tables",
    title="Size by table",
    explain="tables with their indexes, all days together. Row counts are PostgreSQL's estimate.",
    css_class="panel-third",
)
JOBS = Panel(
    name="storage-jobs",
    title="Jobs",
    explain=(
        "what the scheduler runs: the last run of each job, its outcome, and when the next is due. "
        "Of several schedulers one leads; without one nothing is due."
    ),
    css_class="panel-two-thirds",
)
RETENTION = Panel(
    name="storage-kept",
    title="Retention",
    explain=(
        "raw rows for WEBSOCKET_METRICS_RETENTION_DAYS, rollups for ROLLUP_RETENTION_DAYS. With "
        "ARCHIVE_DIR a day is written there as Parquet and verified before it is dropped; "
        "./scripts/archive restore DAY restores it."
    ),
    css_class="panel-third",
)
OUTCOMES = {"done": ("good", "done"), "failed": ("bad", "failed"), "running": ("warn", "running")}
MOST_TABLES = 7


def draw_sizes(storage_data: StorageData) -> PanelContent:
    """The largest tables first."""
    tables = storage_data.current.tables
    total = sum(table.size_bytes for table in tables) or 1
    rows = [
        [t.table, count(t.rows), size_text(t.size_bytes), percent_text(t.size_bytes / total)]
        for t in tables[:MOST_TABLES]
    ]
    return PanelContent(
        unit="with indexes",
        body=plain_table.layout(("Table", "Rows (estimate)", "Size", "Share"), rows),
        foot=[f"n = {plural(len(tables), 'table')}", "all tables in the table view"],
        table=Table(
            [
                column("table", "Table", "text"),
                column("rows", "Rows (estimate)", "count"),
                column("size_bytes", "Size", "bytes"),
            ],
            [[t.table, t.rows, t.size_bytes] for t in tables],
        ),
        is_empty=not tables,
    )


def draw_jobs(storage_data: StorageData) -> PanelContent:
    """The last run of each job, and its next."""
    jobs = storage_data.current.jobs
    failed = sum(job.outcome == "failed" for job in jobs)
    is_led = any(job.next_run for job in jobs)
    return PanelContent(
        unit="last run of each" if is_led else "no scheduler is running",
        body=plain_table.layout(
            ("Job", "Result", "Last run", "Duration", "Next run"),
            [_job(storage_data, job) for job in jobs],
            text_columns=2,
        ),
        foot=[f"n = {plural(len(jobs), 'job')}", f"{failed} failed" if failed else "none failed"],
        table=Table(
            [
                column("job", "Job", "text"),
                column("every_seconds", "Every, s", "count"),
                column("last_run", "Last run", "text"),
                column("duration_seconds", "Duration, s", "number"),
                column("outcome", "Outcome", "text"),
                column("detail", "Detail", "text"),
                column("next_run", "Next run", "text"),
            ],
            [
                [
                    job.job, job.every_seconds, _iso(job.last_run), job.duration_seconds,
                    job.outcome, job.detail, _iso(job.next_run),
                ]
                for job in jobs
            ],
        ),
        is_empty=not jobs,
    )  # fmt: skip


def draw_retention(storage_data: StorageData) -> PanelContent:
    """Settings of retention and archive."""
    settings = _settings(storage_data.current)
    fault = storage_data.current.archive.fault
    return PanelContent(
        unit="settings and archive",
        body=plain_table.layout(("", ""), [[name, value] for name, value in settings]),
        foot=[fault or "set in the environment or .env", ""],
        table=Table(
            [column("what", "What", "text"), column("value", "Value", "text")],
            [[name, value] for name, value in settings],
        ),
    )


def _settings(storage: Storage) -> list[tuple[str, str]]:
    archive, retention = storage.archive, storage.retention
    files = f"{plural(archive.files, 'file')}, {size_text(archive.size_bytes)}"
    span = f"{archive.first_day} to {archive.last_day}" if archive.first_day else DASH
    restored = ", ".join(map(str, archive.restored_days[:3])) or "none"
    return [
        ("Raw rows", plural(retention.raw_days, "day")),
        ("Rollups", plural(retention.rollup_days, "day")),
        ("Archive", files if archive.is_on else "off, ARCHIVE_DIR is not set"),
        *([("Archived days", span)] if archive.is_on else []),
        ("Restored days", restored),
        ("Disk", _disk(storage)),
    ]


def _disk(storage: Storage) -> str:
    disk = storage.disk
    if disk.free_bytes is None or disk.total_bytes is None:
        return "unknown: external database"
    return f"{size_text(disk.free_bytes)} of {size_text(disk.total_bytes)} free"


def _job(storage_data: StorageData, job: JobState) -> list[object]:
    took = None if job.duration_seconds is None else job.duration_seconds * 1000
    return [
        html.Span([_dot(job), job.job]),
        _last_result(job),
        times.moment(job.last_run, storage_data.now, storage_data.zone) if job.last_run else DASH,
        duration_text(took),
        _next(storage_data, job),
    ]


def _last_result(job: JobState) -> Component:
    variant, label = OUTCOMES.get(job.outcome or "", ("unknown", "never ran"))
    if job.outcome == "done":
        return html.Span(job.detail, title=job.detail or "")
    detail = job.detail or ""
    return html.Span([tag(label, variant), html.Span(f" {detail}")], title=detail)


def _next(storage_data: StorageData, job: JobState) -> str:
    if job.next_run is None:
        return DASH
    seconds = (job.next_run - storage_data.now).total_seconds()
    return "now" if seconds < 2 else times.clock(job.next_run, storage_data.now, storage_data.zone)


def _dot(job: JobState) -> Component:
    variant = {"done": "good", "running": "good", "failed": "bad"}.get(job.outcome or "", "none")
    aria = html_attributes({"aria-label": job.outcome or "never ran"})
    return html.Span(className=f"dot dot-{variant}", role="img", **aria)


def _iso(at: object) -> str | None:
    return None if at is None else str(at).replace(" ", "T").replace("+00:00", "Z")
