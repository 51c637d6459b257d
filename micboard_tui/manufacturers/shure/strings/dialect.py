"""What the families of command strings have in common, and what sets them apart.

Source: docs/reference/protocols/shure.md 2.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.thresholds import METER_INTERVAL_S
from micboard_tui.manufacturers.shure.families import Family, family_of
from micboard_tui.protocols.shure_strings.codec import encode, encode_line
from micboard_tui.protocols.shure_strings.messages import Get, Set


@dataclass(frozen=True, slots=True)
class Gain:
    """How a gain or level in dB is written."""

    property: str = "AUDIO_GAIN"
    lowest_db: int = -18
    highest_db: int = 42
    is_shifted: bool = True
    """The lowest travels as 000; otherwise decibels are written as they are, sign included."""


@dataclass(frozen=True, slots=True)
class Mute:
    """How the output is muted."""

    property: str = "AUDIO_MUTE"
    on: str = "ON"
    off: str = "OFF"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family writes what all of them send."""

    family: Family
    tx_model: str = ""
    """The property whose unknown value means that no transmitter is there.

    Source: docs/reference/protocols/shure.md 15.5.
    """
    battery: dict[str, str] = field(default_factory=dict)
    """Our field of a battery: its property."""
    kind: DeviceKind = DeviceKind.RECEIVER
    group_channel: str = "GROUP_CHANNEL"
    frequency_digits: int = 7
    """0: it has no frequency to be set."""
    answers_index_0: bool = True
    asked_properties: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Where nothing answers ``GET ALL``: the properties of the device and of each channel, asked one by one.

    A channel that answers the first one is there.
    """
    conditions: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Locks, mutes, faults of the device and of each channel: in every list, else asked one by one."""
    device_name: str = "DEVICE_ID"
    has_braces: bool = True
    """Otherwise names travel bare, with ``_`` for a space, and lines end with CR LF.

    Source: docs/reference/protocols/shure.md 8.1.
    """
    meter_interval_s: float = METER_INTERVAL_S
    """The default; QLX-D locks up when a client vanishes while it meters, so seldom there.

    Source: docs/reference/protocols/shure.md 15.1.
    """
    has_meters: bool = True
    meters_by_report: bool = False
    """Meters come as reports of their own and not as samples (docs/reference/protocols/shure.md 8.3)."""
    max_channels: int = 4
    """Channels or bays."""
    gain: Gain | None = field(default_factory=Gain)
    mute: Mute | None = None
    has_flash: bool = True
    has_slots: bool = False
    has_links: bool = False
    """Only the properties of a link may describe its transmitter (docs/reference/protocols/shure.md 7)."""
    reread_on: str = ""
    """When this turns to YES, everything of its channel is to be asked again.

    Source: docs/reference/protocols/shure.md 10.
    """


# docs/reference/protocols/shure.md 3.3 for ULX-D; 4 names no difference for QLX-D but health, which newer
# firmware has.
_ULXD_BATTERY = {
    "bars": "BATT_BARS",
    "percent": "BATT_CHARGE",
    "minutes": "BATT_RUN_TIME",
    "type": "BATT_TYPE",
    "health_percent": "BATT_HEALTH",
    "cycles": "BATT_CYCLE",
    "temperature_c": "BATT_TEMP_C",
}
# docs/reference/protocols/shure.md 5.3; SLX-D has the first three and no percent
# (docs/reference/protocols/shure.md 6.2).
_AXIENT_BATTERY = {
    "bars": "TX_BATT_BARS",
    "minutes": "TX_BATT_MINS",
    "type": "TX_BATT_TYPE",
    "percent": "TX_BATT_CHARGE_PERCENT",
    "health_percent": "TX_BATT_HEALTH_PERCENT",
    "cycles": "TX_BATT_CYCLE_COUNT",
    "temperature_c": "TX_BATT_TEMP_C",
}
# docs/reference/protocols/shure.md 10.
_MXW_BATTERY = {"percent": "BATT_CHARGE", "minutes": "BATT_RUN_TIME", "health_percent": "BATT_HEALTH"}
# docs/reference/protocols/shure.md 11; a charger tells no run time.
_CHARGER_BATTERY = {
    "bars": "BATT_BARS",
    "percent": "BATT_CHARGE",
    "health_percent": "BATT_HEALTH",
    "cycles": "BATT_CYCLE",
    "temperature_c": "BATT_TEMP_C",
}

