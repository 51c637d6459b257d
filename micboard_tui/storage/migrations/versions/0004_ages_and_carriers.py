"""When meters were read last, and what tells a shared carrier from a disturbed one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("last_readings", sa.Column("meters_at", sa.Float(), nullable=True))
    op.add_column("channels", sa.Column("shared_carrier", sa.Text(), nullable=True))
