"""Whether a charger is in storage mode, and the device behind a server that a channel belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_states", sa.Column("storage_mode", sa.Boolean(), nullable=True))
    op.add_column("channels", sa.Column("channel_behind_server", sa.Text(), nullable=True))
