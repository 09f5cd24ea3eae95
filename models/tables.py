"""All tables by name: what migrations compare the database with."""

from .accounts import accounts, sign_ins
from .alert_rules import alert_rule_versions, alert_rules
from .alerts import alert_transitions, alerts
from .api_tokens import api_tokens
from .audit import audit
from .base import Base
from .client_reports import client_reports
from .client_rollups import (
    client_cross_days,
    client_days,
    client_hours,
    client_minutes,
    dimension_values,
    session_days,
    session_hours,
)
from .events import events
from .exports import exports
from .ingest_minutes import ingest_flushes, ingest_minutes
from .job_runs import job_runs
from .leases import leases
from .login_attempts import login_attempts
from .outbox import outbox
from .recipients import recipients
from .restored_days import restored_days
from .rollup_state import rollup_state
from .server_rollups import (
    server_days,
    server_hours,
    server_minutes,
    worker_days,
    worker_hours,
    worker_minutes,
)
from .server_samples import server_samples, server_totals, server_workers
from .sessions import sessions
from .silences import silences
from .touched import touched

metadata = Base.metadata
ALL = (
    accounts,
    alert_rule_versions,
    alert_rules,
    alert_transitions,
    alerts,
    api_tokens,
    audit,
    client_cross_days,
    client_days,
    client_hours,
    client_minutes,
    client_reports,
    dimension_values,
    events,
    exports,
    ingest_flushes,
    ingest_minutes,
    job_runs,
    leases,
    login_attempts,
    outbox,
    recipients,
    restored_days,
    rollup_state,
    server_days,
    server_hours,
    server_minutes,
    server_samples,
    server_totals,
    server_workers,
    session_days,
    session_hours,
    sessions,
    sign_ins,
    silences,
    touched,
    worker_days,
    worker_hours,
    worker_minutes,
)
