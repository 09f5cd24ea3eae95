"""The table of servers that an agent measures, with what each does not tell."""

from dash import html
from dash.development.base_component import Component

from analytics.reports.servers import not_counted
from dashboard.core.numbers import DASH, plural
from dashboard.server.data import ServerData
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

PANEL = Panel(
    name="servers",
    title="Measured servers",
    explain=(
        "The server software of each service that an agent measured in this range. What a server "
        "does not tell its application is not counted there: it is missing, not zero."
    ),
    css_class="panel-full panel-natural",
)
HEADER = ("Service", "App", "Server", "Release", "Not counted there")


def draw(server_data: ServerData) -> PanelContent:
    """The content of the panel."""
    agents = server_data.current.agents
    rows = [
        [
            agent.service,
            agent.app,
            _server(agent.server, f"agent {agent.version}, {agent.face}"),
            agent.release or DASH,
            not_counted.list_of(agent) or "nothing",
        ]
        for agent in agents
    ]
    return PanelContent(
        unit="by service and app",
        body=html.Div(
            plain_table.layout(HEADER, rows, text_columns=len(HEADER)), className="table-servers"
        ),
        foot=[f"n = {plural(len(agents), 'server')}", "since the start of the range"],
        table=Table(
            [
                *(column(name.lower(), name, "text") for name in HEADER[:4]),
                column("agent", "Agent", "text"),
                column("not_counted", "Not counted", "text"),
            ],
            [
                [a.service, a.app, a.server, a.release, a.version, ", ".join(a.not_counted)]
                for a in agents
            ],
        ),
        is_empty=not agents,
        empty_text="No agent reported in this range; our own workers need none.",
    )


def _server(name: str, agent: str) -> Component:
    return html.Span(name, title=agent)
