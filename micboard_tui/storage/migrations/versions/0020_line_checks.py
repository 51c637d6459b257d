"""The line check: what was seen of each channel since it was started."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_line_checks_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_checks")),
    )
