"""Locations, devices, channels and their last readings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "locations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("id <> parent_id", name=op.f("ck_locations_not_within_itself")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 64", name=op.f("ck_locations_name")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["locations.id"], name=op.f("fk_locations_parent_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_revision_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("manufacturer", sa.Text(), nullable=False),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("location_id", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(host) BETWEEN 1 AND 253", name=op.f("ck_devices_host")),
        sa.CheckConstraint("port BETWEEN 1 AND 65535", name=op.f("ck_devices_port")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_devices_location_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_location_id"), ["location_id"], unique=False)

    op.create_table(
        "channels",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("frequency_khz", sa.Integer(), nullable=True),
        sa.Column("frequency2_khz", sa.Integer(), nullable=True),
        sa.Column("group_channel", sa.Text(), nullable=True),
        sa.Column("gain_db", sa.Integer(), nullable=True),
        sa.Column("receiver_muted", sa.Boolean(), nullable=True),
        sa.Column("encryption", sa.Text(), nullable=True),
        sa.Column("interference", sa.Boolean(), nullable=True),
        sa.Column("transmitter_present", sa.Boolean(), nullable=True),
        sa.Column("transmitter_model", sa.Text(), nullable=True),
        sa.Column("transmitter_name", sa.Text(), nullable=True),
        sa.Column("transmitter_muted", sa.Boolean(), nullable=True),
        sa.Column("transmitter_power_mw", sa.Integer(), nullable=True),
        sa.Column("transmitter_power_word", sa.Text(), nullable=True),
        sa.Column("transmitter_offset_db", sa.Integer(), nullable=True),
        sa.Column("battery_percent", sa.Integer(), nullable=True),
        sa.Column("battery_bars", sa.Integer(), nullable=True),
        sa.Column("battery_minutes", sa.Integer(), nullable=True),
        sa.Column("battery_type", sa.Text(), nullable=True),
        sa.Column("battery_minutes_note", sa.Text(), nullable=True),
        sa.Column("battery_health_percent", sa.Integer(), nullable=True),
        sa.Column("battery_cycles", sa.Integer(), nullable=True),
        sa.Column("battery_temperature_c", sa.Integer(), nullable=True),
        sa.Column("meter_interval_s", sa.Float(), nullable=True),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "battery_minutes_note = 'calculating' OR battery_minutes_note = 'contact_warning'",
            name=op.f("ck_channels_battery_minutes_note"),
        ),
        sa.CheckConstraint(
            "battery_type = 'li_ion' OR "
            "battery_type = 'alkaline' OR "
            "battery_type = 'nimh' OR "
            "battery_type = 'lithium'",
            name=op.f("ck_channels_battery_type"),
        ),
        sa.CheckConstraint(
            "encryption = 'off' OR encryption = 'on' OR encryption = 'mismatch'",
            name=op.f("ck_channels_encryption"),
        ),
        sa.CheckConstraint("battery_bars BETWEEN 0 AND 5", name=op.f("ck_channels_battery_bars")),
        sa.CheckConstraint("battery_cycles BETWEEN 0 AND 65531", name=op.f("ck_channels_battery_cycles")),
        sa.CheckConstraint(
            "battery_health_percent BETWEEN 0 AND 100", name=op.f("ck_channels_battery_health_percent")
        ),
        sa.CheckConstraint("battery_minutes BETWEEN 0 AND 65531", name=op.f("ck_channels_battery_minutes")),
        sa.CheckConstraint("battery_percent BETWEEN 0 AND 100", name=op.f("ck_channels_battery_percent")),
        sa.CheckConstraint("frequency2_khz BETWEEN 1 AND 9999999", name=op.f("ck_channels_frequency2_khz")),
        sa.CheckConstraint("frequency_khz BETWEEN 1 AND 9999999", name=op.f("ck_channels_frequency_khz")),
        sa.CheckConstraint("number BETWEEN 1 AND 64", name=op.f("ck_channels_number")),
        sa.CheckConstraint(
            "transmitter_power_mw BETWEEN 0 AND 100000", name=op.f("ck_channels_transmitter_power_mw")
        ),
        sa.CheckConstraint(
            "transmitter_present"
            " OR (battery_percent IS NULL AND battery_bars IS NULL AND battery_minutes IS NULL)",
            name=op.f("ck_channels_battery_of_transmitter"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_channels_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", "number", name=op.f("pk_channels")),
    )
    op.create_table(
        "device_states",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_since", sa.Float(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("own_name", sa.Text(), nullable=True),
        sa.Column("firmware", sa.Text(), nullable=True),
        sa.Column("rf_band", sa.Text(), nullable=True),
        sa.Column("last_seen_at", sa.Float(), nullable=True),
        sa.Column("fault_code", sa.Text(), nullable=True),
        sa.Column("fault_message", sa.Text(), nullable=True),
        sa.Column("fault_hint", sa.Text(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind = 'receiver' OR kind = 'iem_transmitter' OR kind = 'charger'",
            name=op.f("ck_device_states_kind"),
        ),
        sa.CheckConstraint(
            "status = 'unknown' OR "
            "status = 'connecting' OR "
            "status = 'online' OR "
            "status = 'offline' OR "
            "status = 'refused'",
            name=op.f("ck_device_states_status"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_device_states_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_states")),
    )
    op.create_table(
        "last_readings",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("link_state", sa.Text(), nullable=False),
        sa.Column("link_since", sa.Float(), nullable=True),
        sa.Column("observed_at", sa.Float(), nullable=True),
        sa.Column("expected_period_s", sa.Float(), nullable=True),
        sa.Column("rf_dbm", sa.Float(), nullable=True),
        sa.Column("rf_a_dbm", sa.Float(), nullable=True),
        sa.Column("rf_b_dbm", sa.Float(), nullable=True),
        sa.Column("audio_dbfs", sa.Float(), nullable=True),
        sa.Column("audio_peak_dbfs", sa.Float(), nullable=True),
        sa.Column("antenna", sa.Text(), nullable=True),
        sa.Column("carrier", sa.Boolean(), nullable=True),
        sa.Column("quality_percent", sa.Integer(), nullable=True),
        sa.Column("overload", sa.Boolean(), nullable=False),
        sa.Column("antenna_levels_dbm", sa.Text(), nullable=False),
        sa.Column("last_battery_percent", sa.Integer(), nullable=True),
        sa.Column("last_battery_bars", sa.Integer(), nullable=True),
        sa.Column("last_battery_minutes", sa.Integer(), nullable=True),
        sa.Column("last_battery_type", sa.Text(), nullable=True),
        sa.Column("last_battery_at", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "last_battery_type = 'li_ion' OR "
            "last_battery_type = 'alkaline' OR "
            "last_battery_type = 'nimh' OR "
            "last_battery_type = 'lithium'",
            name=op.f("ck_last_readings_last_battery_type"),
        ),
        sa.CheckConstraint(
            "link_state = 'refused' OR "
            "link_state = 'offline' OR "
            "link_state = 'rf_lost' OR "
            "link_state = 'transmitter_off' OR "
            "link_state = 'muted' OR "
            "link_state = 'docked' OR "
            "link_state = 'live' OR "
            "link_state = 'unknown'",
            name=op.f("ck_last_readings_link_state"),
        ),
        sa.CheckConstraint("audio_dbfs BETWEEN -200 AND 20", name=op.f("ck_last_readings_audio_dbfs")),
        sa.CheckConstraint(
            "last_battery_bars BETWEEN 0 AND 5", name=op.f("ck_last_readings_last_battery_bars")
        ),
        sa.CheckConstraint(
            "last_battery_minutes BETWEEN 0 AND 65531", name=op.f("ck_last_readings_last_battery_minutes")
        ),
        sa.CheckConstraint(
            "last_battery_percent BETWEEN 0 AND 100", name=op.f("ck_last_readings_last_battery_percent")
        ),
        sa.CheckConstraint("number BETWEEN 1 AND 64", name=op.f("ck_last_readings_number")),
        sa.CheckConstraint(
            "quality_percent BETWEEN 0 AND 100", name=op.f("ck_last_readings_quality_percent")
        ),
        sa.CheckConstraint("rf_dbm BETWEEN -200 AND 200", name=op.f("ck_last_readings_rf_dbm")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_last_readings_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", "number", name=op.f("pk_last_readings")),
    )
    op.create_index(
        "uq_locations_name",
        "locations",
        [sa.text("coalesce(parent_id, '')"), sa.text("lower(name)")],
        unique=True,
    )
    op.create_index("uq_devices_host_port", "devices", [sa.text("lower(host)"), sa.text("port")], unique=True)
    op.execute("INSERT INTO revision (id, number) VALUES (1, 0)")
