"""How full the bounded memories of a worker, and of its node, are."""

from analytics.operations.probes import Occupancy
from ingest.bounds.report_bounds import ReportBounds
from ingest.bounds.sender_loads import MOST_SENDERS, MOST_SESSIONS
from ingest.bounds.shared_loads import MOST_ROWS
from ingest.collector.client_reports import ReportCollector
from ingest.http import arrivals
from ingest.sockets import Sockets
from ingest.sockets.meter.meter import MOST_APPS
from ingest.sockets.meter.tally import MOST_ROOMS_COUNTED


def occupancies(
    websockets: Sockets, bounds: ReportBounds, report_collector: ReportCollector
) -> list[Occupancy]:
    """Each with its bound, and what happens to what does not fit."""
    return [
        *_of_sockets(websockets),
        *_of_senders(bounds),
        Occupancy(
            report_collector.addresses(), arrivals.SLOTS,
            "addresses have a rate of their own, the calmest are forgotten",
        ),
    ]  # fmt: skip


def _of_sockets(websockets: Sockets) -> list[Occupancy]:
    metering = websockets.metering
    return [
        Occupancy(
            metering.named_apps, MOST_APPS, "apps of sockets have names, more count as other"
        ),
        Occupancy(
            metering.rooms_counted, MOST_ROOMS_COUNTED,
            "rooms of an app are counted, those with the fewest messages are forgotten",
        ),
    ]  # fmt: skip


def _of_senders(bounds: ReportBounds) -> list[Occupancy]:
    loads = bounds.loads
    return [
        Occupancy(
            loads.fullest_senders, MOST_SENDERS,
            "senders of an app that this worker hears are compared, more are not",
        ),
        Occupancy(
            loads.pairs, MOST_ROWS,
            "places of senders, one for each app and one for all apps, are compared, more are not",
        ),
        Occupancy(
            loads.sessions, MOST_SESSIONS,
            "sessions are bounded by this worker, the oldest are forgotten",
        ),
        Occupancy(
            bounds.busy_sessions(), arrivals.SLOTS,
            "busy sessions are bounded over all workers of the node, the calmest are forgotten",
        ),
    ]  # fmt: skip
