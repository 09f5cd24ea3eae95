"""Troubleshooting advice by kind of problem, as in the documentation, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """What to check for one kind of problem, the most likely cause first."""

    problem: str
    steps: tuple[str, ...]


LATENCY = Advice(
    "slow messages",
    (
        "Give the server more resources: a busy processor or a full event loop delays every reply.",
        "Look for a bottleneck in the network between the people affected and the server.",
        "Make the processing of messages cheaper: see which type of message takes longest.",
    ),
)
DROPS = Advice(
    "lost connections",
    (
        "See whether the network of the people affected is stable: one country or one provider?",
        "Check the server's memory: a worker that runs out of it takes its sockets with it.",
        "Check the proxy or load balancer: idle time-outs, limits, a restart.",
    ),
)
ERRORS = Advice(
    "failed messages",
    (
        "Check the rules by which messages are validated, above all after a release.",
        "Look for JavaScript errors on the pages that send them.",
        "Check that signing in works: expired tokens look like failed messages.",
    ),
)
SILENCE = Advice(
    "missing data",
    (
        "See whether the server runs and answers: /api/ws/health says what is wrong.",
        "See whether pages still load the monitor, and whether a content policy blocks it.",
        "Check the ingest key and the allowed origins if they were changed.",
    ),
)
GEOGRAPHY = Advice(
    "a bad region",
    (
        "Look for trouble in the network of the region: its providers, and the routes to it.",
        "Check the CDN: whether it serves the region from near it, and lets WebSockets through.",
        "Place an edge server in or near the region, so that messages travel less far.",
    ),
)
CERTIFICATE = Advice(
    "an ending certificate",
    (
        "Renew the certificate of the address, and have the proxy load it: a renewed file alone "
        "changes nothing.",
        "See why the renewal by itself did not run: its last log says so.",
    ),
)
# The first part that occurs in the metric's key decides.
BY_KEY_PART = (
    ("certificate", CERTIFICATE),
    ("silent_ms", DROPS),
    ("silen", SILENCE),
    ("report", SILENCE),
    ("heartbeat", SILENCE),
    ("error", ERRORS),
    ("rejected", ERRORS),
    ("connect", DROPS),
    ("stability", DROPS),
    ("drop", DROPS),
    ("lost", DROPS),
    ("ended_by_server", DROPS),
    ("never_back", DROPS),
    ("close", DROPS),
    ("failed", DROPS),
    ("downtime", DROPS),
    ("recovery", DROPS),
    ("latency", LATENCY),
    ("_ms", LATENCY),
    ("lag", LATENCY),
)


def advice_for(metric: str, kind: str) -> Advice | None:
    """The advice for a metric's key and a notice's kind, if any."""
    if kind == "no_data":
        return SILENCE
    if kind in ("resolved", "test", "error"):
        return None
    return next((advice for part, advice in BY_KEY_PART if part in metric), None)
