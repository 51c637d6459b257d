"""EW-DX receivers with firmware 4 and later: from their resources to our values. Pure.

Source: docs/reference/protocols/sennheiser.md 6.3.
"""

import re
from collections.abc import Mapping, Sequence

from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.command import Command
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.domain.value_ranges import MAX_FREQUENCY_KHZ
from micboard_tui.manufacturers.sennheiser.ewdx_values import (
    ANTENNAS,
    AUDIO_RANGE_DBFS,
    MAX_GAIN_DB,
    MAX_TRIM_DB,
    MIN_GAIN_DB,
    RF_RANGE_DBM,
    format_preset,
    pack_model_of,
)
from micboard_tui.manufacturers.sennheiser.sscv2 import commands
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import PreparedCommand
from micboard_tui.manufacturers.sennheiser.sscv2.values import (
    MAX_PERCENT,
    parse_battery,
    parse_flag,
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
from micboard_tui.manufacturers.sennheiser.warning_tokens import (
    AUDIO_PEAK,
    NO_LINK,
    NO_TOKENS,
    Tokens,
    device_warnings_of,
    encryption_of,
    own_warnings_of,
    parse_tokens,
)
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY
from micboard_tui.protocols.sscv2.tree import Tree

PRODUCT = "ewdx"
"""How the products of all variants begin, in small letters."""

SITE, STATE, FIRMWARE = "/api/device/site", "/api/device/state", "/api/firmware/update/state"
RF, ENCRYPTION, TRANSMISSION = "/api/rf", "/api/rf/encryption", "/api/rf/transmission"
QUALITY, STRENGTH = "signalQualityIndicator", "signalStrengthIndicator"
DIVERSITY, LEVEL = "diversityIndicator", "level"
TRANSMITTERS = "/api/transmitters"
_METERS = (QUALITY, STRENGTH, DIVERSITY, LEVEL)
_MODELS = {
    "EWDX2CHS": "EW-DX EM 2",
    "EWDX2CHDS": "EW-DX EM 2 Dante",
    "EWDX4CHDS": "EW-DX EM 4 Dante",
}
_CHANNEL_PATH = re.compile(r"/api/(?:rf/channels|channel)/(\d{1,2})(?:/|$)")
_MATE = re.compile(r"(?:mates/)?tx(\d{1,2})", re.IGNORECASE)


class Ewdx:
    """Implements ``Family``."""

    user = "api"
    collections: Mapping[str, str] = {}

    def channel_path(self, index: int, /) -> str | None:
        return f"/api/channel/{index}"

    def device_paths(self) -> Sequence[str]:
        return (SITE, STATE, FIRMWARE, RF, ENCRYPTION, TRANSMISSION)

    def fact_paths(self, number: int, /) -> Sequence[str]:
        index = number - 1
        return (f"/api/channel/{index}", f"/api/channel/{index}/warnings", f"/api/rf/channels/{index}")

    def meter_paths(self, number: int, /) -> Sequence[str]:
        return tuple(f"/api/channel/{number - 1}/{meter}" for meter in _METERS)

    def transmitter_paths(self, tree: Tree, number: int, /) -> Sequence[str]:
        mate = _mate_of(tree, number)
        if mate is None:
            return ()
        return tuple(f"{TRANSMITTERS}/{mate}{part}" for part in ("", "/battery", "/warnings"))

    def channel_of(self, _tree: Tree, path: str, /) -> int | None:
        match = _CHANNEL_PATH.match(path)
        return int(match[1]) + 1 if match else None

    def is_level(self, path: str, /) -> bool:
        return path.rpartition("/")[2] in _METERS

    def stale_paths(self, tree: Tree, present: Sequence[int], /) -> Sequence[str]:
        linked = {path for number in present for path in self.transmitter_paths(tree, number)}
        return [path for path in tree.under(TRANSMITTERS) if path not in linked]

    def presence_of(self, tree: Tree, number: int, /) -> Presence:
        """Any of three signs counts: which of them comes first when a pack is switched off is not known.

        Source: docs/reference/protocols/sennheiser.md 2.5.
        """
        mates = tree.field(f"/api/channel/{number - 1}", "mates")
        quality = parse_integer(tree.field(f"/api/channel/{number - 1}/{QUALITY}", "value"), 0, MAX_PERCENT)
        if mates == [] or quality == 0 or NO_LINK in _warnings_of(tree, number):
            return Presence.LOST
        is_reported = isinstance(mates, list) or quality or f"{TRANSMITTERS}/{number - 1}/battery" in tree
        return Presence.HERE if is_reported else Presence.UNKNOWN

    def channel_numbers(self, _tree: Tree, counted: Sequence[int], /) -> Sequence[int]:
        return counted

    def device_of(self, tree: Tree, numbers: Sequence[int], /) -> DeviceHeard:
        product = parse_text(tree.field(IDENTITY, "product"))
        return DeviceHeard(
            kind=DeviceKind.RECEIVER,
            channel_count=max(numbers, default=0),
            model=_MODELS.get(product or "", product),
            own_name=parse_text(tree.field(SITE, "deviceName")),
            firmware=parse_text(tree.field(FIRMWARE, "deviceVersion")),
            rf_band=parse_text(tree.field(RF, "code")),
            raw=raw_values(tree, IDENTITY, *self.device_paths()),
            device_warnings=own_warnings_of(_parse_warnings(tree.field(STATE, "warnings"))),
            serial=parse_text(tree.field(IDENTITY, "serial")),
        )

    def facts_of(
        self, tree: Tree, number: int, presence: Presence, meter_interval_s: float, /
    ) -> ChannelFacts:
        own, warnings, rf = self.fact_paths(number)
        device_warnings = device_warnings_of(
            _warnings_of(tree, number), _transmitter_warnings_of(tree, number)
        )
        return ChannelFacts(
            name=parse_text(tree.field(own, "name")),
            frequency_khz=parse_integer(tree.field(rf, "frequency"), 1, MAX_FREQUENCY_KHZ),
            group_channel=_parse_preset(tree.field(rf, "presets")),
            gain_db=parse_integer(tree.field(own, "gain"), MIN_GAIN_DB, MAX_GAIN_DB),
            receiver_muted=parse_flag(tree.field(own, "mute")),
            encryption=encryption_of(
                _parse_warnings(tree.get(warnings)), is_on=parse_flag(tree.field(ENCRYPTION, "enabled"))
            ),
            transmitter_present=is_present(presence),
            transmitter=transmitter_while_present(presence, _transmitter_of(tree, number)),
            device_warnings=device_warnings,
            meter_interval_s=meter_interval_s,
            raw=raw_values(tree, own, warnings, rf, *self.transmitter_paths(tree, number)),
        )

    def meters_of(self, tree: Tree, number: int, /) -> Meters | None:
        values = [tree.field(path, "value") for path in self.meter_paths(number)]
        if all(value is None for value in values):
            return None
        return _meters_of(values, _warnings_of(tree, number), _transmitter_warnings_of(tree, number))

    def prepare_command(self, command: Command, numbers: Sequence[int], /) -> PreparedCommand:
        return commands.prepare_command(command, numbers)


def _meters_of(values: Sequence[Json], warnings: Tokens, transmitter_warnings: Tokens) -> Meters:
    quality, strength, diversity, level = values
    rf_dbm = parse_number(strength, *RF_RANGE_DBM)
    antenna_code = parse_integer(diversity, 0, 2)
    antenna = None if antenna_code is None else ANTENNAS[antenna_code]
    percent = parse_integer(quality, 0, MAX_PERCENT)
    carrier = None if percent is None else percent > 0
    if NO_LINK in warnings:
        carrier = False
    return Meters(
        rf_dbm=rf_dbm,
        rf_a_dbm=rf_dbm if antenna == "A" else None,
        rf_b_dbm=rf_dbm if antenna == "B" else None,
        audio_dbfs=parse_number(level, *AUDIO_RANGE_DBFS),
        antenna=antenna,
        carrier=carrier,
        quality_percent=percent,
        overload=AUDIO_PEAK in warnings or AUDIO_PEAK in transmitter_warnings,
    )


def _mate_of(tree: Tree, number: int) -> int | None:
    """Which transmitter is linked, from 0; None without one. Spelt in several ways.

    Source: docs/reference/protocols/sennheiser.md 2.2, 6.3.
    """
    mates = tree.field(f"/api/channel/{number - 1}", "mates")
    if not isinstance(mates, list):
        # Not reported at all: each channel has a transmitter of the same number.
        return number - 1
    for mate in mates:
        if isinstance(mate, str) and (match := _MATE.fullmatch(mate.strip())):
            return max(0, int(match[1]) - 1)
    return number - 1 if mates else None


def _transmitter_of(tree: Tree, number: int) -> Transmitter:
    own = f"{TRANSMITTERS}/{_mate_of(tree, number)}"
    charge = f"{own}/battery"
    return Transmitter(
        model=pack_model_of(parse_text(tree.field(own, "type"))),
        name=parse_text(tree.field(own, "name")),
        muted=parse_flag(tree.field(own, "mute")),
        offset_db=parse_integer(tree.field(own, "trim"), -MAX_TRIM_DB, MAX_TRIM_DB),
        battery=parse_battery(
            tree.field(charge, "gauge"), tree.field(charge, "lifetime"), tree.field(charge, "type")
        ),
    )


def _warnings_of(tree: Tree, number: int) -> Tokens:
    return _parse_warnings(tree.get(f"/api/channel/{number - 1}/warnings"))


def _transmitter_warnings_of(tree: Tree, number: int) -> Tokens:
    mate = _mate_of(tree, number)
    return NO_TOKENS if mate is None else _parse_warnings(tree.get(f"{TRANSMITTERS}/{mate}/warnings"))


def _parse_warnings(value: Json) -> Tokens:
    return parse_tokens(value if isinstance(value, list) else []) or NO_TOKENS


def _parse_preset(value: Json) -> str | None:
    if not isinstance(value, dict):
        return None
    bank, channel = parse_integer(value.get("bank"), 0, 999), parse_integer(value.get("channel"), 0, 999)
    kind = parse_text(value.get("type"))
    if kind is None or bank is None or channel is None:
        return None
    return format_preset(kind, bank, channel)
