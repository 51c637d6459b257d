"""A simulated EW-DX receiver: its resources, made from the air. Pure.

Source: docs/reference/protocols/sennheiser.md 6.3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY
from micboard_tui.simulator.sennheiser.ssc.receiver_channels import RF_OVERLOAD_DBM
from micboard_tui.simulator.sennheiser.sscv2.authentication import USER
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import (
    BAD,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_POSSIBLE,
    RefusedError,
    split_index,
)
from micboard_tui.simulator.stage.air import Air

WARNING = "OverTemperature"
"""What a device as a whole warns of is listed nowhere."""
DEFAULT_GAIN_DB = 12
TRANSMITTERS = "/api/transmitters"
USER_PRESETS_PATH, FACTORY_PRESETS_PATH = "/api/rf/presets/user/channels", "/api/rf/presets/factory/banks"
MIN_GAIN_DB, MAX_GAIN_DB, GAIN_STEP_DB = -3, 42, 3
LOW_KHZ, HIGH_KHZ, STEP_KHZ = 470_200, 550_000, 25
BAND = "Q1-9"
FIRMWARE = "4.0.1"
FLOOR_DBM, FLOOR_DBFS = -107.0, -138.5
CLIP_DBFS = -1.0
LOW_QUALITY = 40
SPACING_KHZ, BANK_STEP_KHZ = 600, 25
FACTORY_BANKS, USER_PRESETS = 4, 16
_IN_BAND = (HIGH_KHZ - LOW_KHZ) // SPACING_KHZ
_PERCENT_A_STEP = 20
_METERS = ("signalQualityIndicator", "signalStrengthIndicator", "diversityIndicator", "level")
_SYNC_SETTINGS: Mapping[str, Json] = {
    "trim": 0,
    "name": "",
    "muteConfig": "AfMute",
    "muteConfigTableStand": "PushToTalk",
    "lowcut": "Off",
    "lock": False,
    "led": True,
    "cableEmulation": "Off",
}
"""As over SSCv1; how a real one writes their values is not known."""
_IGNORED = ("trim", "name", "muteConfig", "lowcut", "lock", "led", "frequency", "cableEmulation")


@dataclass(slots=True)
class Channel:
    """What the front panel sets of one channel."""

    name: str
    air: Air
    gain_db: int = DEFAULT_GAIN_DB
    muted: bool = False
    identify: bool = False
    preset: tuple[str, int, int] = ("Factory", 1, 1)
    """Its type, bank and channel."""
    user_khz: list[int] = field(default_factory=lambda: [LOW_KHZ] * USER_PRESETS)
    sync: dict[str, Json] = field(default_factory=lambda: dict(_SYNC_SETTINGS))
    """What the next synchronization writes to a transmitter; none comes here, so it is kept only."""
    ignored: dict[str, Json] = field(default_factory=lambda: dict.fromkeys(_IGNORED, True))

    def tune(self, frequency_khz: int, preset: tuple[str, int, int] = ("None", 0, 0)) -> None:
        self.air.tune(frequency_khz)
        self.preset = preset


class EwdxResources:
    """Implements ``Panel``."""

    user = USER

    def __init__(self, product: str, name: str, serial: str, channels: Sequence[Channel]) -> None:
        self.version: Json = {"protocol": "2.3", "schema": "1.7"}
        self.collections: Mapping[str, str] = {}
        self.channels = tuple(channels)
        for index, channel in enumerate(channels, start=1):
            channel.preset = ("Factory", 1, index)
        self.encrypted = False
        self.warns = False
        self._identity: Json = {
            "product": product,
            "hardwareRevision": "1",
            "serial": serial,
            "vendor": "Sennheiser electronic SE & Co. KG",
        }
        self._name = name
        self._visual = False

    @property
    def airs(self) -> Sequence[Air]:
        return [channel.air for channel in self.channels]

    @property
    def paths(self) -> Sequence[str]:
        branches = (
            ("/api/channel", ("", "warnings", "identify", *_METERS)),
            ("/api/rf/channels", ("",)),
            (TRANSMITTERS, ("", "battery", "warnings")),
            ("/api/syncSettings", ("", "ignore")),
            (USER_PRESETS_PATH, ("banks/0",)),
        )
        return (
            *self._device(),
            *(f"{FACTORY_PRESETS_PATH}/{bank}" for bank in range(1, FACTORY_BANKS + 1)),
            *(
                f"{prefix}/{index}/{end}".rstrip("/")
                for prefix, ends in branches
                for index in range(len(self.channels))
                for end in ends
            ),
        )

    def read(self, path: str) -> Json:
        if (own := self._device().get(path)) is not None:
            return own
        for prefix, describe in (
            ("/api/channel", self._channel),
            ("/api/rf/channels", self._rf),
            (TRANSMITTERS, self._transmitter),
            ("/api/syncSettings", self._sync_settings),
            (USER_PRESETS_PATH, self._user_presets),
        ):
            target = split_index(path, prefix)
            if target is not None and target[0] < len(self.channels):
                return describe(self.channels[target[0]], target[0], target[1])
        bank = split_index(path, FACTORY_PRESETS_PATH)
        if bank is not None and bank[1] == "" and 1 <= bank[0] <= FACTORY_BANKS:
            return [_factory_khz(bank[0], channel) for channel in range(1, _IN_BAND + 1)]
        raise RefusedError(NOT_FOUND)

    def knows(self, path: str) -> bool:
        try:
            self.read(path)
        except RefusedError as error:
            return error.status == NOT_POSSIBLE
        return True

    def write(self, path: str, fields: Mapping[str, Json]) -> None:
        if path == "/api/device/identification":
            self._visual = _boolean(fields, "visual")
            return
        for prefix, change in (
            ("/api/channel", _set_channel),
            ("/api/rf/channels", _set_rf),
            ("/api/syncSettings", _set_sync_settings),
        ):
            target = split_index(path, prefix)
            if target is not None and target[0] < len(self.channels):
                change(self.channels[target[0]], target[1], fields)
                return
        # What is there to be read only (docs/reference/protocols/sennheiser.md 6.1).
        raise RefusedError(NOT_ALLOWED if self.knows(path) else NOT_FOUND)

    def _device(self) -> Mapping[str, Json]:
        return {
            IDENTITY: self._identity,
            "/api/device/site": {"deviceName": self._name, "location": "FOH", "position": ""},
            "/api/device/state": {"state": "Normal", "warnings": [WARNING] if self.warns else []},
            "/api/device/identification": {"visual": self._visual},
            "/api/firmware/update/state": {
                "deviceVersion": FIRMWARE,
                "danteVersion": "",
                "state": "Idle",
                "progress": 0,
                "lastStatus": "",
            },
            "/api/ssc/legacyMode": {"enabled": False},
            "/api/rf": {
                "code": BAND,
                "ranges": [{"start": LOW_KHZ, "end": HIGH_KHZ, "stepSize": STEP_KHZ}],
            },
            "/api/rf/encryption": {"enabled": self.encrypted},
            "/api/rf/transmission": {"mode": "Standard", "presetSpacing": SPACING_KHZ},
            TRANSMITTERS: [
                {"id": index, "transmitter": self._transmitter(channel, index, "")}
                for index, channel in enumerate(self.channels)
                if channel.air.is_heard
            ],
        }

    def _channel(self, channel: Channel, index: int, what: str) -> Json:
        air = channel.air
        match what:
            case "":
                # As it is not known what a real one says in a fade, the link stays and quality is 0.
                return {
                    "name": channel.name,
                    "mute": channel.muted,
                    "gain": channel.gain_db,
                    "outputLevel": 0,
                    "mates": [f"TX{index + 1}"] if air.is_heard else [],
                    "audio": [f"Out{index + 1}"],
                    "eventCounter": air.version,
                }
            case "warnings":
                return list(_warnings(air))
            case "identify":
                return {"enabled": channel.identify}
            case _:
                return {"value": _level(air, what)}

    def _rf(self, channel: Channel, index: int, what: str) -> Json:
        del index
        if what:
            raise RefusedError(NOT_FOUND)
        return {
            "frequency": channel.air.tuned_khz,
            "presets": dict(zip(("type", "bank", "channel"), channel.preset, strict=True)),
        }

    def _sync_settings(self, channel: Channel, index: int, what: str) -> Json:
        del index
        match what:
            case "":
                return dict(channel.sync)
            case "ignore":
                return dict(channel.ignored)
            case _:
                raise RefusedError(NOT_FOUND)

    def _user_presets(self, channel: Channel, index: int, what: str) -> Json:
        del index
        if what != "banks/0":
            raise RefusedError(NOT_FOUND)
        return [*channel.user_khz]

    def _transmitter(self, channel: Channel, index: int, what: str) -> Json:
        del index
        if what not in {"", "battery", "warnings"}:
            raise RefusedError(NOT_FOUND)
        if not channel.air.is_heard:
            raise RefusedError(NOT_POSSIBLE)
        pack = channel.air.pack
        charge = pack.battery.charge
        if what == "warnings":
            return ["LowBattery"] if charge <= 0.1 else []  # noqa: PLR2004 - a tenth
        if what == "battery":
            return {
                "gauge": int(charge * 100),
                "lifetime": int(charge * pack.battery.full_minutes),
                "type": "Battery" if pack.battery.is_smart else "PrimaryCell",
            }
        return {
            "type": pack.model,
            "capsule": "MMD_935",
            "version": "4.0.0",
            "name": pack.name,
            "mute": pack.is_muted,
            "trim": pack.offset_db,
            "lowcut": "100Hz",
            "lock": False,
            "led": True,
            "identification": channel.identify,
            "cableEmulation": "Off",
            "muteConfig": "AfMute",
            "muteConfigTableStand": "PushToTalk",
        }


def _level(air: Air, what: str) -> float:
    match what:
        case "signalQualityIndicator":
            return _quality(air)
        case "signalStrengthIndicator":
            return round(min(0.0, max(FLOOR_DBM, *air.rf_dbm)), 1)
        case "diversityIndicator":
            return air.antenna + 1 if air.carrier else 0
        case "level":
            return round(max(FLOOR_DBFS, air.peak_dbfs), 1) if air.carrier else FLOOR_DBFS
        case _:
            raise RefusedError(NOT_FOUND)


def _quality(air: Air) -> int:
    return (air.quality or 0) * _PERCENT_A_STEP


def _warnings(air: Air) -> Sequence[str]:
    if not air.carrier:
        return ("NoLink",)
    warnings = {
        "Aes256Error": air.key_mismatch,
        "LowSignal": _quality(air) <= LOW_QUALITY,
        "RfPeak": max(air.rf_dbm) > RF_OVERLOAD_DBM,
        "AfPeak": air.peak_dbfs >= CLIP_DBFS,
    }
    return tuple(name for name, is_so in warnings.items() if is_so)


def _set_channel(channel: Channel, what: str, fields: Mapping[str, Json]) -> None:
    if what == "identify":
        channel.identify = _boolean(fields, "enabled")
    elif what == "restore":
        if fields != {"mode": "AudioDefault"}:
            raise RefusedError(BAD)
        channel.gain_db, channel.muted = DEFAULT_GAIN_DB, False
    elif what:
        raise RefusedError(NOT_ALLOWED if what in {*_METERS, "warnings"} else NOT_FOUND)
    elif not fields or fields.keys() - {"mute", "gain"}:
        # Names are read-only here (docs/reference/protocols/sennheiser.md 6.3).
        raise RefusedError(BAD)
    else:
        muted = _boolean(fields, "mute") if "mute" in fields else channel.muted
        if "gain" in fields:
            channel.gain_db = _snapped(_number(fields, "gain"))
        channel.muted = muted


def _set_rf(channel: Channel, what: str, fields: Mapping[str, Json]) -> None:
    if what == "preset":
        _recall(channel, fields)
        return
    if what != "frequency":
        raise RefusedError(NOT_FOUND if what else NOT_ALLOWED)
    frequency_khz = _number(fields, "frequency")
    if not LOW_KHZ <= frequency_khz <= HIGH_KHZ:
        raise RefusedError(NOT_POSSIBLE)
    channel.tune(LOW_KHZ + round((frequency_khz - LOW_KHZ) / STEP_KHZ) * STEP_KHZ)


def _recall(channel: Channel, fields: Mapping[str, Json]) -> None:
    """Tune to a preset; the numbers of banks and channels are as over SSCv1."""
    bank, number = (_number(fields, name) for name in ("bank", "channel"))
    match fields.get("type"):
        case "Factory" if bank in range(1, FACTORY_BANKS + 1) and number in range(1, _IN_BAND + 1):
            channel.tune(_factory_khz(int(bank), int(number)), ("Factory", int(bank), int(number)))
        case "User" if bank == 0 and number in range(1, USER_PRESETS + 1):
            channel.tune(channel.user_khz[int(number) - 1], ("User", 0, int(number)))
        case _:
            raise RefusedError(NOT_POSSIBLE)


def _factory_khz(bank: int, number: int) -> int:
    return LOW_KHZ + (bank - 1) * BANK_STEP_KHZ + (number - 1) * SPACING_KHZ


def _set_sync_settings(channel: Channel, what: str, fields: Mapping[str, Json]) -> None:
    """Only what is there already, and of the same kind."""
    if what not in {"", "ignore"}:
        raise RefusedError(NOT_FOUND)
    settings = channel.ignored if what else channel.sync
    if not fields or any(type(settings.get(name)) is not type(value) for name, value in fields.items()):
        raise RefusedError(BAD)
    settings.update(fields)


def _snapped(gain_db: float) -> int:
    """Taken to the nearest step, silently (docs/reference/protocols/sennheiser.md 1.1)."""
    within = min(MAX_GAIN_DB, max(MIN_GAIN_DB, gain_db))
    return MIN_GAIN_DB + round((within - MIN_GAIN_DB) / GAIN_STEP_DB) * GAIN_STEP_DB


def _boolean(fields: Mapping[str, Json], name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise RefusedError(BAD)
    return value


def _number(fields: Mapping[str, Json], name: str) -> float:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedError(BAD)
    return value
