"""Performers, who has which channel, who had it, and steps that can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLE = "role = 'primary' OR role = 'backup' OR role = 'spare'"


def upgrade() -> None:
    op.create_table(
        "performers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 64", name=op.f("ck_performers_name")),
        sa.CheckConstraint("length(role) BETWEEN 1 AND 64", name=op.f("ck_performers_role")),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 200", name=op.f("ck_performers_note")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performers")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_performers_folded_name")),
    )
    op.create_table(
        "assignments",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("performer_id", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("expected_off", sa.Boolean(), nullable=False),
        sa.Column("planned_model", sa.Text(), nullable=True),
        sa.Column("planned_pack", sa.Text(), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 64", name=op.f("ck_assignments_number")),
        sa.CheckConstraint(ROLE, name=op.f("ck_assignments_role")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_assignments_device_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["performer_id"], ["performers.id"], name=op.f("fk_assignments_performer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("device_id", "number", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_performer_id"), "assignments", ["performer_id"], unique=False)
    op.create_table(
        "past_assignments",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("performer_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 64", name=op.f("ck_past_assignments_number")),
        sa.CheckConstraint(ROLE, name=op.f("ck_past_assignments_role")),
        sa.PrimaryKeyConstraint("device_id", "number", "since", "until", name=op.f("pk_past_assignments")),
    )
    op.create_index(op.f("ix_past_assignments_until"), "past_assignments", ["until"], unique=False)
    op.create_table(
        "steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
    )
