"""Adds devices that a search has found, one after the other, and remembers what became of each."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import Device
from micboard_tui.tui.draw.found_device_row import Key, key_of
from micboard_tui.tui.service_readings import ServiceReadings


class Addition(NamedTuple):
    """What became of one device."""

    found: FoundDevice
    error: ErrorInfo | None
    """Why it was not added."""
    need: str = ""
    """What it needs before it can be read: "its certificate trusted and a password"."""


class FoundDeviceAdder:
    def __init__(self, devices: DeviceContract, readings: ServiceReadings, operator: str) -> None:
        """``operator``: who adds them."""
        self._devices, self._readings, self._operator = devices, readings, operator
        self.added: dict[Key, Device] = {}
        self.failed: dict[Key, ErrorInfo] = {}
        self.zone = ""
        """In which they were found; empty: the default one."""
        self.done = self.total = 0
        """How many of those that are being added are done; 0 of 0 when none is being added."""
        self._waiting: set[Key] = set()

    @property
    def progress(self) -> str:
        """How far it is, in words; empty when nothing is being added."""
        return f"adding {self.done + 1} of {self.total}" if self._waiting else ""

    async def add(self, wanted: Sequence[FoundDevice], show: Callable[[], None]) -> list[Addition]:
        """Add these; ``show`` is called after each. What is added already, or is about to be, is left out."""
        new = {key_of(found): found for found in wanted if not self._is_taken(key_of(found))}
        self._waiting |= new.keys()
        self.total += len(new)
        additions = []
        try:
            for key, found in new.items():
                additions.append(await self._add(key, found))
                self._waiting.discard(key)
                self.done += 1
                show()
        finally:
            self._waiting -= new.keys()
            if not self._waiting:
                self.done = self.total = 0
        return additions

    def need(self, device: Device) -> str:
        """What it needs before it can be read; empty: nothing, or it is read already."""
        spec, now = self._readings.find_spec(device), self._readings.find_device(device.id)
        if spec is None or (now is not None and now.state.is_online):
            return ""
        fingerprint = device.fingerprint if now is None else now.device.fingerprint
        needs = ["its certificate trusted"] if spec.shows_certificate and fingerprint is None else []
        needs += [f"its {spec.secret}"] if spec.secret is not None else []
        return " and ".join(needs)

    def _is_taken(self, key: Key) -> bool:
        return key in self.added or key in self._waiting

    async def _add(self, key: Key, found: FoundDevice) -> Addition:
        self.failed.pop(key, None)
        result = await self._devices.register(
            found.manufacturer,
            found.host,
            driver=found.driver,
            port=found.port or None,
            zone=self.zone or None,
            actor=self._operator,
        )
        if not result.success:
            self.failed[key] = result.error
            return Addition(found, result.error)
        self.added[key] = result.data
        return Addition(found, None, self.need(result.data))
