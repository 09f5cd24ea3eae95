"""All tables by name: what migrations compare the database with."""

from .accounts import accounts, sign_ins
from .alert_rules import alert_rule_versions, alert_rules
from .alerts import alert_transitions, alerts
from .api_tokens import api_tokens
from .audit import audit
from .base import Base
from .client_reports import client_reports
from .events import events
from .job_runs import job_runs
from .leases import leases
from .login_attempts import login_attempts
from .outbox import outbox
from .recipients import recipients
from .server_samples import server_samples, server_totals, server_workers
from .sessions import sessions
from .silences import silences

metadata = Base.metadata
ALL = (
    accounts,
    alert_rule_versions,
    alert_rules,
    alert_transitions,
    alerts,
    api_tokens,
    audit,
    client_reports,
    events,
    job_runs,
    leases,
    login_attempts,
    outbox,
    recipients,
    server_samples,
    server_totals,
    server_workers,
    sessions,
    sign_ins,
    silences,
)
