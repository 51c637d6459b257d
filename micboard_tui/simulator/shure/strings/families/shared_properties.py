"""Properties that several families have, differing only in name, width or digits.

Source: docs/reference/protocols/shure.md 2.
"""

from collections.abc import Callable, Sequence

from micboard_tui.protocols.shure_strings.messages import quote_text
from micboard_tui.simulator.shure.receiver_channel import FLASH_S, Carrier, Channel
from micboard_tui.simulator.shure.set_values import (
    RefusedError,
    braced_value,
    parse_name,
    parse_number,
    parse_step,
    parse_switch,
    single_value,
)
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.properties import Property, format_digits
from micboard_tui.simulator.stage.pack import Cells, Pack

MAX_GAIN = 60
MIN_RATE_MS = 100
NO_GROUP = "--,--"
CALCULATING_MINUTES = 65534
UNKNOWN_3 = "255"
UNKNOWN_5 = "65535"
CELLS = {Cells.LITHIUM_ION: "LION", Cells.ALKALINE: "ALKA", Cells.NIMH: "NIMH"}
TEMPERATURE_OFFSET = 40


# Of the device itself.


def device_id(width: int) -> Property[DeviceIdentity]:
    def write(device: DeviceIdentity, values: Sequence[str]) -> None:
        device.name = parse_name(values)

    return Property("DEVICE_ID", lambda device: quote_text(device.name, width), write)


def model() -> Property[DeviceIdentity]:
    return Property("MODEL", lambda device: quote_text(device.model, 32))


def firmware(width: int) -> Property[DeviceIdentity]:
    return Property("FW_VER", lambda device: quote_text(device.reported_firmware, width))


def rf_band() -> Property[DeviceIdentity]:
    return Property("RF_BAND", lambda device: quote_text(device.band.name, 8))


def network_name() -> Property[DeviceIdentity]:
    return Property("NA_DEVICE_NAME", lambda device: quote_text(device.network_name, 31))


def network_settings() -> Property[DeviceIdentity]:
    """Reported when asked for, and never otherwise; that it cannot be set is our choice.

    Source: docs/reference/protocols/shure.md 3.1.
    """
    return Property("NET_SETTINGS", lambda device: device.network_settings, second="SC", listed=False)


def device_flash() -> Property[DeviceIdentity]:
    def write(device: DeviceIdentity, values: Sequence[str]) -> None:
        device.flash_left_s = FLASH_S if parse_switch(values, now=device.flash_left_s > 0) else 0.0

    return Property("FLASH", lambda device: on_off(device.flash_left_s > 0), write, listed=False)


# Of a channel of the receiver.


def channel_name(width: int) -> Property[Channel]:
    def write(channel: Channel, values: Sequence[str]) -> None:
        channel.name = parse_name(values)

    return Property("CHAN_NAME", lambda channel: quote_text(channel.name, width), write)


def audio_gain() -> Property[Channel]:
    def write(channel: Channel, values: Sequence[str]) -> None:
        channel.gain = parse_step(values, channel.gain, MAX_GAIN)

    return Property("AUDIO_GAIN", lambda channel: format_digits(channel.gain, 3), write)


def audio_mute() -> Property[Channel]:
    def write(channel: Channel, values: Sequence[str]) -> None:
        channel.muted = parse_switch(values, now=channel.muted)

    return Property("AUDIO_MUTE", lambda channel: on_off(channel.muted), write)


def channel_flash(*, gettable: bool = True) -> Property[Channel]:
    def write(channel: Channel, values: Sequence[str]) -> None:
        channel.flash_left_s = FLASH_S if parse_switch(values, now=channel.flash_left_s > 0) else 0.0

    return Property(
        "FLASH", lambda channel: on_off(channel.flash_left_s > 0), write, listed=False, gettable=gettable
    )


