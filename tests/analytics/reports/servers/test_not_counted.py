"""What servers hide is named; what none counts is no figure."""

from datetime import UTC, datetime

from analytics.reports.servers import not_counted
from models.raw.server_agents import ServerAgent

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def agent(service: str, server: str, *hidden: str) -> ServerAgent:
    return ServerAgent(
        service=service, app="default", server=server, face="asgi", version="1.0.0",
        not_counted=hidden, latest_at=NOON,
    )  # fmt: skip


HYPERCORN = agent("chat", "hypercorn 0.18.0", "closed_by", "stale", "unheard_of")
UVICORN = agent("feed", "uvicorn 0.54.0", "stale")


def test_a_reason_names_the_servers() -> None:
    reasons = not_counted.reasons([HYPERCORN, UVICORN])
    assert reasons == {
        "connections.closed_by": "hypercorn 0.18.0 (chat): who closed first not counted there.",
        "connections.stale": (
            "hypercorn 0.18.0 (chat), uvicorn 0.54.0 (feed): unanswered pings not counted there."
        ),
    }


def test_a_figure_is_missing_only_where_no_source_counts_it() -> None:
    both = [("chat", "default"), ("feed", "default")]
    assert not_counted.nowhere(both, [HYPERCORN, UVICORN]) == {"stale"}
    assert not_counted.nowhere([*both, ("ours", "default")], [HYPERCORN, UVICORN]) == frozenset()
    assert not_counted.nowhere([("chat", "default")], [HYPERCORN, UVICORN]) >= {"closed_by"}
    assert not_counted.nowhere([], [HYPERCORN]) == frozenset()


def test_two_servers_of_a_source_hide_what_both_hide() -> None:
    moved = [HYPERCORN, agent("chat", "uvicorn 0.54.0", "stale")]
    assert not_counted.nowhere([("chat", "default")], moved) == {"stale"}


def test_the_list_for_people() -> None:
    assert not_counted.list_of(HYPERCORN) == "who closed first, unanswered pings"
    assert not_counted.list_of(agent("chat", "x")) == ""
