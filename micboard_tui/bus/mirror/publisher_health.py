"""The health of publishers, as their signs of life tell it bit by bit."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.bus.wire.sign_of_life import COLLECTOR, SignOfLife
from micboard_tui.bus.wire.subjects import publisher_title
from micboard_tui.contracts.health import CollectorHealth, DeviceHealth, HealthSnapshot
from micboard_tui.domain.identity import DeviceId

MAX_DEVICES = 10_000


class PublisherHealth:
    def __init__(self) -> None:
        self._devices: dict[DeviceId, DeviceHealth] = {}
        self._publishers: dict[DeviceId, str] = {}

    def take(self, sign: SignOfLife) -> None:
        """Each sign has the health of a few devices."""
        for device in sign.device_health:
            if device.device_id in self._devices or len(self._devices) < MAX_DEVICES:
                self._devices[device.device_id] = replace(device, collector=_name_of(sign))
                self._publishers[device.device_id] = sign.publisher

    def last_heard_at(self, device_id: DeviceId, publisher: str) -> float | None:
        """When a publisher heard a device last, by its last sign of life and its clock; None: not known."""
        known = self._devices.get(device_id)
        return None if known is None or self._publishers[device_id] != publisher else known.last_heard_at

    def snapshot(
        self, signs: Sequence[SignOfLife], collectors: Sequence[CollectorHealth] = ()
    ) -> HealthSnapshot:
        """Of the first publisher, with the devices of all."""
        health = signs[0].health if signs else HealthSnapshot()
        return replace(health, devices=tuple(self._devices.values()), collectors=tuple(collectors))


def describe_collector(sign: SignOfLife, heard_at: float, *, is_heard: bool) -> CollectorHealth:
    """A collector by its last sign, which came at ``heard_at``, seconds since the epoch."""
    return CollectorHealth(
        publisher_title(sign.publisher),
        sign.zone,
        sign.host,
        sign.version,
        sign.devices,
        sign.channels,
        sign.load,
        heard_at,
        is_heard,
    )


def _name_of(sign: SignOfLife) -> str:
    return publisher_title(sign.publisher) if sign.role == COLLECTOR else ""
