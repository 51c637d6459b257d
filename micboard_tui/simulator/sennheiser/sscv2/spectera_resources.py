"""A simulated Spectera base station and its mobile devices. Pure.

Source: docs/reference/protocols/sennheiser.md 6.4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY
from micboard_tui.simulator.sennheiser.sscv2.authentication import SPECTERA_USER
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import (
    BAD,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_POSSIBLE,
    RefusedError,
)
from micboard_tui.simulator.stage.air import Air

NEWEST_SCHEMA = "18.1"
FIRMWARES: Mapping[str, str] = {"17.0": "1.3.2", NEWEST_SCHEMA: "1.4.1"}
"""Of base station and packs, by schema."""
RF_CHANNELS = 2
FIRST_KHZ, APART_KHZ = 506_000, 10_000
PACKS_PATH, RF_PATH = "/api/mts/paired/all", "/api/rf/channels"
INPUTS_PATH, OUTPUTS_PATH, LINKS_PATH = "/api/audio/inputs", "/api/audio/outputs", "/api/audio/links"
METERING_PATH, LEVELS_PATH = "/api/audio/metering", "/api/audio/levels"
"""Schema 17.0 has the second in place of the first."""
ANTENNAS_PATH = "/api/rf/antennas"
INTERFACES = ("aoip", "madi1", "madi2", "wordclock")
ANTENNA_PORTS = "abcd"
CONNECTED_PORTS = "ab"
QUIETEST_DBFS = -138.5
MAX_GAIN_DB, MAX_LOW_CUT_HZ, MAX_VOLUME = 42, 500, 100
"""Of what can be set; the documented fields come without their ranges."""
MAX_NAME = 8
LOW_CHARGE = 0.15
_PERCENT_A_STEP = 20

_WARNED: Mapping[str, Json] = {
    "/api/health/psu": {"psu1": "Connected", "psu2": "Disconnected"},
    "/api/health/tempstateoverall": {"value": "Warning"},
    "/api/health/fan/FAN_2/errorstate": {"value": True},
}
"""What its health reads while it warns of itself."""


@dataclass(slots=True)
class MobileDevice:
    """One bodypack (SEK) or handheld (SKM)."""

    uid: int
    kind: str
    name: str
    serial: str
    air: Air
    gain_db: int = 12
    low_cut_hz: int | None = None
    """None: off, which each kind writes as another number."""
    headphone_volume: int = 50


class SpecteraResources:
    """Implements ``Panel``. Packs may come and go: ``packs`` is there to be changed."""

    user = SPECTERA_USER

    def __init__(
        self, name: str, serial: str, packs: Sequence[MobileDevice], schema: str = NEWEST_SCHEMA
    ) -> None:
        self.version: Json = {"protocol": "2.3", "schema": schema}
        self._firmware = FIRMWARES[schema]
        self._metering_path = METERING_PATH if schema == NEWEST_SCHEMA else LEVELS_PATH
        self.collections: Mapping[str, str] = {
            PACKS_PATH: "mtUid",
            RF_PATH: "rfChannelId",
            ANTENNAS_PATH: "antennaPortId",
            INPUTS_PATH: "inputId",
            OUTPUTS_PATH: "outputId",
            LINKS_PATH: "audiolinkId",
        }
        self.packs = list(packs)
        self.rf_muted = [False] * RF_CHANNELS
        self.warns = False
        self._airs = tuple(pack.air for pack in packs)
        self._updates = count(1)
        """Of the meters: each is sent as a new one."""
        self._resources: Mapping[str, Json] = {
            IDENTITY: {
                "product": "Spectera Base Station",
                "hardwareRevision": "1",
                "serial": serial,
                "vendor": "Sennheiser electronic SE & Co. KG",
            },
            "/api/device/site": {"deviceName": name, "location": "", "position": ""},
            "/api/device/state": {"state": "Normal", "warnings": []},
            "/api/firmware/update/state": {"deviceVersion": self._firmware, "state": "Idle", "progress": 0},
            "/api/health/psu": {"psu1": "Connected", "psu2": "Unconnected"},
            "/api/health/tempstateoverall": {"value": "Normal"},
            # What stands in them is not documented (docs/explanation/unverified.md).
            **{f"/api/audio/interface/{name}/status": {"locked": True} for name in INTERFACES},
            **{f"/api/health/fan/FAN_{fan}/errorstate": {"value": False} for fan in (1, 2, 3)},
        }

    @property
    def airs(self) -> Sequence[Air]:
        return self._airs

    @property
    def paths(self) -> Sequence[str]:
        packs = [f"{PACKS_PATH}/{pack.uid}" for pack in self.packs]
        return (*self._resources, *self.collections, self._metering_path, *packs)

    def read(self, path: str) -> Json:
        if path in self.collections:
            return self._list(path)
        if path == self._metering_path:
            return self._metering()
        if self.warns and (warned := _WARNED.get(path)) is not None:
            return warned
        if (own := self._resources.get(path)) is not None:
            return own
        for pack in self.packs:
            if path == f"{PACKS_PATH}/{pack.uid}":
                return _describe(pack, self._firmware)
        raise RefusedError(NOT_FOUND)

    def knows(self, path: str) -> bool:
        return path in self.paths

    def write(self, path: str, fields: Mapping[str, Json]) -> None:
        for pack in self.packs:
            if path == f"{PACKS_PATH}/{pack.uid}":
                _change(pack, fields)
                return
        raise RefusedError(NOT_ALLOWED if self.knows(path) or not fields else NOT_FOUND)

    def _list(self, path: str) -> list[Json]:
        match path:
            case "/api/mts/paired/all":
                return [_describe(pack, self._firmware) for pack in self.packs]
            case "/api/rf/channels":
                return [self._rf(index) for index in range(RF_CHANNELS)]
            case "/api/rf/antennas":
                return [
                    _antenna(port, self._firmware, is_connected=port in CONNECTED_PORTS)
                    for port in ANTENNA_PORTS
                ]
            case "/api/audio/inputs":
                return [{"inputId": pack.uid, "name": pack.name} for pack in self.packs]
            case "/api/audio/outputs":
                return [{"outputId": pack.uid, "name": pack.name} for pack in self.packs]
            case _:
                return [_link(pack) for pack in self.packs]

    def _metering(self) -> Json:
        """What the packs send goes out over the audio network; nothing comes in."""
        nothing: Json = {"peak": [], "rms": []}
        meters: dict[str, Json] = dict.fromkeys(
            ("madi1In", "madi1Out", "madi2In", "madi2Out", "aoIpIn"), nothing
        )
        airs = [pack.air for pack in self.packs]
        meters["aoIpOut"] = {
            "peak": [_dbfs(air, air.peak_dbfs) for air in airs],
            "rms": [_dbfs(air, air.rms_dbfs) for air in airs],
        }
        return meters | {"updateCounter": next(self._updates)}

    def _rf(self, index: int) -> Json:
        return {
            "rfChannelId": index,
            "frequency": FIRST_KHZ + index * APART_KHZ,
            "bandwidthMode": 8000,
            "txPower": 50,
            "rfState": "RfMuted" if self.rf_muted[index] else "RfActive",
            "rfRestrictionViolation": False,
        }


def _describe(device: MobileDevice, firmware: str) -> Json:
    air, battery = device.air, device.air.pack.battery
    fields: dict[str, Json] = {
        "mtUid": device.uid,
        "type": device.kind,
        "name": device.name,
        "serial": device.serial,
        "rfChannelId": (device.uid - 1) % RF_CHANNELS,
        "state": "Connected" if air.is_heard and air.carrier else "Disconnected",
        "micPreampGain": device.gain_db,
        "micLowCutHz": device.low_cut_hz or _off_hz(device),
        "headphoneVolume": device.headphone_volume,
        "micAudiolinkId": device.uid,
        "iemAudiolinkId": None,
        "version": firmware,
        "versionMismatch": False,
        "interference": {"severity": "High" if air.interference else "None"},
    }
    if fields["state"] == "Connected":
        fields |= {
            "batteryFillLevel": int(battery.charge * 100),
            "batteryRuntime": int(battery.charge * battery.full_minutes) if battery.is_smart else -1,
            "batteryLow": battery.charge <= LOW_CHARGE,
            "micLqi": (air.quality or 0) * _PERCENT_A_STEP,
            "rssi": round(max(air.rf_dbm)),
            "dominantAntenna": ANTENNA_PORTS[air.antenna],
        }
    return fields


def _off_hz(device: MobileDevice) -> int:
    """How each kind writes that its low cut is off (docs/reference/protocols/sennheiser.md 6.4)."""
    return 20 if device.kind == "SEK" else 60


def _link(device: MobileDevice) -> Json:
    return {
        "audiolinkId": device.uid,
        "outputId": device.uid,
        "rfChannelId": (device.uid - 1) % RF_CHANNELS,
        "modeId": 1,
    }


def _antenna(port: str, firmware: str, *, is_connected: bool) -> Json:
    return {
        "antennaPortId": port,
        "state": "Initialized" if is_connected else "Unconnected",
        "temperature": 38 if is_connected else None,
        "interference": {"totalPower": -100, "mainInterferers": []},
        "bindings": [*range(RF_CHANNELS)] if is_connected else [],
        "version": firmware if is_connected else "",
    }


def _dbfs(air: Air, level: float) -> float:
    return round(max(QUIETEST_DBFS, level), 1) if air.carrier else QUIETEST_DBFS


def _change(device: MobileDevice, fields: Mapping[str, Json]) -> None:
    """All of the fields, or none of them. Raises RefusedError."""
    if not fields or fields.keys() - {"name", "micPreampGain", "micLowCutHz", "headphoneVolume"}:
        raise RefusedError(BAD)
    name = fields.get("name", device.name)
    if not isinstance(name, str) or not 1 <= len(name) <= MAX_NAME:
        raise RefusedError(BAD)
    off_hz = _off_hz(device)
    gain_db = _integer(fields, "micPreampGain", device.gain_db, 0, MAX_GAIN_DB)
    low_cut_hz = _integer(fields, "micLowCutHz", device.low_cut_hz or off_hz, off_hz, MAX_LOW_CUT_HZ)
    volume = _integer(fields, "headphoneVolume", device.headphone_volume, 0, MAX_VOLUME)
    device.name, device.gain_db = name, gain_db
    device.low_cut_hz, device.headphone_volume = low_cut_hz, volume


def _integer(fields: Mapping[str, Json], name: str, now: int, lowest: int, highest: int) -> int:
    value = fields.get(name, now)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusedError(BAD)
    if not lowest <= value <= highest:
        raise RefusedError(NOT_POSSIBLE)
    return value
