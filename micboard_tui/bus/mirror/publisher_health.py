"""The health of publishers, as their signs of life tell it bit by bit."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.bus.wire.sign_of_life import SignOfLife
from micboard_tui.contracts.health import DeviceHealth, HealthSnapshot
from micboard_tui.domain.identity import DeviceId

MAX_DEVICES = 10_000


class PublisherHealth:
    def __init__(self) -> None:
        self._devices: dict[DeviceId, DeviceHealth] = {}

    def take(self, sign: SignOfLife) -> None:
        """Each sign has the health of a few devices."""
        for device in sign.device_health:
            if device.device_id in self._devices or len(self._devices) < MAX_DEVICES:
                self._devices[device.device_id] = device

    def snapshot(self, signs: Sequence[SignOfLife]) -> HealthSnapshot:
        """Of the first publisher, with the devices of all."""
        health = signs[0].health if signs else HealthSnapshot()
        return replace(health, devices=tuple(self._devices.values()))
