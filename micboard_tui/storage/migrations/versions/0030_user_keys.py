"""The keys with which boards of users attach from other computers."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("public_key", sa.Text(), nullable=True))
    op.create_index(op.f("ix_users_public_key"), "users", ["public_key"], unique=True)
