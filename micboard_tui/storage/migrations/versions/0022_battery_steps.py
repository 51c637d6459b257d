"""At how many minutes left an alarm of a battery was new last, so that a restart repeats none."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alarms", sa.Column("minutes_step", sa.Integer(), nullable=True))
