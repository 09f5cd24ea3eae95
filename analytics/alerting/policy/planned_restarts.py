"""Whether a planned restart explains what a rule measures: every connection ends, and comes back.

It does while the window of the rule holds it. What goes on afterwards is told then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.alerting.rules.labels import Labels
from analytics.alerting.rules.rule import Rule, Source
from models.metrics.dimensions import PROBE_APP

SETTLED = timedelta(minutes=3)  # until all are connected again, and have reported it
EXPLAINED = "explained by a planned restart"
# What a restart moves without any fault; not the share of errors, nor what never comes back.
MOVED: dict[Source, frozenset[str]] = {
    "client": frozenset(
        (
            "attempts", "opened", "failed", "connect_success", "drops", "lost", "ended_by_server",
            "stability", "reconnect_attempts", "reconnect_successes", "reconnect_success",
            "recovery_ms", "downtime_ms", "close_codes", "abnormal_closes",
        )
    ),
    "server": frozenset(("opened", "closed", "rejected")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedRestart:
    """A deployment, or a stop in order; without an `app` of the servers of all."""

    at: datetime
    app: str | None = None


def explain(restarts: Sequence[PlannedRestart], rule: Rule, labels: Labels, now: datetime) -> bool:
    """Whether one of them explains what the rule measures of this label set now."""
    app = labels.get("app", rule.filters.get("app"))
    if rule.is_of_anomalies or rule.metric not in MOVED[rule.source] or app == PROBE_APP:
        return False
    longest = timedelta(seconds=rule.window_seconds) + SETTLED
    return any(
        timedelta() <= now - restart.at <= longest and (not app or restart.app in (None, app))
        for restart in restarts
    )
