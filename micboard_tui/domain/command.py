"""What a user can ask a device to do. Destructive commands do not exist here at all."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Identify:
    """Flash the device, or one of its channels, for a moment."""

    channel: int | None = None


@dataclass(frozen=True, slots=True)
class SetDeviceName:
    name: str


@dataclass(frozen=True, slots=True)
class SetChannelName:
    channel: int
    name: str


@dataclass(frozen=True, slots=True)
class SetGain:
    channel: int
    gain_db: int


@dataclass(frozen=True, slots=True)
class SetMute:
    channel: int
    muted: bool


@dataclass(frozen=True, slots=True)
class SetFrequency:
    channel: int
    frequency_khz: int


@dataclass(frozen=True, slots=True)
class SetGroupChannel:
    channel: int
    group: int
    number: int


@dataclass(frozen=True, slots=True)
class SetSlotRf:
    """Switch the RF output of a registered transmitter (Axient Digital, ShowLink) on or off."""

    channel: int
    slot: int
    on: bool


@dataclass(frozen=True, slots=True)
class SetSlotName:
    """Name a registered transmitter (Axient Digital, ShowLink), as it is then named on its own display."""

    channel: int
    slot: int
    name: str


Command: TypeAlias = (
    Identify
    | SetDeviceName
    | SetChannelName
    | SetGain
    | SetMute
    | SetFrequency
    | SetGroupChannel
    | SetSlotRf
    | SetSlotName
)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the device reported after a command: the value now in force, as it writes it and as we do."""

    command: Command
    value: str
    adapted: bool = False
    """The value is another one than asked for: the device takes, or chose, only that.

    A driver has to say so where the device chose it; what a driver fitted is compared by ``DeviceService``.
    """