# docs/reference/protocols/shure.md 2, 3.3.
_ULXD_CONDITIONS = ("ENCRYPTION_WARNING", "TX_MENU_LOCK", "TX_PWR_LOCK", "TX_RF_PWR")
# docs/reference/protocols/shure.md 5.2, 5.3.
_AXIENT_CONDITIONS = (
    "ENCRYPTION_STATUS",
    "INTERFERENCE_STATUS",
    "TX_LOCK",
    "TX_TALK_SWITCH",
    "TX_MUTE_MODE_STATUS",
    "TX_POWER_LEVEL",
)

ULXD = Dialect(
    Family.ULXD,
    tx_model="TX_TYPE",
    battery=_ULXD_BATTERY,
    conditions=(("ENCRYPTION",), (*_ULXD_CONDITIONS, "RF_INT_DET", "TX_MUTE_STATUS")),
    group_channel="GROUP_CHAN",
    frequency_digits=6,
    mute=Mute(),
)
QLXD = Dialect(
    Family.QLXD,
    tx_model="TX_TYPE",
    battery=_ULXD_BATTERY,
    conditions=(("ENCRYPTION",), _ULXD_CONDITIONS),
    group_channel="GROUP_CHAN",
    frequency_digits=6,
    answers_index_0=False,
    # Faster meters can lock a QLX-D up (docs/reference/protocols/shure.md 4).
    meter_interval_s=1.0,
    max_channels=1,
    has_flash=False,
)
AXIENT = Dialect(
    Family.AXIENT,
    tx_model="TX_MODEL",
    battery=_AXIENT_BATTERY,
    conditions=(("ENCRYPTION_MODE",), _AXIENT_CONDITIONS),
    mute=Mute(),
    has_slots=True,
)
# One program knows it, unverified (docs/reference/protocols/shure.md 5.8).
ANX4 = replace(AXIENT, family=Family.ANX4, max_channels=24)
ANX4_ULXD = replace(ANX4, tx_model="TX_TYPE", battery=_ULXD_BATTERY, group_channel="GROUP_CHAN")
"""For one that describes ULX-D transmitters as a ULX-D receiver does. That it may is a guess."""
SLXD = Dialect(Family.SLXD, tx_model="TX_MODEL", battery=_AXIENT_BATTERY, conditions=(("LOCK_STATUS",), ()))
SLXD_PLUS = replace(
    SLXD,
    family=Family.SLXD_PLUS,
    conditions=(
        ("LOCK_STATUS",),
        (
            "ENCRYPTION_STATUS",
            "INTERFERENCE_STATUS",
            "LINK_STATUS",
            "LINK_TX_MODEL",
            "LINK_TX_BATT_MINS",
        ),
    ),
    has_links=True,
)
PSM1000 = Dialect(
    Family.PSM1000,
    kind=DeviceKind.IEM_TRANSMITTER,
    group_channel="GROUP_CHAN",
    frequency_digits=6,
    answers_index_0=False,
    # docs/reference/protocols/shure.md 8.2.
    asked_properties=(
        ("DEVICE_NAME",),
        (
            "CHAN_NAME",
            "AUDIO_IN_LVL",
            "GROUP_CHAN",
            "FREQUENCY",
            "RF_TX_LVL",
            "RF_MUTE",
            "AUDIO_TX_MODE",
            "AUDIO_IN_LINE_LVL",
            "METER_RATE",
        ),
    ),
    device_name="DEVICE_NAME",
    has_braces=False,
    meters_by_report=True,
    max_channels=2,
    gain=Gain("AUDIO_IN_LVL", -67, 0, is_shifted=False),
    mute=Mute("RF_MUTE", "1", "0"),
    has_flash=False,
)
MXW = Dialect(
    Family.MXW,
    tx_model="TX_TYPE",
    battery=_MXW_BATTERY,
    frequency_digits=0,
    asked_properties=(
        ("DEVICE_ID",),
        (
            "CHAN_NAME",
            "TX_AVAILABLE",
            "TX_STATUS",
            "TX_TYPE",
            "TX_DEVICE_ID",
            "AUDIO_GAIN",
            "INT_AUDIO_GAIN",
            "BATT_CHARGE",
            "BATT_RUN_TIME",
            "BATT_TIME_TO_FULL",
            "BATT_HEALTH",
            "BUTTON_STS",
            "LED_STATUS",
            "BP_MIC_SELECT",
            "METER_RATE",
        ),
    ),
    # The meaning of its levels is not documented (docs/reference/protocols/shure.md 10), and values without
    # a unit are not shown.
    has_meters=False,
    max_channels=8,
    gain=Gain(lowest_db=-25, highest_db=35),
    reread_on="TX_AVAILABLE",
)
CHARGER = Dialect(
    Family.CHARGER,
    kind=DeviceKind.CHARGER,
    battery=_CHARGER_BATTERY,
    frequency_digits=0,
    has_meters=False,
    # Four bases of an SBC220 or SBC240 have two bays each, an SBRC and an SBC840 have eight
    # (docs/reference/protocols/shure.md 11).
    max_channels=8,
    gain=None,
)

