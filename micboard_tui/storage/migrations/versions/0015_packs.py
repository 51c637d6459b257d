"""What was seen of packs: records of their cells, discharges, and the types of cells that people know."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TYPES = " OR ".join(f"type = '{name}'" for name in ("li_ion", "alkaline", "nimh", "lithium"))


def upgrade() -> None:
    op.create_table(
        "pack_records",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.CheckConstraint("channel BETWEEN 1 AND 64", name=op.f("ck_pack_records_channel")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_pack_records_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", "channel", name=op.f("pk_pack_records")),
    )
    op.create_table(
        "discharges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("power", sa.Text(), nullable=True),
        sa.Column("falls", sa.Text(), nullable=False),
        sa.CheckConstraint(TYPES, name=op.f("ck_discharges_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discharges")),
    )
    op.create_table(
        "cell_types",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.CheckConstraint("length(model) BETWEEN 1 AND 64", name=op.f("ck_cell_types_model")),
        sa.CheckConstraint(TYPES, name=op.f("ck_cell_types_type")),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_cell_types")),
    )
