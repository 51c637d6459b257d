"""Chargers, certificates, serial numbers, and RF in percent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("fingerprint", sa.Text(), nullable=True))
    op.add_column("device_states", sa.Column("bays", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("channels", sa.Column("transmitter_serial", sa.Text(), nullable=True))
    for name in ("rf_a_percent", "rf_b_percent"):
        limits = sa.CheckConstraint(f"{name} BETWEEN 0 AND 100", name=op.f(f"ck_last_readings_{name}"))
        op.add_column("last_readings", sa.Column(name, sa.Integer(), limits, nullable=True))
