"""The lock of the show."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "show_lock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locked_by", sa.Text(), nullable=False),
        sa.Column("locked_at", sa.Float(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.Float(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_show_lock_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_show_lock")),
    )
