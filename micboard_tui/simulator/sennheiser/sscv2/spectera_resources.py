"""A simulated Spectera base station and its mobile devices. Pure.

Source: docs/reference/protocols/sennheiser.md 6.4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY
from micboard_tui.simulator.sennheiser.sscv2.authentication import SPECTERA_USER
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import NOT_ALLOWED, NOT_FOUND, RefusedError
from micboard_tui.simulator.stage.air import Air

FIRMWARE = "1.4.1"
RF_CHANNELS = 2
FIRST_KHZ, APART_KHZ = 506_000, 10_000
PACKS_PATH, RF_PATH = "/api/mts/paired/all", "/api/rf/channels"
LOW_CHARGE = 0.15
_PERCENT_A_STEP = 20


@dataclass(slots=True)
class MobileDevice:
    """One bodypack (SEK) or handheld (SKM)."""

    uid: int
    kind: str
    name: str
    serial: str
    air: Air


class SpecteraResources:
    """Implements ``Panel``. Packs may come and go: ``packs`` is there to be changed."""

    user = SPECTERA_USER

    def __init__(self, name: str, serial: str, packs: Sequence[MobileDevice]) -> None:
        self.version: Json = {"protocol": "2.3", "schema": "18.1"}
        self.collections: Mapping[str, str] = {PACKS_PATH: "mtUid", RF_PATH: "rfChannelId"}
        self.packs = list(packs)
        self.rf_muted = [False] * RF_CHANNELS
        self._airs = tuple(pack.air for pack in packs)
        self._resources: Mapping[str, Json] = {
            IDENTITY: {
                "product": "Spectera Base Station",
                "hardwareRevision": "1",
                "serial": serial,
                "vendor": "Sennheiser electronic SE & Co. KG",
            },
            "/api/device/site": {"deviceName": name, "location": "", "position": ""},
            "/api/device/state": {"state": "Normal", "warnings": []},
            "/api/firmware/update/state": {"deviceVersion": FIRMWARE, "state": "Idle", "progress": 0},
            "/api/health/psu": {"psu1": "Connected", "psu2": "Unconnected"},
            "/api/health/tempstateoverall": {"value": "Normal"},
            **{f"/api/health/fan/FAN_{fan}/errorstate": {"value": False} for fan in (1, 2, 3)},
        }

    @property
    def airs(self) -> Sequence[Air]:
        return self._airs

    def read(self, path: str) -> Json:
        if path == PACKS_PATH:
            return [_describe(pack) for pack in self.packs]
        if path == RF_PATH:
            return [self._rf(index) for index in range(RF_CHANNELS)]
        if (own := self._resources.get(path)) is not None:
            return own
        for pack in self.packs:
            if path == f"{PACKS_PATH}/{pack.uid}":
                return _describe(pack)
        raise RefusedError(NOT_FOUND)

    def knows(self, path: str) -> bool:
        return path in self._resources or path in self.collections

    def write(self, path: str, fields: Mapping[str, Json]) -> None:
        raise RefusedError(NOT_ALLOWED if self.knows(path) or not fields else NOT_FOUND)

    def _rf(self, index: int) -> Json:
        return {
            "rfChannelId": index,
            "frequency": FIRST_KHZ + index * APART_KHZ,
            "bandwidthMode": 8000,
            "txPower": 50,
            "rfState": "RfMuted" if self.rf_muted[index] else "RfActive",
            "rfRestrictionViolation": False,
        }


def _describe(device: MobileDevice) -> Json:
    air, battery = device.air, device.air.pack.battery
    fields: dict[str, Json] = {
        "mtUid": device.uid,
        "type": device.kind,
        "name": device.name,
        "serial": device.serial,
        "rfChannelId": (device.uid - 1) % RF_CHANNELS,
        "state": "Connected" if air.is_heard and air.carrier else "Disconnected",
        "micPreampGain": 12,
        "micLowCutHz": 20 if device.kind == "SEK" else 60,
        "version": FIRMWARE,
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
            "dominantAntenna": "abcd"[air.antenna],
        }
    return fields
