"""Series that are judged, their steps with the expected band, incidents, and feedback on them.

Beside running processes of the version before: new tables alone, which they neither read nor
write. Downgrading drops what was judged, which the first fit makes again from the rollups, and the
feedback, which nothing makes again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None

INSTANT, FLOAT = sa.DateTime(timezone=True), sa.Float(53)
KEY = ("source", "app", "metric", "dimension", "value")
FIGURES = ("observed", "expected", "low", "high")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _instants(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, INSTANT, nullable=nullable) for name in names]


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, JSONB()) for name in names]


def upgrade() -> None:
    _make_series()
    _make_steps()
    _make_incidents()
    _make_parts()
    op.create_table(
        "incident_feedback",
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        *_texts("verdict", "actor", "note"),
        *_instants("at"),
        sa.PrimaryKeyConstraint("incident_id", name="pk_incident_feedback"),
        _reference("incident_feedback", "incident_id", "incidents"),
    )


def _make_series() -> None:
    op.create_table(
        "anomaly_series",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        *_texts(*KEY),
        sa.Column("step_seconds", sa.Integer(), nullable=False),
        *_texts("zone", "method", "state"),
        *_json("errors", "bands", "memory"),
        *(sa.Column(name, FLOAT) for name in ("designed_rate", "measured_rate")),
        *_instants("fitted_at", "judged_until", "retired_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_anomaly_series"),
        sa.UniqueConstraint(*KEY, name="uq_anomaly_series_source_app_metric_dimension_value"),
    )


def _make_steps() -> None:
    op.create_table(
        "anomaly_steps",
        sa.Column("series_id", sa.Integer(), nullable=False),
        *_instants("starts_at"),
        *(sa.Column(name, sa.Integer()) for name in ("n", "sessions")),
        *(sa.Column(name, sa.REAL()) for name in (*FIGURES, "rho", "slow_rho")),
        sa.Column("state", sa.SmallInteger()),
        sa.PrimaryKeyConstraint("series_id", "starts_at", name="pk_anomaly_steps"),
        _reference("anomaly_steps", "series_id", "anomaly_series"),
    )


def _make_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_texts("kind", "severity", *KEY),
        *_instants("started_at", "until"),
        *_instants("ended_at", nullable=True),
        *_instants("peak_at"),
        *_texts("scale"),
        *(sa.Column(name, FLOAT) for name in (*FIGURES, "deviation", "deviation_percent")),
        sa.Column("rho", FLOAT, nullable=False),
        *_json("explanation", "causes"),
        *_instants("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_started_at", "incidents", ["started_at"])
    op.create_index("ix_incidents_until", "incidents", ["until"])


def _make_parts() -> None:
    op.create_table(
        "incident_parts",
        sa.Column("series_id", sa.Integer(), nullable=False),
        *_instants("started_at"),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        *_texts("kind", "severity"),
        *_instants("until"),
        *_instants("ended_at", nullable=True),
        *_instants("peak_at"),
        *_texts("scale"),
        *(sa.Column(name, FLOAT) for name in FIGURES),
        sa.Column("rho", FLOAT, nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series_id", "started_at", name="pk_incident_parts"),
        _reference("incident_parts", "series_id", "anomaly_series"),
        _reference("incident_parts", "incident_id", "incidents"),
    )
    op.create_index("ix_incident_parts_incident_id", "incident_parts", ["incident_id"])


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}", ondelete="CASCADE"
    )


def downgrade() -> None:
    for name in (
        "incident_feedback", "incident_parts", "incidents", "anomaly_steps", "anomaly_series",
    ):  # fmt: skip
        op.drop_table(name)
