"""Which devices are shown here, since someone has asked for them a moment ago."""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from micboard_tui.bus.wire.interest import FULL_RATE_HZ, MAX_DETAILS, MAX_FOLLOWED
from micboard_tui.domain.identity import ChannelRef, DeviceId

ASKED_S = 5.0
"""What was asked for so long ago is shown no more."""
ASSUMED_S = 1.0
"""So long meters come that were expected to be asked for, and were not."""


class MeterPlan(NamedTuple):
    """Which meters come to a mirror, and how often."""

    rate_hz: int = FULL_RATE_HZ
    """How often a second those of what is shown come."""
    first_shown: int = 0
    """So many devices, the first in rack order, are followed before anyone asks for them."""


USUAL_METERS = MeterPlan()


class AskedDevices:
    """Moments are seconds that only grow."""

    def __init__(self) -> None:
        self._among: object = None
        self._among_at = 0.0
        self._asked: dict[DeviceId, float] = {}
        self._closely: dict[DeviceId, float] = {}
        """Those of which single channels were asked for, or the device itself: the last asked for last."""

    def ask_among(self, among: Iterable[ChannelRef], now: float) -> bool:
        """Someone shows these channels; whether any device of theirs was not shown a moment ago."""
        if among is self._among and now - self._among_at < 1.0:
            return False
        self._among, self._among_at = among, now
        is_new = False
        for ref in among:
            is_new |= ref.device_id not in self._asked
            self._asked[ref.device_id] = now
        return is_new

    def assume(self, devices: Iterable[DeviceId], now: float) -> None:
        """These will be asked for; for ``ASSUMED_S``, and only where nothing was asked for yet."""
        if not self._asked:
            self._asked = dict.fromkeys(devices, now - ASKED_S + ASSUMED_S)

    def ask_closely(self, device_id: DeviceId, now: float) -> bool:
        """The same of all that is known of a device."""
        is_new = device_id not in self._closely
        self._closely.pop(device_id, None)
        self._closely[device_id] = now
        if len(self._closely) > MAX_DETAILS:
            del self._closely[next(iter(self._closely))]
        return is_new

    def followed(self, now: float) -> tuple[DeviceId, ...]:
        """Those whose meters are shown, in a settled order."""
        self._asked = {device: at for device, at in self._asked.items() if now - at <= ASKED_S}
        followed = self._asked.keys() | set(self.detailed(now))
        return tuple(islice(sorted(followed), MAX_FOLLOWED))

    def detailed(self, now: float) -> tuple[DeviceId, ...]:
        """Those of which everything is shown."""
        self._closely = {device: at for device, at in self._closely.items() if now - at <= ASKED_S}
        return tuple(sorted(self._closely))
