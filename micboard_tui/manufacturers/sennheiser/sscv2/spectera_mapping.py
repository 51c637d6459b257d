"""Spectera base station: its mobile devices are channels. Without IO.

Source: docs/reference/protocols/sennheiser.md 6.4.

What is not documented, audio levels by pack and the state of a pack's mute, is not reported.
"""

from collections.abc import Mapping, Sequence

from micboard_tui.domain.channel import NO_WARNINGS, ChannelFacts, DeviceWarning, Meters, Transmitter
from micboard_tui.domain.command import Command
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.domain.value_ranges import MAX_CHANNELS, MAX_FREQUENCY_KHZ
from micboard_tui.manufacturers.command_errors import not_supported_error
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import PreparedCommand
from micboard_tui.manufacturers.sennheiser.sscv2.values import (
    MAX_PERCENT,
    parse_battery,
    parse_integer,
    parse_number,
    parse_text,
    raw_values,
)
from micboard_tui.manufacturers.sennheiser.transmitter_presence import (
    Presence,
    is_present,
    transmitter_while_present,
)
from micboard_tui.manufacturers.sennheiser.warning_tokens import own_warnings_of, parse_tokens
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY, VERSION
from micboard_tui.protocols.sscv2.tree import Tree

FIRST_SCHEMA = 17
"""The schemas of its firmware: 17.0 and 18.1 and beyond; EW-DX counts from 1.7."""

RF_RANGE_DBM = (-200, 20)
PACKS, RF_CHANNELS = "/api/mts/paired/all", "/api/rf/channels"
SITE, STATE, FIRMWARE = "/api/device/site", "/api/device/state", "/api/firmware/update/state"
_SUPPLIES, _TEMPERATURE = "/api/health/psu", "/api/health/tempstateoverall"
_FANS = tuple(f"/api/health/fan/FAN_{fan}/errorstate" for fan in (1, 2, 3))
_HEALTH = (_SUPPLIES, _TEMPERATURE, *_FANS)
_PRESENCES = {
    **dict.fromkeys(("Connected", "Syncing", "Updating"), Presence.HERE),
    # The only state that is a goodbye: a pack that is Disconnected may be off or out of reach.
    "Sleeping": Presence.AWAY,
}
_INTERFERENCE = {"None": False, "Low": False, "Mid": True, "Medium": True, "High": True}
_LEVELS = frozenset({"rssi", "micLqi", "iemLqi", "dominantAntenna"})
_LOW_BATTERY = frozenset({DeviceWarning.LOW_BATTERY})
_HOT = frozenset({"warning", "critical"})
_NO_SERIALS = frozenset({None, "0000000000"})


