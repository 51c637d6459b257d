"""Which metrics there are, and how they are written. docs/reference/metrics.md lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MetricType(StrEnum):
    GAUGE = "gauge"
    COUNTER = "counter"
    INFO = "info"
    """Always 1: its labels are what it tells."""


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """One metric; its series differ in their labels."""

    name: str
    """As its series are called."""
    type: MetricType
    labels: tuple[str, ...]
    help: str

    def head(self, *, is_openmetrics: bool) -> str:
        """The lines before its series."""
        name, kind = self.name, self.type.value
        if is_openmetrics:
            name = name.removesuffix("_total").removesuffix("_info")
        elif self.type is MetricType.INFO:
            kind = MetricType.GAUGE.value
        return f"# HELP {name} {self.help}\n# TYPE {name} {kind}\n"


_CHANNEL = ("device", "channel")
_GAUGE, _COUNTER, _INFO = MetricType

DEVICE_UP = MetricFamily(
    "micboard_device_up",
    _GAUGE,
    ("device", "manufacturer", "model", "location"),
    "1 while the device answers, 0 when it was tried and cannot be read. Absent until that is known.",
)
CHANNEL_INFO = MetricFamily(
    "micboard_channel_info",
    _INFO,
    (*_CHANNEL, "name", "performer"),
    "What the channel is called and who wears it: join by device and channel.",
)
LINK_STATE = MetricFamily(
    "micboard_channel_link_state",
    _GAUGE,
    (*_CHANNEL, "state"),
    "1 for the state that the channel is in, 0 for all others.",
)
RF_DBM = MetricFamily(
    "micboard_channel_rf_dbm",
    _GAUGE,
    (*_CHANNEL, "antenna"),
    "RF level in dBm by antenna, A and B where the device tells them apart; best: that of the channel.",
)
AUDIO_DBFS = MetricFamily(
    "micboard_channel_audio_dbfs", _GAUGE, _CHANNEL, "Audio level in dB below full scale."
)
BATTERY_RATIO = MetricFamily(
    "micboard_channel_battery_ratio",
    _GAUGE,
    _CHANNEL,
    "Charge of the pack on the air, 0 to 1, by its percent or else by its bars.",
)
BATTERY_REMAINING = MetricFamily(
    "micboard_channel_battery_remaining_seconds",
    _GAUGE,
    _CHANNEL,
    "Seconds left as the pack on the air tells them.",
)
QUALITY_RATIO = MetricFamily(
    "micboard_channel_quality_ratio", _GAUGE, _CHANNEL, "Quality of the link, 0 to 1, as the device tells it."
)
OBSERVED = MetricFamily(
    "micboard_channel_observed_timestamp_seconds",
    _GAUGE,
    _CHANNEL,
    "When the device reported anything of the channel last, in seconds since the epoch.",
)
PROBLEMS = MetricFamily(
    "micboard_problems",
    _GAUGE,
    ("code",),
    "Channels and devices that have this problem now, before any delay of an alarm.",
)
ALARMS = MetricFamily(
    "micboard_alarms",
    _GAUGE,
    ("priority", "state"),
    "Alarms that are listed. Absent until the stored ones were read.",
)
MESSAGES = MetricFamily(
    "micboard_device_messages_total",
    _COUNTER,
    ("device",),
    "Observations that the device reported in this session.",
)
RECONNECTS = MetricFamily(
    "micboard_device_reconnects_total",
    _COUNTER,
    ("device",),
    "Attempts to connect to the device again in this session.",
)
LOOP_LAG = MetricFamily(
    "micboard_event_loop_lag_seconds",
    _GAUGE,
    (),
    "How late 95 of 100 turns of the last minute came at most: above 0.1 the machine is too busy.",
)
STORE_AGE = MetricFamily(
    "micboard_store_age_seconds",
    _GAUGE,
    (),
    "Seconds since readings were stored last. Absent until there were some.",
)
BUILD_INFO = MetricFamily(
    "micboard_build_info", _INFO, ("version", "python"), "Which release runs, and on which Python."
)

FAMILIES = (
    DEVICE_UP,
    CHANNEL_INFO,
    LINK_STATE,
    RF_DBM,
    AUDIO_DBFS,
    BATTERY_RATIO,
    BATTERY_REMAINING,
    QUALITY_RATIO,
    OBSERVED,
    PROBLEMS,
    ALARMS,
    MESSAGES,
    RECONNECTS,
    LOOP_LAG,
    STORE_AGE,
    BUILD_INFO,
)
"""All of them, in the order in which they are written."""


class SeriesLines:
    """The series of one moment, one line each, kept by family: the format wants those of one together."""

    def __init__(self) -> None:
        self.of: Mapping[str, list[str]] = {family.name: [] for family in FAMILIES}
        """By the name of the family."""

    def add(self, family: MetricFamily, value: float, *labels: str) -> None:
        """Add a series with the values of all labels of the family, in their order."""
        pairs = ",".join(
            f'{name}="{escape(label)}"' for name, label in zip(family.labels, labels, strict=True)
        )
        self.of[family.name].append(
            f"{family.name}{{{pairs}}} {value}" if pairs else f"{family.name} {value}"
        )

    def write(self, *, is_openmetrics: bool) -> bytes:
        """All of it as text; a family without series is left out."""
        parts = [
            family.head(is_openmetrics=is_openmetrics) + "\n".join(self.of[family.name]) + "\n"
            for family in FAMILIES
            if self.of[family.name]
        ]
        if is_openmetrics:
            parts.append("# EOF\n")
        return "".join(parts).encode("utf-8", "replace")


def escape(label: str) -> str:
    """The value of a label as it stands between quotes."""
    return label.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
