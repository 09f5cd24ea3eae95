"""Sends what each minute says of both catalogues to the OTLP receiver, if one is set.

A minute is sent 90 seconds after its end, when browsers have reported it, in one request with the
minutes that could not be sent before; those of more than an hour ago are left out.
"""

from datetime import datetime, timedelta

from analytics.formatting.numbers import plural
from analytics.otlp import encoding, reading, receiver
from analytics.otlp.sdk_loading import SdkMissing, sdk
from analytics.query.read_plan import MINUTE, floor_to
from models.metrics.grid import Grid
from models.operations import otlp_exports

from .job import JobContext

LATE = timedelta(seconds=90)  # monitors report at least once a minute
MOST_BEHIND = timedelta(hours=1)
MOST_MINUTES = 5  # of one request; a run sends one


def step(context: JobContext) -> str:
    """Send the next minutes. Raises `NotExported`, `DatabaseAway`."""
    if context.settings.otel_exporter_otlp_endpoint is None:
        return "no receiver is set"
    try:
        sdk()
    except SdkMissing:
        return "nothing is sent without the OpenTelemetry SDK, see configuration"
    until = floor_to(context.now() - LATE, MINUTE)
    pending_from = otlp_exports.pending_from(context.database, until - MINUTE, LATE + MINUTE)
    start = max(floor_to(pending_from, MINUTE), until - MOST_BEHIND)
    if start >= until:
        return "no new minute"
    return _send(context, start, until, (start - pending_from) // MINUTE)


def _send(context: JobContext, start: datetime, until: datetime, left_out: int) -> str:
    minutes = min((until - start) // MINUTE, MOST_MINUTES)
    points = reading.read(context.database, Grid.uniform(start, 60, minutes))
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
    if points:
        receiver.post(context.settings, encoding.encode(points))
    missed = f", left out {plural(left_out, 'minute')} of more than an hour ago"
    return (
        f"{plural(minutes, 'minute')}, {plural(len(points), 'point')}{missed if left_out else ''}, "
        f"{otlp_exports.until(start + minutes * MINUTE)}"
    )
