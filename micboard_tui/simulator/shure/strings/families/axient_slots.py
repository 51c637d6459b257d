"""The transmitters registered with an Axient channel, some in reach by ShowLink.

Source: docs/reference/protocols/shure.md 5.4.
"""

from collections.abc import Callable, Sequence

from micboard_tui.protocols.shure_strings.messages import quote_text
from micboard_tui.simulator.shure.receiver_channel import Channel, Slot
from micboard_tui.simulator.shure.set_values import RefusedError, parse_name, parse_step, single_value
from micboard_tui.simulator.shure.strings.families import shared_properties
from micboard_tui.simulator.shure.strings.properties import Property, format_digits
from micboard_tui.simulator.stage.pack import Pack

_UNKNOWN = "UNKNOWN"
TX_OFFSET, MAX_TX_OFFSET = 12, 33
POWER_MW = {"LOW": "002", "NORMAL": "010", "HIGH": "035"}
_LINK_QUALITY = "005"


def slot_properties(number: int) -> list[Property[Channel]]:
    """All sixteen of one slot, in the order in which they are sent."""
    return [
        _of_slot(number, "SLOT_STATUS", lambda slot: slot.status),
        _of_slot(number, "SLOT_TX_MODEL", lambda slot: slot.model or _UNKNOWN),
        _of_slot(number, "SLOT_TX_DEVICE_ID", lambda slot: quote_text(slot.name, 31), _rename),
        property_of_active(number, "SLOT_RF_OUTPUT", _rf_output, _UNKNOWN, _set_rf_output),
        property_of_active(
            number, "SLOT_RF_POWER", lambda pack: POWER_MW[pack.power], shared_properties.UNKNOWN_3
        ),
        property_of_active(number, "SLOT_RF_POWER_MODE", lambda pack: pack.power, _UNKNOWN, _set_power),
        property_of_active(
            number, "SLOT_SHOWLINK_STATUS", lambda _: _LINK_QUALITY, shared_properties.UNKNOWN_3
        ),
        property_of_active(number, "SLOT_OFFSET", tx_offset, shared_properties.UNKNOWN_3, _set_offset),
        property_of_active(number, "SLOT_INPUT_PAD", input_pad, shared_properties.UNKNOWN_3, _set_pad),
        property_of_active(number, "SLOT_POLARITY", lambda pack: pack.polarity, _UNKNOWN, _set_polarity),
        property_of_active(number, "SLOT_BATT_TYPE", shared_properties.cells, "UNKN"),
        property_of_active(number, "SLOT_BATT_BARS", shared_properties.bars, shared_properties.UNKNOWN_3),
        property_of_active(
            number, "SLOT_BATT_CHARGE_PERCENT", shared_properties.charge, shared_properties.UNKNOWN_3
        ),
        property_of_active(number, "SLOT_BATT_MINS", shared_properties.minutes, shared_properties.UNKNOWN_5),
        property_of_active(
            number, "SLOT_BATT_HEALTH_PERCENT", shared_properties.health, shared_properties.UNKNOWN_3
        ),
        property_of_active(
            number, "SLOT_BATT_CYCLE_COUNT", shared_properties.cycles, shared_properties.UNKNOWN_5
        ),
    ]


def _of_slot(
    number: int,
    name: str,
    read: Callable[[Slot], str],
    write: Callable[[Slot, Pack, Sequence[str]], None] | None = None,
) -> Property[Channel]:
    def write_slot(channel: Channel, values: Sequence[str]) -> None:
        slot = channel.slots[number - 1]
        # Only a transmitter in reach can be set (docs/reference/protocols/shure.md 5.4).
        if write is None or slot.active is None:
            raise RefusedError
        write(slot, slot.active, values)
        slot.active.changed()

    return Property(
        name,
        lambda channel: read(channel.slots[number - 1]),
        None if write is None else write_slot,
        second=str(number),
    )


def property_of_active(
    number: int,
    name: str,
    read: Callable[[Pack], str],
    none: str,
    write: Callable[[Slot, Pack, Sequence[str]], None] | None = None,
) -> Property[Channel]:
    """A registered transmitter without ShowLink reports nothing here, on or off.

    Source: docs/reference/protocols/shure.md 5.4.
    """

    def read_slot(slot: Slot) -> str:
        return none if slot.active is None else read(slot.active)

    return _of_slot(number, name, read_slot, write)


def _rename(slot: Slot, pack: Pack, values: Sequence[str]) -> None:
    slot.name = pack.name = parse_name(values)


def _rf_output(pack: Pack) -> str:
    return "RF_MUTE" if pack.rf_muted else "RF_ON"


def _set_rf_output(_slot: Slot, pack: Pack, values: Sequence[str]) -> None:
    pack.mute_rf(on=_choice(values, "RF_ON", "RF_MUTE") == "RF_MUTE")


def _set_power(_slot: Slot, pack: Pack, values: Sequence[str]) -> None:
    pack.power = _choice(values, *POWER_MW)


def tx_offset(pack: Pack) -> str:
    return format_digits(pack.offset_db + TX_OFFSET, 3)


def _set_offset(_slot: Slot, pack: Pack, values: Sequence[str]) -> None:
    pack.offset_db = parse_step(values, pack.offset_db + TX_OFFSET, MAX_TX_OFFSET) - TX_OFFSET


def input_pad(pack: Pack) -> str:
    """Bodypacks only: 000 takes 12 dB off, 012 nothing (docs/reference/protocols/shure.md 5.3)."""
    if pack.pad_on is None:
        return shared_properties.UNKNOWN_3
    return "000" if pack.pad_on else "012"


def _set_pad(_slot: Slot, pack: Pack, values: Sequence[str]) -> None:
    if pack.pad_on is None:
        raise RefusedError
    pack.pad_on = _choice(values, "000", "012") == "000"


def _set_polarity(_slot: Slot, pack: Pack, values: Sequence[str]) -> None:
    if pack.pad_on is None:
        raise RefusedError
    pack.polarity = _choice(values, "POSITIVE", "NEGATIVE")


def _choice(values: Sequence[str], *choices: str) -> str:
    value = single_value(values)
    if value not in choices:
        raise RefusedError
    return value
