"""Locations that are marked as RF zones."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "locations", sa.Column("is_rf_zone", sa.Boolean(), nullable=False, server_default=sa.false())
    )
