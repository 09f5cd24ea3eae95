"""Server samples, their running totals, workers, and events marked on charts."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

SAMPLES = """
CREATE TABLE server_samples (
  sample_id uuid NOT NULL,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  service text NOT NULL,
  instance text NOT NULL,
  app text,
  user_keys bytea NOT NULL,
  active bigint NOT NULL,
  anonymous bigint NOT NULL,
  outbox_bytes bigint NOT NULL,
  rooms bigint NOT NULL,
  members bigint NOT NULL,
  opened bigint NOT NULL,
  sent bigint NOT NULL,
  received bigint NOT NULL,
  bytes_sent bigint NOT NULL,
  bytes_received bigint NOT NULL,
  slow_closes bigint NOT NULL,
  stale bigint NOT NULL,
  closes bigint NOT NULL,
  abnormal_closes bigint NOT NULL,
  error_count bigint NOT NULL,
  closed jsonb NOT NULL,
  rejected jsonb NOT NULL,
  errors jsonb NOT NULL,
  by_type jsonb NOT NULL,
  top_rooms jsonb NOT NULL,
  latency bytea NOT NULL,
  broadcast bytea NOT NULL,
  processing bytea NOT NULL,
  duration bytea NOT NULL,
  loop_lag bytea NOT NULL,
  latency_sum_us bigint NOT NULL,
  broadcast_sum_us bigint NOT NULL,
  processing_sum_us bigint NOT NULL,
  duration_sum_us bigint NOT NULL,
  loop_lag_sum_us bigint NOT NULL,
  cpu_ms bigint,
  memory_bytes bigint,
  descriptors bigint,
  CONSTRAINT pk_server_samples PRIMARY KEY (sample_id, period_end)
) PARTITION BY RANGE (period_end)
"""


def upgrade() -> None:
    op.execute(SAMPLES)
    op.create_index("ix_server_samples_period_end", "server_samples", ["period_end"])
    op.create_table(
        "server_totals",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("service", "app")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "label")),
        sa.Column("value", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("service", "app", "name", "label", name="pk_server_totals"),
    )
    op.create_table(
        "server_workers",
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instance", name="pk_server_workers"),
    )
    op.create_index("ix_server_workers_heartbeat_at", "server_workers", ["heartbeat_at"])
    op.create_table(
        "events",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("app", sa.Text()),
        sa.PrimaryKeyConstraint("event_id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])


def downgrade() -> None:
    op.drop_table("events")
    op.drop_table("server_workers")
    op.drop_table("server_totals")
    op.drop_table("server_samples")
