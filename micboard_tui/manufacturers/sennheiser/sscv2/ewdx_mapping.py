"""EW-DX receivers with firmware 4 and later: from their resources to our values. Pure.

Source: docs/reference/protocols/sennheiser.md 6.3.
"""

import re
from collections.abc import Mapping, Sequence

from micboard_tui.domain.channel import ChannelFacts, Encryption, Meters, Transmitter
from micboard_tui.domain.command import Command
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.ewdx_values import (
    ANTENNAS,
    AUDIO_RANGE_DBFS,
    RF_RANGE_DBM,
    format_preset,
    pack_model_of,
)
from micboard_tui.manufacturers.sennheiser.sscv2 import commands
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import Order
from micboard_tui.manufacturers.sennheiser.sscv2.values import (
    MAX_PERCENT,
    battery,
    number,
    raw,
    switch,
    whole,
    word,
)
from micboard_tui.manufacturers.sennheiser.transmitter_presence import (
    Presence,
    is_present,
    transmitter_while_present,
)
from micboard_tui.manufacturers.sennheiser.warning_tokens import NO_TOKENS, Tokens, parse_tokens
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY
from micboard_tui.protocols.sscv2.tree import Tree

PRODUCT = "EWDX"
MAX_FREQUENCY_KHZ = 9_999_999
SITE, STATE, FIRMWARE = "/api/device/site", "/api/device/state", "/api/firmware/update/state"
RF, ENCRYPTION, TRANSMISSION = "/api/rf", "/api/rf/encryption", "/api/rf/transmission"
QUALITY, STRENGTH = "signalQualityIndicator", "signalStrengthIndicator"
DIVERSITY, LEVEL = "diversityIndicator", "level"
_METERS = (QUALITY, STRENGTH, DIVERSITY, LEVEL)
_MODELS = {
    "EWDX2CHS": "EW-DX EM 2",
    "EWDX2CHDS": "EW-DX EM 2 Dante",
    "EWDX4CHDS": "EW-DX EM 4 Dante",
}
_OF_CHANNEL = re.compile(r"/api/(?:rf/channels|channel)/(\d{1,2})(?:/|$)")
TRANSMITTERS = "/api/transmitters"
_MATE = re.compile(r"(?:mates/)?tx(\d{1,2})", re.IGNORECASE)


class Ewdx:
    """Implements ``Family``."""

    user = "api"
    collections: Mapping[str, str] = {}

    def numbered(self, index: int) -> str | None:
        return f"/api/channel/{index}"

    def device_paths(self) -> Sequence[str]:
        return (SITE, STATE, FIRMWARE, RF, ENCRYPTION, TRANSMISSION)

    def fact_paths(self, number: int) -> Sequence[str]:
        index = number - 1
        return (f"/api/channel/{index}", f"/api/channel/{index}/warnings", f"/api/rf/channels/{index}")

    def meter_paths(self, number: int) -> Sequence[str]:
        return tuple(f"/api/channel/{number - 1}/{name}" for name in _METERS)

    def linked_paths(self, tree: Tree, number: int) -> Sequence[str]:
        mate = _mate(tree, number)
        if mate is None:
            return ()
        return tuple(f"{TRANSMITTERS}/{mate}{part}" for part in ("", "/battery", "/warnings"))

    def concerns(self, tree: Tree, path: str) -> int | None:
        found = _OF_CHANNEL.match(path)
        return int(found[1]) + 1 if found else None

    def is_level(self, path: str) -> bool:
        return path.rpartition("/")[2] in _METERS

    def gone(self, tree: Tree, here: Sequence[int]) -> Sequence[str]:
        linked = {path for each in here for path in self.linked_paths(tree, each)}
        return [path for path in tree.under(TRANSMITTERS) if path not in linked]

    def presence(self, tree: Tree, number: int) -> Presence:
        """Nobody knows what a real one says first when a pack is switched off, so any of it counts.

        Source: docs/reference/protocols/sennheiser.md 2.5.
        """
        mates = tree.field(f"/api/channel/{number - 1}", "mates")
        quality = whole(tree.field(f"/api/channel/{number - 1}/{QUALITY}", "value"), 0, MAX_PERCENT)
        if mates == [] or quality == 0 or "nolink" in _warnings(tree, number):
            return Presence.LOST
        is_told = isinstance(mates, list) or quality or f"{TRANSMITTERS}/{number - 1}/battery" in tree
        return Presence.HERE if is_told else Presence.UNKNOWN

    def numbers(self, tree: Tree, known: Sequence[int]) -> Sequence[int]:
        return known

    def device(self, tree: Tree, numbers: Sequence[int]) -> DeviceHeard:
        product = word(tree.field(IDENTITY, "product"))
        return DeviceHeard(
            kind=DeviceKind.RECEIVER,
            channel_count=max(numbers, default=0),
            model=_MODELS.get(product or "", product),
            own_name=word(tree.field(SITE, "deviceName")),
            firmware=word(tree.field(FIRMWARE, "deviceVersion")),
            rf_band=word(tree.field(RF, "code")),
            raw=raw(tree, IDENTITY, *self.device_paths()),
        )

    def facts(self, tree: Tree, number: int, presence: Presence, meter_interval_s: float) -> ChannelFacts:
        own, warnings, rf = self.fact_paths(number)
        return ChannelFacts(
            name=word(tree.field(own, "name")),
            frequency_khz=whole(tree.field(rf, "frequency"), 1, MAX_FREQUENCY_KHZ),
            group_channel=_preset(tree, rf),
            gain_db=whole(tree.field(own, "gain"), commands.MIN_GAIN_DB, commands.MAX_GAIN_DB),
            receiver_muted=switch(tree.field(own, "mute")),
            encryption=_encryption(tree, _tokens(tree.get(warnings))),
            transmitter_present=is_present(presence),
            transmitter=transmitter_while_present(presence, _transmitter(tree, number)),
            meter_interval_s=meter_interval_s,
            raw=raw(tree, own, warnings, rf, *self.linked_paths(tree, number)),
        )

    def meters(self, tree: Tree, number: int) -> Meters | None:
        values = [tree.field(path, "value") for path in self.meter_paths(number)]
        if all(value is None for value in values):
            return None
        return _meters(values, _warnings(tree, number), _transmitter_warnings(tree, number))

    def order(self, command: Command, numbers: Sequence[int]) -> Order:
        return commands.order(command, numbers)


