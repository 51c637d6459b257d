"""Alarms that are shelved until another profile is active."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alarms", sa.Column("shelved_profile", sa.Text(), nullable=True))
