"""Which devices are ours, as the test says."""

from collections.abc import Callable

from micboard_tui.domain.identity import DeviceId


class FakeHolding:
    """Implements ``DeviceHolding``."""

    def __init__(self, *held: DeviceId) -> None:
        self.held = set(held)
        self._leaving: set[DeviceId] = set()
        self._calls: list[Callable[[], None]] = []

    def may_send(self, device_id: DeviceId) -> bool:
        return device_id in self.held | self._leaving

    def on_change(self, call: Callable[[], None]) -> None:
        self._calls.append(call)

    def take(self, device_id: DeviceId) -> None:
        self.held.add(device_id)
        self._leaving.discard(device_id)
        self._tell()

    def begin_leaving(self, device_id: DeviceId) -> None:
        """It is being given away: its goodbye may still be sent."""
        self.held.discard(device_id)
        self._leaving.add(device_id)
        self._tell()

    def lose(self, *device_ids: DeviceId) -> None:
        """Nothing may be sent any more."""
        self.held.difference_update(device_ids)
        self._leaving.difference_update(device_ids)
        self._tell()

    def _tell(self) -> None:
        for call in self._calls:
            call()