def _meters(values: Sequence[Json], warnings: frozenset[str], of_pack: frozenset[str]) -> Meters:
    quality, strength, diversity, level = values
    rf_dbm = number(strength, *RF_RANGE_DBM)
    in_use = whole(diversity, 0, 2)
    antenna = None if in_use is None else ANTENNAS[in_use]
    percent = whole(quality, 0, MAX_PERCENT)
    carrier = None if percent is None else percent > 0
    if "nolink" in warnings:
        carrier = False
    return Meters(
        rf_dbm=rf_dbm,
        rf_a_dbm=rf_dbm if antenna == "A" else None,
        rf_b_dbm=rf_dbm if antenna == "B" else None,
        audio_dbfs=number(level, *AUDIO_RANGE_DBFS),
        antenna=antenna,
        carrier=carrier,
        quality_percent=percent,
        overload="afpeak" in warnings or "afpeak" in of_pack,
    )


def _mate(tree: Tree, number: int) -> int | None:
    """Which transmitter is linked, from 0; None without one. Spelt in several ways.

    Source: docs/reference/protocols/sennheiser.md 2.2, 6.3.
    """
    mates = tree.field(f"/api/channel/{number - 1}", "mates")
    if not isinstance(mates, list):
        # Not told at all: each channel has a transmitter of the same number.
        return number - 1
    for mate in mates:
        if isinstance(mate, str) and (found := _MATE.fullmatch(mate.strip())):
            return max(0, int(found[1]) - 1)
    return number - 1 if mates else None


def _transmitter(tree: Tree, number: int) -> Transmitter:
    own = f"{TRANSMITTERS}/{_mate(tree, number)}"
    charge = f"{own}/battery"
    return Transmitter(
        model=pack_model_of(word(tree.field(own, "type"))),
        name=word(tree.field(own, "name")),
        muted=switch(tree.field(own, "mute")),
        offset_db=whole(tree.field(own, "trim"), -60, 60),
        battery=battery(
            tree.field(charge, "gauge"), tree.field(charge, "lifetime"), tree.field(charge, "type")
        ),
    )


def _warnings(tree: Tree, number: int) -> frozenset[str]:
    return _tokens(tree.get(f"/api/channel/{number - 1}/warnings"))


def _transmitter_warnings(tree: Tree, number: int) -> frozenset[str]:
    mate = _mate(tree, number)
    return frozenset() if mate is None else _tokens(tree.get(f"{TRANSMITTERS}/{mate}/warnings"))


def _tokens(value: Json) -> Tokens:
    """Warnings, alike in every spelling: the two generations write terms differently.

    Source: docs/reference/protocols/sennheiser.md 6.3.
    """
    return parse_tokens(value if isinstance(value, list) else []) or NO_TOKENS


def _encryption(tree: Tree, warnings: frozenset[str]) -> Encryption | None:
    if "aes256error" in warnings:
        return Encryption.MISMATCH
    told = switch(tree.field(ENCRYPTION, "enabled"))
    if told is None:
        return None
    return Encryption.ON if told else Encryption.OFF


def _preset(tree: Tree, path: str) -> str | None:
    told = tree.field(path, "presets")
    if not isinstance(told, dict):
        return None
    bank, channel = whole(told.get("bank"), 0, 999), whole(told.get("channel"), 0, 999)
    kind = word(told.get("type"))
    return None if kind is None or bank is None or channel is None else format_preset(kind, bank, channel)
