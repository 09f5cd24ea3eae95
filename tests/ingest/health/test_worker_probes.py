"""What the health check asks of a worker: of its parts, and of the store on a pool of its own."""

import pytest

from analytics.country_file.locator import Locator
from analytics.operations.health import Status
from ingest.bounds.report_bounds import ReportBounds
from ingest.bounds.withdrawals import Withdrawals
from ingest.collector.client_reports import ReportCollector
from ingest.collector.country import sender_locator
from ingest.collector.outcomes import Outcomes
from ingest.health.occupancy import occupancies
from ingest.health.worker_probes import WorkerParts, worker_probes
from ingest.http.server_errors import ServerErrors
from ingest.proxies.forwarding import Forwarding
from ingest.proxies.origin_rule import for_reports, for_sockets
from ingest.sockets import Sockets
from models.database.engine import Database
from models.raw.ingest_outcomes import IngestOutcomes
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from models.raw.set_aside_reports import SetAsideReports
from settings import Settings
from tests.support.clock import Clock
from tests.support.witnesses import nobody

NOWHERE = Database("postgresql+psycopg2://nobody@/nothing?host=/nowhere")


@pytest.fixture
def parts() -> WorkerParts:
    """Of a worker whose store is away, as it stands before its first request."""
    settings, now = Settings(), Clock()
    outcomes, countries = Outcomes(IngestOutcomes(NOWHERE), now), Locator(settings)
    withdrawals = Withdrawals(SetAsideReports(NOWHERE), outcomes.count_set_aside)
    bounds = ReportBounds(settings, withdrawals)
    collector = ReportCollector(
        settings, ClientReports(NOWHERE), now, sender_locator(settings, countries),
        outcomes=outcomes, bounds=bounds, rule=for_reports(settings), witness=nobody(),
    )  # fmt: skip
    return WorkerParts(
        forwarding=Forwarding(0),
        settings=settings, database=NOWHERE, bounds=bounds, report_collector=collector, now=now,
        websockets=Sockets(
            settings, ServerSamples(NOWHERE), "a key", now,
            rule=for_sockets(settings), on_refused=nobody().refused,
        ), countries=countries,
        server_errors=ServerErrors(),
    )  # fmt: skip


def test_what_needs_the_store_fails_without_it_and_no_other(parts: WorkerParts) -> None:
    probes = worker_probes(parts)
    of_worker = {"flush", "samples", "country file", "requests", "proxies"}
    assert {name: probes[name]().status for name in of_worker} == dict.fromkeys(
        of_worker, Status.OK
    )
    for name in probes.keys() - of_worker - {"disk", "bus"}:
        with pytest.raises(Exception, match="nowhere"):
            probes[name]()


def test_every_bounded_memory_stands_beside_its_bound(parts: WorkerParts) -> None:
    memories = occupancies(parts.websockets, parts.bounds, parts.report_collector)
    assert [each.taken for each in memories] == [0] * 7
    assert all(each.most > 0 for each in memories)
    assert len({each.meaning for each in memories}) == 7
