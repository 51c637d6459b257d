"""Spectera base station: its mobile devices are channels. Without IO.

Source: docs/reference/protocols/sennheiser.md 6.4.

What is not documented, audio levels by pack and the state of a pack's mute, is not told.
"""

from collections.abc import Mapping, Sequence

from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.command import Command
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import Order, not_supported
from micboard_tui.manufacturers.sennheiser.sscv2.values import (
    MAX_PERCENT,
    battery,
    number,
    raw,
    whole,
    word,
)
from micboard_tui.manufacturers.sennheiser.transmitter_presence import (
    Presence,
    is_present,
    transmitter_while_present,
)
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY, VERSION
from micboard_tui.protocols.sscv2.tree import Tree

FIRST_SCHEMA = 17
"""The schemas of its firmware: 17.0 and 18.1 and beyond; EW-DX counts from 1.7."""
MAX_PACKS = 64
MAX_FREQUENCY_KHZ = 9_999_999
PACKS, RF_CHANNELS = "/api/mts/paired/all", "/api/rf/channels"
SITE, STATE, FIRMWARE = "/api/device/site", "/api/device/state", "/api/firmware/update/state"
_HEALTH = (
    "/api/health/psu",
    "/api/health/tempstateoverall",
    *(f"/api/health/fan/FAN_{fan}/errorstate" for fan in (1, 2, 3)),
)
_PRESENCES = {
    **dict.fromkeys(("Connected", "Syncing", "Updating"), Presence.HERE),
    # The only state that is a goodbye: a pack that is Disconnected may be off or out of reach.
    "Sleeping": Presence.AWAY,
}
_DISTURBED = {"None": False, "Low": False, "Mid": True, "Medium": True, "High": True}
_LEVELS = frozenset({"rssi", "micLqi", "iemLqi", "dominantAntenna"})
_NO_SERIALS = frozenset({None, "0000000000"})


