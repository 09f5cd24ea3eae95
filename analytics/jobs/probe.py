"""Opens a connection to our own endpoint and to each named target, and stores how it went.

Targets are probed side by side, each within `PROBE_SECONDS`.
"""

from concurrent.futures import ThreadPoolExecutor

from analytics.probes.attempt import Attempt, attempt
from analytics.probes.probe_report import probe_report
from analytics.probes.targets import Target, targets_of
from models.metrics.dimensions import PROBE_APP
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports

from .job import JobContext

PROBE_SECONDS = 10.0
AT_ONCE = 10


def step(context: JobContext) -> str:
    """One probe of each target. Raises `DatabaseAway`."""

    def probed(target: Target) -> tuple[Attempt, ClientReport]:
        began = context.now()
        outcome = attempt(target, PROBE_APP, PROBE_SECONDS)
        return outcome, probe_report(target, outcome, began, max(began, context.now()))

    targets = targets_of(context.settings)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="probe") as threads:
        results = list(threads.map(probed, targets))
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
    ClientReports(context.database).insert([report for _, report in results])
    down = [
        f"{target.name} is down: {outcome.reason}"
        for target, (outcome, _) in zip(targets, results, strict=True)
        if not outcome.is_up
    ]
    return "; ".join([f"{len(targets) - len(down)} of {len(targets)} up", *down])[:500]
