"""Until when metrics were sent to the OTLP receiver: what the detail of the last run that sent any
ends in, `until INSTANT` (ISO 8601)."""

from datetime import datetime, timedelta

from sqlalchemy import text

from models.database.engine import Database

JOB = "OTLP export"
# Runs that are done are forgotten sooner than those that failed: then since the first of these.
_PENDING_FROM = text(
    "SELECT coalesce((SELECT CAST(substring(detail FROM 'until (\\S+)$') AS timestamptz) "
    "FROM job_runs WHERE job = :job AND outcome = 'done' AND detail ~ 'until \\S+$' "
    "ORDER BY started_at DESC, id DESC LIMIT 1), "
    "(SELECT min(started_at) - :late FROM job_runs WHERE job = :job AND outcome = 'failed'))"
)


def until(moment: datetime) -> str:
    """What the detail of a run ends in that sent all before `moment`."""
    return f"until {moment.isoformat()}"


def pending_from(database: Database, first: datetime, late: timedelta) -> datetime:
    """The first moment that was not sent yet: a run sends what is `late` before it. `first` where
    none was sent and no run failed. Raises `DatabaseAway`."""
    values = {"job": JOB, "late": late}
    with database.transaction() as connection:
        moment: datetime | None = connection.execute(_PENDING_FROM, values).scalar_one()
    return first if moment is None else moment
