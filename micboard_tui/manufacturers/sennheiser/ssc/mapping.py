"""From addresses to our values, as far as all families are alike. Pure."""

from collections.abc import Iterable

from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    FIRMWARE,
    PRODUCT,
    STORAGE_MODE,
    Family,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import parse_flag, parse_text


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
    )
