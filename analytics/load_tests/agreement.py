"""Whether the server counted what the generator did. Pure."""

from collections.abc import Iterator

from analytics.formatting.numbers import count

from .report import Plan, RunConnections, RunMessages, ServerSide
from .verdict import TIMED_OUT

UNBOUNDED = 1 << 62


def differences(
    plan: Plan, server: ServerSide, connections: RunConnections, messages: RunMessages
) -> Iterator[str]:
    """A sentence for each figure in which the two ends differ; none where they agree.

    Only the server counts what was on its way to a connection that the run cut, or that does not
    read, and connections that it opened after the generator had given them up.
    """
    late = connections.failed.get(TIMED_OUT, 0)
    unread = UNBOUNDED if plan.scenario == "slow-readers" else messages.cut
    pairs = (
        ("connections opened", connections.connected, server.opened, late),
        ("connections ended", connections.connected, sum(server.closed.values()), late),
        ("messages from clients", messages.sent, server.received, 0),
        ("messages to clients", messages.received + messages.garbled, server.sent, unread),
    )
    for name, ours, theirs, more in pairs:
        if not ours <= theirs <= ours + more:
            yield f"{name}: {count(ours)} by the generator, {count(theirs)} by the server"
    if server.active:
        yield f"connections still open for the server after the end: {count(server.active)}"
