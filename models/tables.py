"""All tables by name: what migrations compare the database with."""

from .accounts import accounts, sign_ins
from .api_tokens import api_tokens
from .audit import audit
from .base import Base
from .client_reports import client_reports
from .events import events
from .exports import exports
from .ingest_minutes import ingest_flushes, ingest_minutes
from .job_runs import job_runs
from .leases import leases
from .login_attempts import login_attempts
from .restored_days import restored_days
from .server_samples import server_samples, server_totals, server_workers
from .sessions import sessions

metadata = Base.metadata
ALL = (
    accounts,
    api_tokens,
    audit,
    client_reports,
    events,
    exports,
    ingest_flushes,
    ingest_minutes,
    job_runs,
    leases,
    login_attempts,
    restored_days,
    server_samples,
    server_totals,
    server_workers,
    sessions,
    sign_ins,
)
