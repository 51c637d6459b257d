"""Locks of receivers and packs, and the talk switch."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channels", sa.Column("receiver_lock", sa.Text(), nullable=True))
    op.add_column("channels", sa.Column("transmitter_lock", sa.Text(), nullable=True))
    op.add_column("channels", sa.Column("transmitter_talk_switch", sa.Boolean(), nullable=True))