class Spectera:
    """Implements ``Family``. Remembers nothing but which number a pack was given."""

    user = "controlSennheiser"
    collections: Mapping[str, str] = {
        PACKS: "mtUid",
        RF_CHANNELS: "rfChannelId",
    }

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def numbered(self, index: int) -> str | None:
        return None

    def device_paths(self) -> Sequence[str]:
        return (PACKS, RF_CHANNELS, SITE, STATE, FIRMWARE, *_HEALTH)

    def fact_paths(self, number: int) -> Sequence[str]:
        return ()

    def meter_paths(self, number: int) -> Sequence[str]:
        return (PACKS,)

    def linked_paths(self, tree: Tree, number: int) -> Sequence[str]:
        return ()

    def concerns(self, tree: Tree, path: str) -> int | None:
        collection, _, uid = path.rpartition("/")
        if collection != PACKS:
            return None
        return next((place for place, name in self._packs(tree).items() if name == uid), None)

    def is_level(self, path: str) -> bool:
        return False

    def gone(self, tree: Tree, here: Sequence[int]) -> Sequence[str]:
        return ()

    def presence(self, tree: Tree, number: int) -> Presence:
        uid = self._packs(tree).get(number)
        if uid is None:
            # A gap in the numbers of the packs.
            return Presence.AWAY
        state = word(tree.field(f"{PACKS}/{uid}", "state"))
        return Presence.UNKNOWN if state is None else _PRESENCES.get(state, Presence.LOST)

    def numbers(self, tree: Tree, known: Sequence[int]) -> Sequence[int]:
        """Up to the last pack: a number that nobody has is a channel without a transmitter."""
        return range(1, max(self._packs(tree), default=0) + 1)

    def device(self, tree: Tree, numbers: Sequence[int]) -> DeviceHeard:
        product = word(tree.field(IDENTITY, "product"))
        return DeviceHeard(
            kind=DeviceKind.RECEIVER,
            channel_count=max(numbers, default=0),
            model=product or "Spectera Base Station",
            own_name=word(tree.field(SITE, "deviceName")),
            firmware=word(tree.field(FIRMWARE, "deviceVersion")),
            raw=raw(tree, IDENTITY, VERSION, SITE, STATE, FIRMWARE, *_HEALTH),
        )

    def facts(self, tree: Tree, number: int, presence: Presence, meter_interval_s: float) -> ChannelFacts:
        uid = self._packs(tree).get(number)
        if uid is None:
            return ChannelFacts(transmitter_present=False, meter_interval_s=meter_interval_s)
        path = f"{PACKS}/{uid}"
        rf = f"{RF_CHANNELS}/{tree.field(path, 'rfChannelId')}"
        return ChannelFacts(
            name=word(tree.field(path, "name")),
            frequency_khz=whole(tree.field(rf, "frequency"), 1, MAX_FREQUENCY_KHZ),
            gain_db=whole(tree.field(path, "micPreampGain"), -60, 100),
            receiver_muted=_rf_muted(tree.field(rf, "rfState")),
            interference=_interference(tree.field(path, "interference")),
            transmitter_present=is_present(presence),
            transmitter=transmitter_while_present(presence, _transmitter(tree, path)),
            meter_interval_s=meter_interval_s,
            raw=raw(tree, path, without=_LEVELS),
        )

    def meters(self, tree: Tree, number: int) -> Meters | None:
        uid = self._packs(tree).get(number)
        if uid is None:
            return None
        path = f"{PACKS}/{uid}"
        state = word(tree.field(path, "state"))
        is_linked = state == "Connected"
        antenna = word(tree.field(path, "dominantAntenna"))
        return Meters(
            rf_dbm=_rssi(tree.field(path, "rssi")) if is_linked else None,
            antenna=(antenna.upper() if antenna else None) if is_linked else "",
            carrier=None if state is None else is_linked,
            quality_percent=whole(tree.field(path, "micLqi"), 0, MAX_PERCENT) if is_linked else None,
        )

    def _packs(self, tree: Tree) -> Mapping[int, str]:
        """The mobile devices by channel number: their own number, so that none moves when another goes.

        What their numbers are like is not documented, so others are given one that is free, and keep it.
        """
        told = _with_serial(tree)
        own = {int(uid): uid for uid in told if _is_number(uid)}
        others = [uid for uid in told if not _is_number(uid)]
        self._places = {uid: place for uid, place in self._places.items() if place not in own}
        for uid in others:
            if uid not in self._places and (place := self._free(own, others)) is not None:
                self._places[uid] = place
        return own | {self._places[uid]: uid for uid in others if uid in self._places}

    def _free(self, own: Mapping[int, str], others: Sequence[str]) -> int | None:
        """A number that nobody ever had, else that of a pack that has gone."""
        taken = own.keys() | self._places.values()
        for place in range(1, MAX_PACKS + 1):
            if place not in taken:
                return place
        gone = next((uid for uid in self._places if uid not in others), None)
        return None if gone is None else self._places.pop(gone)

    def order(self, command: Command, numbers: Sequence[int]) -> Order:
        raise not_supported(
            "A Spectera base station is only watched, not controlled",
            "Use its LinkDesk or its web page",
        )


def _rssi(told: Json) -> float | None:
    return number(told, -200, 20)


def _with_serial(tree: Tree) -> Sequence[str]:
    """The mobile devices. Freshly paired ones have no serial yet and are left out until they do.

    Source: docs/reference/protocols/sennheiser.md 6.4.
    """
    packs = sorted(tree.items(PACKS).items(), key=lambda each: (len(each[0]), each[0]))
    return [uid for uid, item in packs if word(item.get("serial")) not in _NO_SERIALS]


def _is_number(uid: str) -> bool:
    return uid.isascii() and uid.isdigit() and 1 <= int(uid) <= MAX_PACKS


def _transmitter(tree: Tree, path: str) -> Transmitter:
    return Transmitter(
        model=word(tree.field(path, "type")),
        name=word(tree.field(path, "name")),
        serial=word(tree.field(path, "serial")),
        battery=battery(tree.field(path, "batteryFillLevel"), tree.field(path, "batteryRuntime")),
    )


def _rf_muted(state: Json) -> bool | None:
    return {"RfMuted": True, "RfActive": False}.get(state) if isinstance(state, str) else None


def _interference(told: Json) -> bool | None:
    severity = told.get("severity") if isinstance(told, dict) else None
    return _DISTURBED.get(severity) if isinstance(severity, str) else None
