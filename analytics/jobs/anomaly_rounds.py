"""Series that are judged: listed every hour, fitted at night and when they are new, and judged as
their steps are completed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from analytics.anomalies.judging import incident_round
from analytics.anomalies.judging.fitter import LateFitter
from analytics.anomalies.judging.fitting import Fitting
from analytics.anomalies.judging.newest import Newest
from analytics.anomalies.series import listing
from models.anomalies import incident_changes, incidents, series, steps
from models.anomalies.series import AnomalySeries
from models.database.engine import Connection, DatabaseAway
from models.database.leases import LeaseLost
from models.metrics.anomalies.series_key import STEP_SECONDS, VALUE_STEP_SECONDS
from models.operations.demo_history import DemoHistory
from models.queries.snapshot import snapshot

from .job import JobContext

FIT_SECONDS = 30.0  # in which a run begins further portions
STEPS_FOR = timedelta(days=35)  # steps of minutes are kept


def newest(context: JobContext) -> str:
    """Judge the steps completed since the last run."""
    return Newest(context.database, context.now(), context.lease.confirm).run()


def fits(context: JobContext) -> str:
    """Fit the portions that are due, those first that never were, for half a minute. One that
    cannot be fitted keeps no other waiting; raises `ExceptionGroup` at the end."""
    if DemoHistory(context.database).progress() is not None:
        return "waits for the history of the demo"
    now, settings, began = context.now(), context.settings, monotonic()
    with context.database.transaction() as connection:
        portions = due_portions(series.all_series(connection), now)
    summaries: list[str] = []
    faults: list[Exception] = []
    with LateFitter(settings.data_dir) as fitter:
        fitting = Fitting(
            context.database, now, context.lease.confirm, settings.app_zones,
            settings.websocket_metrics_retention_days, fitter,
        )  # fmt: skip
        for portion in portions:
            if monotonic() - began > FIT_SECONDS:
                break
            try:
                summaries.append(fitting.fit(portion))
            except (DatabaseAway, LeaseLost):
                raise
            except Exception as fault:  # noqa: BLE001  one app must not end the others
                fault.add_note(f"fitting {portion[0].key}")
                faults.append(fault)
    if faults:
        raise ExceptionGroup("; ".join(["some portions could not be fitted", *summaries]), faults)
    left = len(portions) - len(summaries)
    return "; ".join([*summaries, *([f"{left} portions wait"] if left else [])]) or "none is due"


def places(context: JobContext) -> str:
    """List the series there are, and forget what is beyond its retention."""
    now, database = context.now(), context.database
    with database.transaction() as connection:
        stored = {each.key: each for each in series.all_series(connection)}
    active = {key for key, each in stored.items() if each.retired_at is None}
    with snapshot(database) as connection:
        keys = listing.listed(connection, now, active)
    retired = [stored[key] for key in sorted(active - keys)]
    with database.transaction() as connection:
        context.lease.confirm(connection)
        series.add(connection, sorted(keys - active))
        _retire(connection, retired, now)
        forgotten = _forget(connection, now, context.settings.rollup_retention_days)
    return f"{len(keys)} series, {len(keys - active)} new, {len(retired)} retired; {forgotten}"


def due_portions(stored: Sequence[AnomalySeries], now: datetime) -> list[list[AnomalySeries]]:
    """The portions with a series that has no band of its local day, those first that have none."""
    by_key = {each.key: each for each in stored if each.retired_at is None}
    portions = [[by_key[key] for key in keys] for keys in listing.by_portion(by_key).values()]
    due = [portion for portion in portions if any(_is_due(each, now) for each in portion)]
    never = datetime.min.replace(tzinfo=now.tzinfo)
    return sorted(due, key=lambda portion: min(each.fitted_at or never for each in portion))


def _is_due(each: AnomalySeries, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(each.zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return each.fitted_at is None or each.fitted_at < midnight


def _retire(connection: Connection, retired: Sequence[AnomalySeries], now: datetime) -> None:
    """Judge these series no longer; what is open of them ends."""
    ids = [each.id for each in retired]
    series.retire(connection, ids, now)
    ended = [replace(part, ended_at=part.until) for part in incidents.open_parts(connection, ids)]
    for app in dict.fromkeys(part.key.app for part in ended):
        own = [part for part in ended if part.key.app == app]
        incident_round.write(connection, app, own, now)


def _forget(connection: Connection, now: datetime, rollup_days: int) -> str:
    """Steps of minutes are kept for `STEPS_FOR`; those of hours, incidents and series that are
    judged no more as long as rollups."""
    before = now - timedelta(days=rollup_days)
    step_count = steps.forget(connection, STEP_SECONDS, now - STEPS_FOR)
    step_count += steps.forget(connection, VALUE_STEP_SECONDS, before)
    series.forget(connection, before)
    incident_count = incident_changes.forget(connection, before)
    return f"{step_count} steps and {incident_count} incidents deleted"
