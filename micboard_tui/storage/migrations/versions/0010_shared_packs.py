"""Channels that receive the pack of another channel of their performer."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "assignments", sa.Column("shared_pack", sa.Boolean(), nullable=False, server_default=sa.false())
    )
