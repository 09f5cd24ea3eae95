"""What a report brings: the largest of its weighted counts, of three quantities."""

from typing import NamedTuple

from models.raw.client_reports import ClientReport

MESSAGES = (
    *("sent", "received", "queued", "errors", "bytes_sent", "bytes_received"),
    *("ux_errors", "interactions"),
)
CONNECTIONS = (
    *("attempts", "opened", "failed", "abandoned", "lost", "ended_by_server"),
    *("replaced", "never_back", "reconnect_attempts", "reconnect_successes"),
)
HISTOGRAMS = ("latency", "reply", "setup")
BYTES_A_MESSAGE = 65_536  # more than that in a message on average counts as more messages


class Amounts(NamedTuple):
    """`durations` of the fullest histogram, `messages`, and `connections` (of attempts, ends,
    recoveries, page loads and close codes the most), each weighted by 1/sample_rate."""

    durations: float
    messages: float
    connections: float


def amounts_of(report: ClientReport) -> Amounts:
    """The amounts of a report."""
    durations = max(sum(report.latency_counts), sum(report.reply_counts), sum(report.setup_counts))
    messages = max(
        report.sent, report.received, report.queued, report.errors, report.ux_errors,
        report.interactions, report.bytes_sent // BYTES_A_MESSAGE,
        report.bytes_received // BYTES_A_MESSAGE,
    )  # fmt: skip
    connections = max(
        report.attempts, report.opened, report.failed, report.drops, report.reconnect_attempts,
        report.reconnect_successes, report.abnormal_closes, report.abandoned or 0,
        report.replaced or 0, report.never_back or 0, len(report.recovery_ms),
        report.page_load_ms is not None,
        sum(report.close_codes.values()), sum((report.close_codes_given or {}).values()),
    )  # fmt: skip
    weight = 1 / report.sample_rate
    return Amounts(durations * weight, messages * weight, connections * weight)
