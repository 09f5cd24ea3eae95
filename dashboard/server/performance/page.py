"""Performance: its panels and data source."""

from dashboard.core import addresses
from dashboard.page.board import Board
from dashboard.server.data import tab

from . import broadcast, data, latency, processes, spread, where
from .data import PerformanceData

PAGE: Board[PerformanceData] = Board(
    name="server-performance",
    title="Performance",
    address=addresses.SERVER_PERFORMANCE,
    tab=tab("Performance", "24h"),
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
    read=data.read,
    sentence=lambda _: [],
    cards=lambda _: [],
    status=data.status,
    empty_state=data.empty_state_of,
)
