"""Testing: stored load tests, compared, beside what the server counted meanwhile."""

from dashboard.core import addresses
from dashboard.page.board import Board

from . import connection_tests, data, differences, round_trips, runs, server_panels
from .data import RunsData
from .empty_state import empty_state_of
from .url_state import RunsTab

PAGE: Board[RunsData] = Board(
    name="server-testing",
    title="Testing",
    address=addresses.SERVER_TESTING,
    tab=RunsTab(label="Testing", section="Server", default_range="30d", is_compared=False),
    labels=(),
    panels=(
        (runs.PANEL, runs.draw),
        (round_trips.PANEL, round_trips.draw),
        (server_panels.CONNECTIONS, server_panels.draw_connections),
        (server_panels.LOOP_LAG, server_panels.draw_loop_lag),
        (differences.PANEL, differences.draw),
    ),
    read=data.read,
    sentence=differences.sentence,
    cards=lambda _: [],
    status=data.status,
    empty_state=empty_state_of,
    above=connection_tests.layout,
)
