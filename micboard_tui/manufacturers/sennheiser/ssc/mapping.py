"""From addresses to our values, as far as all families are alike. Pure."""

from collections.abc import Iterable

from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import ClockHeard, DeviceHeard
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    FIRMWARE,
    PRODUCT,
    SERIAL,
    STORAGE_MODE,
    Family,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import parse_flag, parse_number, parse_text
from micboard_tui.protocols.ssc.messages import Value

EPOCH_S = 946_684_800.0
"""2000-01-01T00:00Z, from which a device counts its seconds (docs/reference/protocols/sennheiser.md 2.1)."""
MAX_TIME_S = 1e10


def clocks_of(value: Value) -> list[ClockHeard]:
    """What the clock shows, if that can be read: the middle of the second that it tells."""
    seconds = parse_number(value, 0.0, MAX_TIME_S)
    return [] if seconds is None else [ClockHeard(EPOCH_S + seconds + 0.5)]


def device_of(family: Family, values: AddressValues, count: int, addresses: Iterable[str]) -> DeviceHeard:
    """What the device reports of itself; ``count`` channels or bays, raw values of ``addresses``."""
    is_charger = family.kind is DeviceKind.CHARGER
    return DeviceHeard(
        kind=family.kind,
        channel_count=0 if is_charger else count,
        model=parse_text(values.get(PRODUCT)),
        own_name=parse_text(values.get(DEVICE_NAME)),
        firmware=parse_text(values.get(FIRMWARE)),
        rf_band=parse_text(values.get(family.rf_band_address)) if family.rf_band_address else None,
        raw=values.raw(addresses),
        bay_count=count if is_charger else 0,
        storage_mode=parse_flag(values.get(STORAGE_MODE)) if is_charger else None,
        device_warnings=family.device_warnings_of(values),
        serial=parse_text(values.get(SERIAL)),
    )
