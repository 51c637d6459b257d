"""Shows with their scenes and mic plots, and where the current one is."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shows",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("planned_start", sa.Float(), nullable=True),
        sa.Column("end_min", sa.Float(), nullable=True),
        sa.Column("breaks", sa.Text(), nullable=False),
        sa.Column("scenes", sa.Text(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 64", name=op.f("ck_shows_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_shows_folded_name")),
    )
    op.create_table(
        "show_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=True),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("position_min", sa.Float(), nullable=False),
        sa.Column("position_at", sa.Float(), nullable=True),
        sa.Column("breaks_taken", sa.Integer(), nullable=False),
        sa.Column("is_break_planned", sa.Boolean(), nullable=False),
        sa.Column("break_extended_min", sa.Float(), nullable=False),
        sa.Column("extended_min", sa.Float(), nullable=False),
        sa.Column("scene", sa.Integer(), nullable=True),
        sa.Column("scene_act", sa.Text(), nullable=True),
        sa.Column("scene_number", sa.Text(), nullable=True),
        sa.Column("scene_started_at", sa.Float(), nullable=True),
        sa.Column("left_scene", sa.Integer(), nullable=True),
        sa.Column("left_started_at", sa.Float(), nullable=True),
        sa.Column("left_at", sa.Float(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_show_progress_only_one")),
        sa.CheckConstraint(
            "state = 'planned' OR state = 'running' OR state = 'paused'"
            " OR state = 'break' OR state = 'ended'",
            name=op.f("ck_show_progress_state"),
        ),
        sa.ForeignKeyConstraint(
            ["show_id"], ["shows.id"], name=op.f("fk_show_progress_show_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_show_progress")),
    )
