"""Since when problems last, so that it is known after a restart."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_problems",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.CheckConstraint("channel BETWEEN 0 AND 64", name=op.f("ck_open_problems_channel")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_open_problems_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", "channel", "code", "part", name=op.f("pk_open_problems")),
    )
