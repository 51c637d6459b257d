"""Alarms that are shelved until a moment of the show, whenever that comes."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alarms", sa.Column("shelved_show", sa.Text(), nullable=True))
