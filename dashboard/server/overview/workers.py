"""The table of workers: connections, message rate, event-loop lag, memory."""

from datetime import timedelta

from dash import html
from dash.development.base_component import Component

from analytics.reports.servers.workers import Worker
from dashboard.core.numbers import DASH, count, duration_text, figures, size_text
from dashboard.core.times import clock
from dashboard.server.data import ServerData
from dashboard.widgets import plain_table
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import OWN_SERVICE, SERVER_METRICS

PANEL = Panel(
    name="workers",
    title="Workers",
    explain=(
        "Processes with a fresh heartbeat: open connections, messages per second in the last "
        "interval, p95 of the event-loop lag, and resident memory."
    ),
    css_class="panel-third",
)
LOOP_LAG = SERVER_METRICS["loop_lag"].label
LATE_MS = 50.0
STALE_AFTER = timedelta(seconds=8)


def draw(server_data: ServerData) -> PanelContent:
    """The content of the panel."""
    workers = server_data.current.workers
    latest = max((worker.heartbeat for worker in workers), default=None)
    last = clock(latest, server_data.now, server_data.zone) if latest else DASH
    rows = [_row(server_data, worker) for worker in workers]
    return PanelContent(
        unit=f"last heartbeat {last}",
        body=plain_table.layout(("Worker", "Open", "Messages/s", LOOP_LAG, "Memory"), rows),
        foot=[f"n = {len(workers)}", f"{LOOP_LAG.lower()} is the p95 of 5 s"],
        table=Table(
            [
                column("worker", "Worker", "text"),
                column("service", "Service", "text"),
                column("active", "Open", "count"),
                column("messages_per_second", "Messages/s", "number"),
                column("loop_lag_ms", f"{LOOP_LAG} p95", "ms"),
                column("memory_bytes", "Memory, bytes", "count"),
                column("descriptors", "Open files", "count"),
                column("outbox_bytes", "Queued bytes", "count"),
            ],
            [
                [w.id, w.service, w.active, w.messages_per_second, w.loop_lag_ms,
                 w.memory_bytes, w.descriptors, w.outbox_bytes]
                for w in workers
            ],
        ),
        is_empty=not workers,
        empty_text="No worker has sent a heartbeat in the last seconds.",
    )  # fmt: skip


def _row(server_data: ServerData, worker: Worker) -> list[object]:
    is_late = worker.loop_lag_ms is not None and worker.loop_lag_ms >= LATE_MS
    lag = html.Span(duration_text(worker.loop_lag_ms), className="is-warn" if is_late else "")
    memory = DASH if worker.memory_bytes is None else size_text(worker.memory_bytes)
    return [
        _name(
            worker,
            is_healthy=not is_late and server_data.current.at - worker.heartbeat < STALE_AFTER,
        ),
        count(worker.active),
        figures(worker.messages_per_second),
        lag,
        memory,
    ]


def _name(worker: Worker, *, is_healthy: bool) -> Component:
    parts = worker.id.split(":")
    name = f"{parts[0]} · {parts[1]}" if len(parts) > 1 else worker.id
    if worker.service != OWN_SERVICE:
        name = f"{worker.service} · {name}"
    css_class = "dot dot-good" if is_healthy else "dot dot-warn"
    aria = html_attributes({"aria-label": "healthy" if is_healthy else "late"})
    return html.Span([html.Span(className=css_class, role="img", **aria), name], title=worker.id)
