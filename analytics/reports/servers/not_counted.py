"""What was not counted where: figures that a server software hides from its agent."""

from collections.abc import Iterable, Sequence

from models.raw.server_agents import ServerAgent

# Metric of an agent -> (field of the answer, in words).
FIELDS = {
    "closed": ("connections.closed", "every close code"),
    "closed_by": ("connections.closed_by", "who closed first"),
    "stale": ("connections.stale", "unanswered pings"),
    "users": ("connections.unique_users", "users"),
    "rooms": ("rooms", "rooms"),
    "by_type": ("messages.by_type", "types of messages"),
    "latency": ("performance.message_latency_ms", "ping round trips"),
    "broadcast": ("performance.broadcast_ms", "broadcast times"),
    "processing": ("performance.processing_ms", "processing times"),
    "loop_lag": ("performance.loop_lag_ms", "event-loop lag"),
    "outbox_bytes": ("performance.outbox_bytes", "queued bytes"),
}


def reasons(agents: Iterable[ServerAgent]) -> dict[str, str]:
    """{field of the answer: which servers do not count it, as a sentence}."""
    servers: dict[str, dict[str, None]] = {}
    for agent in agents:
        for key in agent.not_counted:
            servers.setdefault(key, {})[f"{agent.server} ({agent.service})"] = None
    return {
        field: f"{', '.join(servers[key])}: {text} not counted there."
        for key, (field, text) in FIELDS.items()
        if key in servers
    }


def nowhere(sources: Iterable[tuple[str, str]], agents: Sequence[ServerAgent]) -> frozenset[str]:
    """The metrics that no source, a (service, app) of the range, counts."""
    hidden: dict[tuple[str, str], frozenset[str]] = {}
    for agent in agents:
        source, metrics = (agent.service, agent.app), frozenset(agent.not_counted)
        hidden[source] = hidden.get(source, metrics) & metrics
    each = [hidden.get(source, frozenset()) for source in sources]
    return frozenset.intersection(*each) if each else frozenset()


def list_of(agent: ServerAgent) -> str:
    """What the agent's server hides, as a list in words; empty where it hides nothing."""
    return ", ".join(text for key, (_, text) in FIELDS.items() if key in agent.not_counted)
