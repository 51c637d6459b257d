"""What a device warns of as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_states", sa.Column("device_warnings", sa.Text(), nullable=True))
