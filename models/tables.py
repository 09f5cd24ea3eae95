"""All tables by name: the metadata that migrations compare the database with."""

from models.alerts.alert_rules import alert_rule_versions, alert_rules
from models.alerts.alerts import alert_transitions, alerts
from models.alerts.outbox import outbox
from models.alerts.recipients import recipients
from models.alerts.silences import silences
from models.anomalies.incidents import incident_feedback, incident_parts, incidents
from models.anomalies.series import anomaly_series
from models.anomalies.steps import anomaly_steps
from models.baselines.baselines import baselines
from models.both_ends.connection_ends import connection_ends
from models.both_ends.end_counts import connection_end_counts
from models.correlation.session_summaries import session_segments, session_summaries
from models.database.base import Base
from models.database.leases import leases
from models.operations.allowed_origins import allowed_origins
from models.operations.connection_tests import connection_tests
from models.operations.exports import exports
from models.operations.job_runs import job_runs
from models.operations.knocks import knocks
from models.operations.load_tests import load_tests
from models.operations.other_values import other_values
from models.operations.session_erasures import session_erasures
from models.people.accounts import accounts, sign_ins
from models.people.api_tokens import api_tokens
from models.people.audit import audit
from models.people.login_attempts import login_attempts
from models.people.wall_links import wall_links
from models.raw.client_reports import client_reports
from models.raw.events import events
from models.raw.ingest_outcomes import ingest_flushes, ingest_outcomes
from models.raw.quarantined_rows import quarantined_rows
from models.raw.restored_days import restored_days
from models.raw.server_agents import server_agents
from models.raw.server_samples import server_samples, server_totals, server_workers
from models.raw.sessions import sessions
from models.raw.set_aside_reports import set_aside_reports
from models.rollups.client_rollups import (
    client_cube_days,
    client_days,
    client_hours,
    client_minutes,
    client_pair_days,
    dimension_values,
    session_days,
    session_hours,
)
from models.rollups.dirty_minutes import dirty_minutes
from models.rollups.moments.session_moments import client_moment_days
from models.rollups.rollup_state import rollup_state
from models.rollups.server_rollups import (
    server_days,
    server_hours,
    server_minutes,
    worker_days,
    worker_hours,
    worker_minutes,
)
from models.rollups.session_states import session_state_hours, session_state_minutes

metadata = Base.metadata
ALL = (
    accounts,
    alert_rule_versions,
    alert_rules,
    alert_transitions,
    alerts,
    allowed_origins,
    anomaly_series,
    anomaly_steps,
    api_tokens,
    audit,
    baselines,
    client_cube_days,
    client_days,
    client_hours,
    client_minutes,
    client_moment_days,
    client_pair_days,
    client_reports,
    connection_end_counts,
    connection_ends,
    connection_tests,
    dimension_values,
    dirty_minutes,
    events,
    exports,
    incident_feedback,
    incident_parts,
    incidents,
    ingest_flushes,
    ingest_outcomes,
    job_runs,
    knocks,
    leases,
    load_tests,
    login_attempts,
    other_values,
    outbox,
    quarantined_rows,
    recipients,
    restored_days,
    rollup_state,
    server_agents,
    server_days,
    server_hours,
    server_minutes,
    server_samples,
    server_totals,
    server_workers,
    session_days,
    session_erasures,
    session_hours,
    session_segments,
    session_state_hours,
    session_state_minutes,
    session_summaries,
    sessions,
    set_aside_reports,
    sign_ins,
    silences,
    wall_links,
    worker_days,
    worker_hours,
    worker_minutes,
)
