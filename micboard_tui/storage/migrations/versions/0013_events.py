"""What happened: links, sessions, steps, markers, alarms, the show and the program."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = ("alarm", "link", "session", "step", "marker", "show", "program")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.CheckConstraint(" OR ".join(f"kind = '{kind}'" for kind in KINDS), name=op.f("ck_events_kind")),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 200", name=op.f("ck_events_text")),
        sa.CheckConstraint("channel BETWEEN 1 AND 64", name=op.f("ck_events_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"])
