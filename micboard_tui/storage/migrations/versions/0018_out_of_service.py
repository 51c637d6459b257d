"""Devices that are out of service."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "devices", sa.Column("out_of_service", sa.Boolean(), nullable=False, server_default=sa.false())
    )
