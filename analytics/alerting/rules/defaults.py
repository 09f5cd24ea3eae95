"""The rules of a new installation. Users may change or remove them."""

from analytics.anomalies.detection.severity import HIGH
from models.metrics.dimensions import PROBE_APP

from .rule import ANOMALIES, DAY_SECONDS, Rule, Source

SILENT_SERVER = "Server silent"


def _high_anomaly(name: str, source: Source) -> Rule:
    return Rule(
        name=name,
        source=source,
        metric=ANOMALIES,
        aggregation="anomaly",
        fire=HIGH,
        for_seconds=0,
        keep_firing_seconds=0,
        inhibited_by=(SILENT_SERVER,),
        runbook="Open the incident: it says which slice made the change, and what else moved. Say "
        "there whether it was real: what was expected is left out of what is usual.",
    )


DEFAULT_RULES = (
    Rule(
        name="Round trip p95 over 200 ms",
        source="client",
        metric="latency_ms",
        aggregation="p95",
        window_seconds=300,
        fire=200,
        clear=180,
        for_seconds=300,
        minimum_n=10,
        runbook="Look for a deployment or a slow region on the client page. Then increase server "
        "resources, check the network between, and make message processing cheaper.",
    ),
    Rule(
        name="Message error rate over 5 %",
        source="client",
        metric="error_rate",
        aggregation="ratio",
        window_seconds=300,
        fire=0.05,
        clear=0.04,
        for_seconds=300,
        minimum_n=10,
        runbook="Check the validation of messages, JavaScript errors of the page, and the "
        "authentication of sockets.",
    ),
    Rule(
        name="Many reconnection attempts",
        source="client",
        metric="reconnect_attempts",
        aggregation="rate",
        window_seconds=600,
        fire=3,
        clear=2,
        for_seconds=300,
        minimum_n=10,
        runbook="Look whether one region or network is behind it. Then check server memory and the "
        "timeouts of proxies and load balancers.",
    ),
    Rule(
        name="Connect success by country under 95 %",
        source="client",
        metric="connect_success",
        aggregation="ratio",
        window_seconds=900,
        split_by="country",
        fire=0.95,
        direction="below",
        for_seconds=300,
        minimum_n=10,
        inhibited_by=(SILENT_SERVER,),
        runbook="Compare with other countries: one alone speaks for its network or for a CDN. "
        "Check proxies, certificates and load balancers.",
    ),
    Rule(
        name="No reports for 10 minutes",
        source="client",
        metric="reports",
        aggregation="count",
        window_seconds=540,  # and a minute of `for`
        fire=1,
        direction="below",
        for_seconds=60,
        keep_firing_seconds=0,
        severity="critical",
        repeat_seconds=DAY_SECONDS,
        inhibited_by=(SILENT_SERVER,),
        runbook="Is anybody there at this hour? Then check that pages load the monitor, that its "
        "reports reach this server, and the origins that may send them.",
    ),
    Rule(
        name=SILENT_SERVER,
        source="server",
        metric="samples",
        aggregation="count",
        window_seconds=120,
        split_by="service",
        fire=1,
        direction="below",
        for_seconds=60,
        keep_firing_seconds=0,
        severity="critical",
        runbook="Its workers send nothing any more: look whether they run, and at their log. A "
        "service that was taken out of use on purpose is silenced.",
    ),
    Rule(
        name="Probe does not get through",
        source="client",
        metric="failed",
        aggregation="count",
        window_seconds=180,
        filters={"app": PROBE_APP},
        split_by="page",
        fire=1,  # two of three: one lost packet is none
        clear=0,
        for_seconds=0,
        keep_firing_seconds=60,
        severity="critical",
        runbook="Run the connection test of this target in the tab Testing: it says which step "
        "fails, from the look-up of the name to the reply, and why.",
    ),
    Rule(
        name="Certificate ends within 14 days",
        source="client",
        metric="certificate_days",
        aggregation="mean",
        window_seconds=3600,
        filters={"app": PROBE_APP},
        split_by="page",
        fire=14,
        direction="below",
        for_seconds=300,
        repeat_seconds=DAY_SECONDS,
        runbook="Renew the certificate of this address, and look why it was not renewed by itself.",
    ),
    _high_anomaly("High anomaly of browsers", "client"),
    _high_anomaly("High anomaly of servers", "server"),
)
