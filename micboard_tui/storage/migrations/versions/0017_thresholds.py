"""Thresholds by profile, location, performer and channel, and the profile that a person chose."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PROFILES = " OR ".join(f"profile = '{name}'" for name in ("soundcheck", "show", "break", "teardown"))


def upgrade() -> None:
    op.create_table(
        "thresholds",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.CheckConstraint("length(scope) <= 200", name=op.f("ck_thresholds_scope")),
        sa.PrimaryKeyConstraint("scope", "profile", "name", name=op.f("pk_thresholds")),
    )
    op.create_table(
        "chosen_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_chosen_profile_only_one")),
        sa.CheckConstraint(PROFILES, name=op.f("ck_chosen_profile_profile")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chosen_profile")),
    )
