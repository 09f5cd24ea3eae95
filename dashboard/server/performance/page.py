"""Performance: which panels, and how they are read."""

from analytics.reports.performance_reports import PerformanceReports
from dashboard.page.page import Board
from dashboard.shell import addresses

from . import broadcast, data, latency, processes, spread, where
from .data import Reading


def board(fast: PerformanceReports) -> Board[Reading]:
    """The page over this reader."""
    return Board(
        name="server-performance",
        title="Performance",
        address=addresses.SERVER_PERFORMANCE,
        labels=(),
        panels=(
            (latency.PANEL, latency.draw),
            (spread.PANEL, spread.draw),
            (processes.LAG.panel, processes.drawer(processes.LAG)),
            (broadcast.PANEL, broadcast.draw),
            (where.PANEL, where.draw),
            (processes.CPU.panel, processes.drawer(processes.CPU)),
            (processes.MEMORY.panel, processes.drawer(processes.MEMORY)),
            (processes.DESCRIPTORS.panel, processes.drawer(processes.DESCRIPTORS)),
        ),
        read=lambda reports, asked, now, zone: data.read(reports, fast, asked, now, zone),
        sentence=lambda _: [],
        cards=lambda _: [],
        status=data.status,
        vacancy=data.vacancy,
    )
