"""Three tables: sizes by table, the jobs, and how long what is kept."""

from dash import html
from dash.development.base_component import Component

from analytics.operations.storage_answers import JobState, Storage
from dashboard.core import times
from dashboard.core.numbers import DASH, count, duration_text, percent_text, plural, size_text
from dashboard.widgets import plain_table
from dashboard.widgets.attributes import marked
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import tag

from .data import Reading

SIZES = Panel(
    name="storage-tables",
    title="Size by table",
    explain="tables with their indexes, all days together. Rows are PostgreSQL's estimate.",
    look="panel-third",
)
JOBS = Panel(
    name="storage-jobs",
    title="Jobs",
    explain=(
        "what the scheduler runs: the newest run of each job, how it ended and when the next is "
        "due. Of several schedulers one leads; without one nothing is due."
    ),
    look="panel-two-thirds",
)
KEPT = Panel(
    name="storage-kept",
    title="What is kept",
    explain=(
        "raw rows for WEBSOCKET_METRICS_RETENTION_DAYS, what is rolled up for "
        "ROLLUP_RETENTION_DAYS. With ARCHIVE_DIR a day is written there as Parquet and verified "
        "before it is dropped; ./scripts/archive restore DAY brings it back."
    ),
    look="panel-third",
)
OUTCOMES = {"done": ("good", "done"), "failed": ("bad", "failed"), "running": ("warn", "running")}
MOST_TABLES = 7


def draw_sizes(shown: Reading) -> Drawn:
    """The largest tables first."""
    tables = shown.answer.tables
    total = sum(table.size_bytes for table in tables) or 1
    rows = [
        [t.table, count(t.rows), size_text(t.size_bytes), percent_text(t.size_bytes / total)]
        for t in tables[:MOST_TABLES]
    ]
    return Drawn(
        unit="with indexes",
        body=plain_table.layout(("Table", "Rows, about", "Size", "Share"), rows),
        foot=[f"n = {plural(len(tables), 'table')}", "all of them in the table view"],
        table=Table(
            [
                column("table", "Table", "text"),
                column("rows", "Rows, about", "count"),
                column("size_bytes", "Size", "bytes"),
            ],
            [[t.table, t.rows, t.size_bytes] for t in tables],
        ),
        is_empty=not tables,
    )


def draw_jobs(shown: Reading) -> Drawn:
    """What ran last, and what is next."""
    jobs = shown.answer.jobs
    failed = sum(job.outcome == "failed" for job in jobs)
    is_led = any(job.next_run for job in jobs)
    return Drawn(
        unit="newest run of each" if is_led else "no scheduler is at work",
        body=plain_table.layout(
            ("Job", "What it did", "Last run", "Took", "Next run"),
            [_job(shown, job) for job in jobs],
            texts=2,
        ),
        foot=[f"n = {plural(len(jobs), 'job')}", f"{failed} failed" if failed else "none failed"],
        table=Table(
            [
                column("job", "Job", "text"),
                column("every_seconds", "Every, s", "count"),
                column("last_run", "Last run", "text"),
                column("duration_seconds", "Took, s", "number"),
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


def draw_kept(shown: Reading) -> Drawn:
    """Settings of the retention, and the archive."""
    facts = _facts(shown.answer)
    fault = shown.answer.archive.fault
    return Drawn(
        unit="retention and archive",
        body=plain_table.layout(("", ""), [[name, value] for name, value in facts]),
        foot=[fault or "set in the environment or .env", ""],
        table=Table(
            [column("what", "What", "text"), column("value", "Value", "text")],
            [[name, value] for name, value in facts],
        ),
    )


def _facts(storage: Storage) -> list[tuple[str, str]]:
    archive, kept = storage.archive, storage.retention
    files = f"{plural(archive.files, 'file')}, {size_text(archive.size_bytes)}"
    span = f"{archive.first_day} to {archive.last_day}" if archive.first_day else DASH
    restored = ", ".join(map(str, archive.restored_days[:3])) or "none"
    return [
        ("Raw rows", plural(kept.raw_days, "day")),
        ("Rolled-up history", plural(kept.rollup_days, "day")),
        ("Archive", files if archive.is_on else "off, ARCHIVE_DIR is not set"),
        *([("Days in it", span)] if archive.is_on else []),
        ("Days brought back", restored),
        ("Disk", _disk(storage)),
    ]


def _disk(storage: Storage) -> str:
    disk = storage.disk
    if disk.free_bytes is None or disk.total_bytes is None:
        return "not known: the database is elsewhere"
    return f"{size_text(disk.free_bytes)} of {size_text(disk.total_bytes)} free"


def _job(shown: Reading, job: JobState) -> list[object]:
    took = None if job.duration_seconds is None else job.duration_seconds * 1000
    return [
        html.Span([_dot(job), job.job]),
        _did(job),
        times.moment(job.last_run, shown.now, shown.zone) if job.last_run else DASH,
        duration_text(took),
        _next(shown, job),
    ]


def _did(job: JobState) -> Component:
    verdict, words = OUTCOMES.get(job.outcome or "", ("unknown", "never ran"))
    if job.outcome == "done":
        return html.Span(job.detail, title=job.detail or "")
    detail = job.detail or ""
    return html.Span([tag(words, verdict), html.Span(f" {detail}")], title=detail)


def _next(shown: Reading, job: JobState) -> str:
    if job.next_run is None:
        return DASH
    seconds = (job.next_run - shown.now).total_seconds()
    return "now" if seconds < 2 else times.clock(job.next_run, shown.now, shown.zone)


def _dot(job: JobState) -> Component:
    look = {"done": "good", "running": "good", "failed": "bad"}.get(job.outcome or "", "none")
    words = marked({"aria-label": job.outcome or "never ran"})
    return html.Span(className=f"dot dot-{look}", role="img", **words)


def _iso(at: object) -> str | None:
    return None if at is None else str(at).replace(" ", "T").replace("+00:00", "Z")
