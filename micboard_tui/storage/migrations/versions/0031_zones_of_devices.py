"""The zone of a device: in which part of the network it is reached."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("zone", sa.Text(), nullable=False, server_default="main"))
