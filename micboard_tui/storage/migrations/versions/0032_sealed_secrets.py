"""Secrets of devices, sealed for collectors and hubs, and the keys that devices refused."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secret_recipients",
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.CheckConstraint("role = 'hub' OR role = 'collector'", name=op.f("ck_secret_recipients_role")),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_secret_recipients")),
    )
    op.create_table(
        "sealed_secrets",
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=True),
        sa.Column("set_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient"],
            ["secret_recipients.public_key"],
            name=op.f("fk_sealed_secrets_recipient"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner_kind", "owner_name", "recipient", name=op.f("pk_sealed_secrets")),
    )
    op.create_table(
        "secret_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_secret_revision_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_revision")),
    )
    op.create_table(
        "refused_keys",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "mark", name=op.f("pk_refused_keys")),
    )