_DIALECTS = {
    dialect.family: dialect for dialect in (ULXD, QLXD, AXIENT, ANX4, SLXD, SLXD_PLUS, PSM1000, MXW, CHARGER)
}


_MARKS = (
    (CHARGER, frozenset({"BATT_DETECTED", "BATT_TIME_TO_FULL"})),
    (ANX4, frozenset({"NUMBER_CHANNELS_LICENSED", "AVAILABLE_CHANNELS", "ANTENNA_CONFIGURATION"})),
    (AXIENT, frozenset({"SLOT_STATUS", "CHAN_QUALITY", "FD_MODE", "QUADVERSITY_MODE"})),
    (SLXD_PLUS, frozenset({"LINK_STATUS", "LINK_TX_MODEL", "LINK_TX_BATT_MINS", "APP_CONNECTION_ENABLED"})),
    (QLXD, frozenset({"MAC_ADDR"})),
    (ULXD, frozenset({"GROUP_CHAN", "RF_ANTENNA", "RX_RF_LVL", "TX_TYPE", "BATT_RUN_TIME", "BATT_BARS"})),
    (SLXD, frozenset({"GROUP_CHANNEL", "TX_MODEL", "TX_BATT_MINS", "TX_BATT_BARS", "AUDIO_OUT_LVL_SWITCH"})),
)
"""Properties that give a family away, the rarest first (docs/reference/protocols/shure.md 2)."""


def dialect_by_properties(properties: AbstractSet[str]) -> Dialect | None:
    """The dialect of a device that names no model, by what it has sent."""
    return next((dialect for dialect, marks in _MARKS if not marks.isdisjoint(properties)), None)


def questions_of(dialect: Dialect) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The properties of the device and of each channel, to be asked one by one where it lists nothing."""
    if any(dialect.asked_properties):
        return dialect.asked_properties
    if dialect.kind is DeviceKind.CHARGER:
        return (dialect.device_name, "FW_VER"), (
            "BATT_DETECTED",
            "BATT_STATE",
            "BATT_ERROR",
            *dialect.battery.values(),
        )
    names = (
        "CHAN_NAME",
        "FREQUENCY",
        dialect.group_channel,
        "" if dialect.gain is None else dialect.gain.property,
        "" if dialect.mute is None else dialect.mute.property,
        "METER_RATE",
        dialect.tx_model,
        *dialect.battery.values(),
        *dialect.conditions[1],
    )
    of_device = (dialect.device_name, "FW_VER", *dialect.conditions[0])
    return of_device, tuple(name for name in names if name)


def dialect_of(model: str) -> Dialect | None:
    """The dialect of a model; None for what this driver does not support."""
    family = family_of(model)
    return None if family is None else _DIALECTS[family]


def encode_message(message: Get | Set, dialect: Dialect | None) -> bytes:
    """As it is sent: line ends are ignored by all, and without them PSM1000 answers nothing.

    ``dialect`` None: it is not known yet. Source: docs/reference/protocols/shure.md 1.1, 8.1.
    """
    has_line_ends = dialect is None or not dialect.has_braces
    return encode_line(message) if has_line_ends else encode(message)
