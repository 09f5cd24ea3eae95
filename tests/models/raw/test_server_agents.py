"""Which server an agent measures, kept once for its service and app."""

from datetime import UTC, datetime, timedelta

from models.database.engine import Database
from models.raw import server_agents
from models.raw.server_agents import ServerAgent

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def agent(
    server: str = "uvicorn 0.54.0", app: str = "a", latest_at: datetime = NOON
) -> ServerAgent:
    return ServerAgent(
        service="chat", app=app, server=server, face="asgi", version="1.0.0", release="2.4.1",
        not_counted=("latency", "stale"), latest_at=latest_at,
    )  # fmt: skip


def test_agents_are_stored_read_and_forgotten(database: Database) -> None:
    later = NOON + timedelta(hours=1)
    old, other = agent("uvicorn 0.53.0"), agent(app="b", latest_at=later)
    with database.transaction() as connection:
        server_agents.record(connection, [agent(), old, other, agent()])
        server_agents.record(connection, [agent(latest_at=later), agent(latest_at=NOON)])
    with database.transaction() as connection:
        every = server_agents.since(connection, NOON, None, "chat")
        recent = server_agents.since(connection, later, None, None)
        of_app = server_agents.since(connection, NOON, "b", None)
        none = server_agents.since(connection, NOON, None, "other")
    assert every == [old, agent(latest_at=later), other]
    assert recent == [agent(latest_at=later), other]
    assert (of_app, none) == ([other], [])
    server_agents.forget(database, later)
    with database.transaction() as connection:
        assert server_agents.since(connection, NOON, None, None) == recent
