"""Locations that are out of service."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "locations", sa.Column("out_of_service", sa.Boolean(), nullable=False, server_default=sa.false())
    )
