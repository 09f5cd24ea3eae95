"""Alert rules with their versions, alerts with their transitions, silences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

INSTANT = sa.DateTime(timezone=True)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _instants(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, INSTANT, nullable=nullable) for name in names]


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def upgrade() -> None:
    _make_rules()
    _make_alerts()
    op.create_table(
        "silences",
        _id(),
        *_texts("rule", nullable=True),
        sa.Column("labels", JSONB(), nullable=False),
        *_instants("starts_at", "ends_at"),
        *_texts("note"),
        *_instants("created_at"),
        *_texts("created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
    )
    op.create_index("ix_silences_ends_at", "silences", ["ends_at"])


def _make_rules() -> None:
    op.create_table(
        "alert_rules",
        _id(),
        *_texts("name"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        *_instants("created_at", "changed_at"),
        *_texts("changed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_rules"),
        sa.UniqueConstraint("name", name="uq_alert_rules_name"),
    )
    op.create_table(
        "alert_rule_versions",
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_instants("at"),
        *_texts("actor"),
        sa.Column("body", JSONB()),
        sa.PrimaryKeyConstraint("rule_id", "version", name="pk_alert_rule_versions"),
    )


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        _id(),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        *_texts("rule", "severity"),
        sa.Column("threshold", sa.Float(53)),
        sa.Column("labels", JSONB(), nullable=False),
        *_texts("label_key", "state"),
        *_instants("since", "started_at", "seen_at"),
        *_instants("fired_at", "ended_at", nullable=True),
        sa.Column("value", sa.Float(53)),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("was_bad", sa.Boolean(), nullable=False),
        sa.Column("flips", sa.ARRAY(INSTANT), nullable=False),
        *_instants("told_at", nullable=True),
        *_texts("told_as", nullable=True),
        sa.Column("told_of_trouble", sa.Boolean(), nullable=False),
        *_texts("ack_by", "ack_note", nullable=True),
        *_instants("ack_at", "ack_until", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index(
        "uq_alerts_live",
        "alerts",
        ["rule_id", "label_key"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_alerts_ended_at", "alerts", ["ended_at"])
    op.create_index("ix_alerts_started_at", "alerts", ["started_at"])
    op.create_table(
        "alert_transitions",
        _id(),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        *_instants("at"),
        *_texts("before", "after"),
        *(sa.Column(name, sa.Float(53)) for name in ("value", "threshold")),
        sa.Column("n", sa.BigInteger(), nullable=False),
        *_texts("actor", "reason"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_transitions"),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name="fk_alert_transitions_alert_id_alerts",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_alert_transitions_alert_id_id", "alert_transitions", ["alert_id", "id"])


def downgrade() -> None:
    for name in (
        "silences", "alert_transitions", "alerts", "alert_rule_versions", "alert_rules",
    ):  # fmt: skip
        op.drop_table(name)
