"""Client reports in daily partitions, and sessions."""

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

CLIENT_REPORTS = """
CREATE TABLE client_reports (
  session_id uuid NOT NULL,
  report_id uuid NOT NULL,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  app text NOT NULL,
  release text,
  page text,
  endpoint text,
  sdk_version text,
  country text,
  region text,
  browser text,
  os text,
  sample_rate double precision NOT NULL,
  attempts integer NOT NULL,
  opened integer NOT NULL,
  failed integer NOT NULL,
  drops integer NOT NULL,
  reconnect_attempts integer NOT NULL,
  reconnect_successes integer NOT NULL,
  open_ms integer NOT NULL,
  downtime_ms integer NOT NULL,
  close_codes jsonb NOT NULL,
  abnormal_closes integer NOT NULL,
  recovery_ms integer[] NOT NULL,
  longest_silence_ms integer,
  sent integer NOT NULL,
  received integer NOT NULL,
  queued integer NOT NULL,
  errors integer NOT NULL,
  bytes_sent integer NOT NULL,
  bytes_received integer NOT NULL,
  latency bytea NOT NULL,
  latency_sum_us bigint NOT NULL,
  setup bytea NOT NULL,
  setup_sum_us bigint NOT NULL,
  network_type text,
  effective_type text,
  rtt_ms integer,
  downlink_mbps double precision,
  page_load_ms integer,
  lcp_ms integer,
  inp_ms integer,
  cls double precision,
  ux_errors integer NOT NULL,
  interactions integer NOT NULL,
  custom jsonb NOT NULL,
  lost_reports integer NOT NULL,
  CONSTRAINT pk_client_reports PRIMARY KEY (session_id, report_id, period_end)
) PARTITION BY RANGE (period_end)
"""
REPORTS_BY_TIME = """
CREATE INDEX ix_client_reports_period_end ON client_reports
  USING brin (period_end) WITH (autosummarize = true, pages_per_range = 32)
"""
SESSIONS = """
CREATE TABLE sessions (
  session_id uuid NOT NULL,
  app text NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen timestamptz NOT NULL,
  reports bigint NOT NULL,
  weight double precision NOT NULL,
  abnormal_closes bigint NOT NULL,
  release text,
  page text,
  country text,
  browser text,
  os text,
  effective_type text,
  CONSTRAINT pk_sessions PRIMARY KEY (session_id)
)
"""


def upgrade() -> None:
    op.execute(CLIENT_REPORTS)
    op.execute(REPORTS_BY_TIME)
    op.execute(SESSIONS)
    op.create_index("ix_sessions_first_seen", "sessions", ["first_seen"])
    op.create_index("ix_sessions_last_seen", "sessions", ["last_seen"])


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("client_reports")
