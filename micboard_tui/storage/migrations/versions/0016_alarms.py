"""Alarms that stand, so that a restart loses none."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.Float(), nullable=False),
        sa.Column("last_seen_at", sa.Float(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("is_flapping", sa.Boolean(), nullable=False),
        sa.Column("cleared_at", sa.Float(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.Float(), nullable=True),
        sa.Column("shelved_by", sa.Text(), nullable=True),
        sa.Column("shelved_until", sa.Float(), nullable=True),
        sa.Column("hidden_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("channel BETWEEN 0 AND 64", name=op.f("ck_alarms_channel")),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name=op.f("ck_alarms_priority")),
        sa.PrimaryKeyConstraint(
            "cause", "device_id", "channel", "part", "location_id", name=op.f("pk_alarms")
        ),
    )
