"""The probes of a worker's health check."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from analytics.country_file.locator import Locator
from analytics.operations import probes
from analytics.operations.health import Probe
from ingest.bounds.report_bounds import ReportBounds
from ingest.collector.client_reports import ReportCollector
from ingest.health.occupancy import occupancies
from ingest.http.server_errors import ServerErrors
from ingest.proxies.forwarding import Forwarding
from ingest.sockets import Sockets
from models.alerts.deliveries import Deliveries
from models.database.engine import Database
from models.database.leases import Leases
from models.operations.job_runs import JobRuns
from models.rollups import dirty_minutes, tracked_values
from settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerParts:
    """What of a worker is asked. `database` is a pool of its own, which pages cannot exhaust."""

    settings: Settings
    database: Database
    websockets: Sockets
    bounds: ReportBounds
    report_collector: ReportCollector
    countries: Locator
    server_errors: ServerErrors
    forwarding: Forwarding
    now: Callable[[], datetime]


def worker_probes(parts: WorkerParts) -> dict[str, Probe]:
    """By the name of their check."""
    return _of_store(parts) | _of_worker(parts)


def _of_store(parts: WorkerParts) -> dict[str, Probe]:
    database, now = parts.database, parts.now
    runs, leases, deliveries = JobRuns(database), Leases(database), Deliveries(database)
    channels = ("email", "webhook") if parts.settings.smtp_host else ("webhook",)
    return {
        "database": probes.database_probe(database.ping),
        "scheduler": probes.scheduler_probe(
            lambda: leases.renewed_at(probes.SCHEDULER_LEASE),
            lambda: [
                f"{run.job} ({run.detail})" for run in runs.latest() if run.outcome == "failed"
            ],
            lambda: [run.job for run in runs.latest() if run.outcome is None],
            now,
        ),
        "deliveries": probes.deliveries_probe(lambda since: deliveries.dead(since, channels), now),
        "rollup": probes.rollup_probe(lambda: dirty_minutes.waiting_since(database), now),
        "places": probes.places_probe(
            lambda: tracked_values.fullest(database, now()),
            lambda: occupancies(parts.websockets, parts.bounds, parts.report_collector),
        ),
        "disk": probes.disk_probe(parts.settings.data_dir),
    }


def _of_worker(parts: WorkerParts) -> dict[str, Probe]:
    websockets, countries = parts.websockets, parts.countries
    return {
        "flush": probes.flush_probe(parts.report_collector.flush_state),
        "bus": probes.bus_probe(
            lambda: websockets.rooms.is_up,
            lambda: websockets.rooms.fault,
            "Redis (REDIS_URL)" if parts.settings.redis_url else "PostgreSQL",
        ),
        "samples": probes.samples_probe(lambda: websockets.metering.pending),
        "country file": probes.country_file_probe(
            lambda: countries.source, lambda: countries.fault, parts.now
        ),
        "proxies": parts.forwarding.check,
        "requests": probes.requests_probe(parts.server_errors.repeated),
    }