def meter_rate(highest_ms: int) -> Property[Channel]:
    """One rate a channel for all clients; below 100 ms no device meters.

    Source: docs/reference/protocols/shure.md 1.8.
    """

    def write(channel: Channel, values: Sequence[str]) -> None:
        rate_ms = parse_number(single_value(values))
        if rate_ms and not MIN_RATE_MS <= rate_ms <= highest_ms:
            raise RefusedError
        channel.meter(rate_ms)

    return Property("METER_RATE", lambda channel: format_digits(channel.meter_rate_ms, 5), write)


def frequency(width: int) -> Property[Channel]:
    def write(channel: Channel, values: Sequence[str]) -> None:
        channel.tune(parse_number(single_value(values)))

    return Property("FREQUENCY", lambda channel: format_digits(channel.carrier.frequency_khz, width), write)


def group_plain() -> Property[Channel]:
    """``06,11``: two digits each, without braces (docs/reference/protocols/shure.md 3.2)."""

    def write(channel: Channel, values: Sequence[str]) -> None:
        group = group_in(single_value(values))
        channel.tune(channel.preset_khz(group), group)

    def read(channel: Channel) -> str:
        group = channel.carrier.group
        return NO_GROUP if group is None else f"{group[0]:02d},{group[1]:02d}"

    return Property("GROUP_CHAN", read, write)


def group_braced() -> Property[Channel]:
    """``{6,100     }``: ten wide, in braces (docs/reference/protocols/shure.md 5.2)."""

    def write(channel: Channel, values: Sequence[str]) -> None:
        group = group_in(braced_value(values).rstrip())
        channel.tune(channel.preset_khz(group), group)

    return Property("GROUP_CHANNEL", lambda channel: group_text(channel.carrier), write)


def group_text(carrier: Carrier | None) -> str:
    group = None if carrier is None else carrier.group
    return quote_text(NO_GROUP if group is None else f"{group[0]},{group[1]}", 10)


def group_in(value: str) -> tuple[int, int]:
    """Group and channel; ``--,--`` can be reported and not set."""
    group, comma, channel = value.partition(",")
    if not comma:
        raise RefusedError
    return parse_number(group), parse_number(channel)


def network_channel_name() -> Property[Channel]:
    return Property("NA_CHAN_NAME", lambda channel: quote_text(channel.name, 31))


# Of the transmitter.


def of_pack(name: str, read: Callable[[Pack], str], none: str) -> Property[Channel]:
    """Read while the transmitter is received, and ``none`` otherwise."""
    return Property(name, lambda channel: read(channel.air.pack) if channel.air.is_heard else none)


def bars(pack: Pack) -> str:
    return format_digits(pack.battery.bars, 3)


def charge(pack: Pack) -> str:
    return format_digits(pack.battery.percent, 3, UNKNOWN_3)


def health(pack: Pack) -> str:
    return format_digits(pack.battery.health_percent if pack.battery.is_smart else None, 3, UNKNOWN_3)


def cycles(pack: Pack) -> str:
    return format_digits(pack.battery.cycles if pack.battery.is_smart else None, 5, UNKNOWN_5)


def minutes(pack: Pack) -> str:
    """Unknown without the vendor's pack, and for a minute after power-on.

    Source: docs/reference/protocols/shure.md 2.1.
    """
    if not pack.battery.is_smart:
        return UNKNOWN_5
    return format_digits(pack.battery.minutes if pack.minutes_known else CALCULATING_MINUTES, 5, UNKNOWN_5)


def temperature_c(pack: Pack) -> str:
    celsius = pack.battery.temperature_c
    return f"{int(celsius) + TEMPERATURE_OFFSET:03d}" if pack.battery.is_smart else UNKNOWN_3


def temperature_f(pack: Pack) -> str:
    fahrenheit = round(int(pack.battery.temperature_c) * 9 / 5 + 32)
    return f"{fahrenheit + TEMPERATURE_OFFSET:03d}" if pack.battery.is_smart else UNKNOWN_3


def cells(pack: Pack) -> str:
    return CELLS[pack.battery.cells]


def on_off(value: object) -> str:
    return "ON" if value else "OFF"
