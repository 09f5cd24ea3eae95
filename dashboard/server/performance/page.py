"""Performance: its panels and data source."""

from analytics.reports.performance_reports import PerformanceReports
from dashboard.page.page import Board
from dashboard.shell import addresses

from . import broadcast, data, latency, processes, spread, where
from .data import PerformanceData


def board(performance: PerformanceReports) -> Board[PerformanceData]:
    """The page that reads from `performance`."""
    return Board(
        name="server-performance",
        title="Performance",
        address=addresses.SERVER_PERFORMANCE,
        labels=(),
        panels=(
            (latency.PANEL, latency.draw),
            (spread.PANEL, spread.draw),
            (processes.LAG.panel, processes.renderer(processes.LAG)),
            (broadcast.PANEL, broadcast.draw),
            (where.PANEL, where.draw),
            (processes.CPU.panel, processes.renderer(processes.CPU)),
            (processes.MEMORY.panel, processes.renderer(processes.MEMORY)),
            (processes.DESCRIPTORS.panel, processes.renderer(processes.DESCRIPTORS)),
        ),
        read=lambda reports, view, now, zone: data.read(reports, performance, view, now, zone),
        sentence=lambda _: [],
        cards=lambda _: [],
        status=data.status,
        empty_state=data.empty_state_of,
    )