class Spectera:
    """Implements ``Family``. Remembers nothing but which number a pack was given."""

    user = "controlSennheiser"
    collections: Mapping[str, str] = {
        PACKS: "mtUid",
        RF_CHANNELS: "rfChannelId",
    }

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        """Of packs whose own number cannot be one of a channel."""

    def channel_path(self, _index: int, /) -> str | None:
        return None

    def device_paths(self) -> Sequence[str]:
        return (PACKS, RF_CHANNELS, SITE, STATE, FIRMWARE, *_HEALTH)

    def fact_paths(self, _number: int, /) -> Sequence[str]:
        return ()

    def meter_paths(self, _number: int, /) -> Sequence[str]:
        return (PACKS,)

    def transmitter_paths(self, _tree: Tree, _number: int, /) -> Sequence[str]:
        return ()

    def channel_of(self, tree: Tree, path: str, /) -> int | None:
        collection, _, uid = path.rpartition("/")
        if collection != PACKS:
            return None
        return next((number for number, own in self._packs_of(tree).items() if own == uid), None)

    def is_level(self, _path: str, /) -> bool:
        return False

    def stale_paths(self, _tree: Tree, _present: Sequence[int], /) -> Sequence[str]:
        return ()

    def presence_of(self, tree: Tree, number: int, /) -> Presence:
        uid = self._packs_of(tree).get(number)
        if uid is None:
            # A gap in the numbers of the packs.
            return Presence.AWAY
        state = parse_text(tree.field(f"{PACKS}/{uid}", "state"))
        return Presence.UNKNOWN if state is None else _PRESENCES.get(state, Presence.LOST)

    def channel_numbers(self, tree: Tree, _counted: Sequence[int], /) -> Sequence[int]:
        """Up to the last pack: a number that no pack has is a channel without a transmitter."""
        return range(1, max(self._packs_of(tree), default=0) + 1)

    def device_of(self, tree: Tree, numbers: Sequence[int], /) -> DeviceHeard:
        product = parse_text(tree.field(IDENTITY, "product"))
        return DeviceHeard(
            kind=DeviceKind.RECEIVER,
            channel_count=max(numbers, default=0),
            model=product or "Spectera Base Station",
            own_name=parse_text(tree.field(SITE, "deviceName")),
            firmware=parse_text(tree.field(FIRMWARE, "deviceVersion")),
            raw=raw_values(tree, IDENTITY, VERSION, SITE, STATE, FIRMWARE, *_HEALTH),
            device_warnings=_device_warnings_of(tree),
            serial=parse_text(tree.field(IDENTITY, "serial")),
        )

    def facts_of(
        self, tree: Tree, number: int, presence: Presence, meter_interval_s: float, /
    ) -> ChannelFacts:
        uid = self._packs_of(tree).get(number)
        if uid is None:
            return ChannelFacts(transmitter_present=False, meter_interval_s=meter_interval_s)
        path = f"{PACKS}/{uid}"
        carrier = tree.field(path, "rfChannelId")
        rf = f"{RF_CHANNELS}/{carrier}"
        return ChannelFacts(
            name=parse_text(tree.field(path, "name")),
            frequency_khz=parse_integer(tree.field(rf, "frequency"), 1, MAX_FREQUENCY_KHZ),
            # Packs of one station share a wideband carrier (docs/reference/protocols/sennheiser.md 6.4, 13).
            shared_carrier=None if carrier is None else str(carrier),
            gain_db=parse_integer(tree.field(path, "micPreampGain"), -60, 100),
            receiver_muted=_parse_rf_state(tree.field(rf, "rfState")),
            interference=_parse_interference(tree.field(path, "interference")),
            transmitter_present=is_present(presence),
            transmitter=transmitter_while_present(presence, _transmitter_of(tree, path)),
            device_warnings=_LOW_BATTERY if tree.field(path, "batteryLow") is True else NO_WARNINGS,
            meter_interval_s=meter_interval_s,
            raw=raw_values(tree, path, without=_LEVELS),
        )

    def meters_of(self, tree: Tree, number: int, /) -> Meters | None:
        uid = self._packs_of(tree).get(number)
        if uid is None:
            return None
        path = f"{PACKS}/{uid}"
        state = parse_text(tree.field(path, "state"))
        is_linked = state == "Connected"
        antenna = parse_text(tree.field(path, "dominantAntenna"))
        return Meters(
            rf_dbm=parse_number(tree.field(path, "rssi"), *RF_RANGE_DBM) if is_linked else None,
            antenna=antenna.upper() if antenna and is_linked else None,
            carrier=None if state is None else is_linked,
            quality_percent=parse_integer(tree.field(path, "micLqi"), 0, MAX_PERCENT) if is_linked else None,
        )

    def prepare_command(self, _command: Command, _numbers: Sequence[int], /) -> PreparedCommand:
        raise not_supported_error(
            "A Spectera base station is only watched, not controlled",
            "Use its LinkDesk or its web page",
        )

    def _packs_of(self, tree: Tree) -> Mapping[int, str]:
        """The mobile devices by channel number: their own number, so that none moves when another goes.

        What their numbers are like is not documented, so others are given one that is free, and keep it.
        """
        uids = _paired_uids(tree)
        own = {int(uid): uid for uid in uids if _is_channel_number(uid)}
        others = [uid for uid in uids if not _is_channel_number(uid)]
        self._numbers = {uid: number for uid, number in self._numbers.items() if number not in own}
        for uid in others:
            if uid not in self._numbers and (number := self._find_free_number(own, others)) is not None:
                self._numbers[uid] = number
        return own | {self._numbers[uid]: uid for uid in others if uid in self._numbers}

    def _find_free_number(self, own: Mapping[int, str], others: Sequence[str]) -> int | None:
        """A number that no pack ever had, else that of a pack that has gone."""
        taken = own.keys() | self._numbers.values()
        for number in range(1, MAX_CHANNELS + 1):
            if number not in taken:
                return number
        departed = next((uid for uid in self._numbers if uid not in others), None)
        return None if departed is None else self._numbers.pop(departed)


def _paired_uids(tree: Tree) -> Sequence[str]:
    """The mobile devices. Freshly paired ones have no serial yet and are left out until they do.

    Source: docs/reference/protocols/sennheiser.md 6.4.
    """
    packs = sorted(tree.items(PACKS).items(), key=lambda pack: (len(pack[0]), pack[0]))
    return [uid for uid, item in packs if parse_text(item.get("serial")) not in _NO_SERIALS]


def _is_channel_number(uid: str) -> bool:
    return uid.isascii() and uid.isdigit() and 1 <= int(uid) <= MAX_CHANNELS


def _transmitter_of(tree: Tree, path: str) -> Transmitter:
    return Transmitter(
        model=parse_text(tree.field(path, "type")),
        name=parse_text(tree.field(path, "name")),
        serial=parse_text(tree.field(path, "serial")),
        battery=parse_battery(tree.field(path, "batteryFillLevel"), tree.field(path, "batteryRuntime")),
    )


def _device_warnings_of(tree: Tree) -> frozenset[DeviceWarning]:
    """By its state and its health; of these only the values are known, not how they are wrapped.

    A supply that is not connected at all is none that fails (docs/reference/protocols/sennheiser.md 6.4).
    """
    is_warned = {
        DeviceWarning.HARDWARE: tree.field(STATE, "state") == "CriticalFailure",
        DeviceWarning.TEMPERATURE: not _HOT.isdisjoint(_leaves_of(tree, _TEMPERATURE)),
        DeviceWarning.FAN: any(True in _leaves_of(tree, fan) for fan in _FANS),
        DeviceWarning.POWER_SUPPLY: "disconnected" in _leaves_of(tree, _SUPPLIES),
    }
    own = own_warnings_of(parse_tokens(tree.field(STATE, "warnings")))
    return own.union(warning for warning, is_so in is_warned.items() if is_so)


def _leaves_of(tree: Tree, path: str) -> frozenset[str | bool]:
    """The texts, in small letters, and the flags of a resource, under any field name."""
    leaves: set[str | bool] = set()
    waiting = [tree.get(path)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            leaves.add(value.lower())
        elif isinstance(value, bool):
            leaves.add(value)
    return frozenset(leaves)


def _parse_rf_state(state: Json) -> bool | None:
    """Whether the channel's RF is muted."""
    return {"RfMuted": True, "RfActive": False}.get(state) if isinstance(state, str) else None


def _parse_interference(value: Json) -> bool | None:
    severity = value.get("severity") if isinstance(value, dict) else None
    return _INTERFERENCE.get(severity) if isinstance(severity, str) else None
