"""From addresses to ours, as far as all families are alike. Pure."""

from collections.abc import Iterable

from micboard_tui.domain.channel import Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    FIRMWARE,
    PRODUCT,
    Family,
    Presence,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import text


def device(family: Family, words: Words, count: int, addresses: Iterable[str]) -> DeviceHeard:
    """What the device says of itself; ``count`` channels or bays."""
    is_charger = family.kind is DeviceKind.CHARGER
    return DeviceHeard(
        kind=family.kind,
        channel_count=0 if is_charger else count,
        model=text(words.get(PRODUCT)),
        own_name=text(words.get(DEVICE_NAME)),
        firmware=text(words.get(FIRMWARE)),
        rf_band=text(words.get(family.rf_band)) if family.rf_band else None,
        raw=words.raw(addresses),
        bay_count=count if is_charger else 0,
    )


def present(presence: Presence) -> bool | None:
    """A transmitter whose link broke off counts as lost for a while, and then as off."""
    return {Presence.HERE: True, Presence.LOST: True, Presence.AWAY: False}.get(presence)


def carried(presence: Presence, transmitter: Transmitter) -> Transmitter | None:
    """What is known of the transmitter: with its link goes all that it said.

    Source: docs/reference/protocols/sennheiser.md 7.
    """
    if presence is Presence.HERE:
        return transmitter
    return Transmitter() if presence is Presence.LOST else None
