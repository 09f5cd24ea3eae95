"""The table of workers: who holds how many sockets, and how well each breathes."""

from datetime import timedelta

from dash import html
from dash.development.base_component import Component

from analytics.reports.server_answers import Worker
from dashboard.core.numbers import DASH, count, duration_text, figures, size_text
from dashboard.core.times import clock
from dashboard.server.data import Reading
from dashboard.widgets import plain_table
from dashboard.widgets.attributes import marked
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import OWN_SERVICE

PANEL = Panel(
    name="workers",
    title="Workers",
    explain=(
        "Processes with a fresh heartbeat: connections open, messages a second in the last "
        "interval, the p95 of how late the event loop wakes, and resident memory."
    ),
    look="panel-third",
)
LATE_MS = 50.0
AGED = timedelta(seconds=8)


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    workers = reading.answer.workers
    latest = max((worker.heartbeat for worker in workers), default=None)
    last = clock(latest, reading.now, reading.zone) if latest else DASH
    rows = [_row(reading, worker) for worker in workers]
    return Drawn(
        unit=f"last heartbeat {last}",
        body=plain_table.layout(("Worker", "Open", "Messages/s", "Loop lag", "Memory"), rows),
        foot=[f"n = {len(workers)}", "loop lag is the p95 of 5 s"],
        table=Table(
            [
                column("worker", "Worker", "text"),
                column("service", "Service", "text"),
                column("active", "Open", "count"),
                column("messages_per_second", "Messages/s", "number"),
                column("loop_lag_ms", "Loop lag p95", "ms"),
                column("memory_bytes", "Memory, bytes", "count"),
                column("descriptors", "Descriptors", "count"),
                column("outbox_bytes", "Waiting to be read, bytes", "count"),
            ],
            [
                [w.id, w.service, w.active, w.messages_per_second, w.loop_lag_ms,
                 w.memory_bytes, w.descriptors, w.outbox_bytes]
                for w in workers
            ],
        ),
        is_empty=not workers,
        empty_words="No worker has given a sign of life in the last seconds.",
    )  # fmt: skip


def _row(reading: Reading, worker: Worker) -> list[object]:
    is_late = worker.loop_lag_ms is not None and worker.loop_lag_ms >= LATE_MS
    lag = html.Span(duration_text(worker.loop_lag_ms), className="is-warn" if is_late else "")
    memory = DASH if worker.memory_bytes is None else size_text(worker.memory_bytes)
    return [
        _name(worker, is_well=not is_late and reading.answer.at - worker.heartbeat < AGED),
        count(worker.active),
        figures(worker.messages_per_second),
        lag,
        memory,
    ]


def _name(worker: Worker, *, is_well: bool) -> Component:
    parts = worker.id.split(":")
    name = f"{parts[0]} · {parts[1]}" if len(parts) > 1 else worker.id
    if worker.service != OWN_SERVICE:
        name = f"{worker.service} · {name}"
    look = "dot dot-good" if is_well else "dot dot-warn"
    described = marked({"aria-label": "well" if is_well else "late"})
    return html.Span([html.Span(className=look, role="img", **described), name], title=worker.id)
