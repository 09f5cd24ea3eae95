"""Recipients, and the outbox of messages."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "recipients",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "address", "name")),
        sa.Column("wants_resolved", sa.Boolean(), nullable=False),
        sa.Column("wants_digest", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipients"),
        sa.UniqueConstraint("kind", "address", name="uq_recipients_kind_address"),
        sa.CheckConstraint("kind IN ('email', 'webhook')", name="ck_recipients_kind"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "content")),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("once_key", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("once_key", name="uq_outbox_once_key"),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["recipients.id"],
            name="fk_outbox_recipient_id_recipients",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("subject IN ('alerts', 'digest')", name="ck_outbox_subject"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="ck_outbox_state"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["recipient_id", "next_try_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("recipients")
