"""When meters were read last, beside when anything was."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("last_readings", sa.Column("meters_at", sa.Float(), nullable=True))
