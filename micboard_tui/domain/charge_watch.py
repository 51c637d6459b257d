"""Whether the packs in chargers get any fuller. Pure.

``ChargeWatch.observe`` is called with the bays of all devices, at any pace. A bay is *waiting* while it
charges a pack whose percent stands still; after ``STANDSTILL_S`` of it, it is *not charging*. Another
percent, pack or state begins anew. What a charger does not report for a while does not count as waiting.
"""

from collections.abc import Mapping
from typing import NamedTuple

from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId

STANDSTILL_S = 1200.0
LONGEST_STEP_S = 5.0
FULL_PERCENT = 100


class _Waiting(NamedTuple):
    pack: str | None
    percent: int
    waited_s: float


class ChargeWatch:
    def __init__(self) -> None:
        self._waiting: dict[tuple[DeviceId, int], _Waiting] = {}
        self._at: float | None = None

    def observe(self, devices: Mapping[DeviceId, DeviceSnapshot], now: float) -> list[tuple[DeviceId, int]]:
        """The bays whose packs do not charge."""
        step_s = 0.0 if self._at is None else min(max(0.0, now - self._at), LONGEST_STEP_S)
        self._at = now
        before, self._waiting = self._waiting, {}
        for device_id, device in devices.items():
            if not device.state.bays:
                continue
            for bay in device.state.bays:
                key = device_id, bay.number
                past = before.get(key)
                if not device.state.is_online or bay.state is BayState.UNKNOWN:
                    if past is not None:
                        self._waiting[key] = past
                elif (waiting := _follow_bay(past, bay, step_s)) is not None:
                    self._waiting[key] = waiting
        return [key for key, waiting in self._waiting.items() if waiting.waited_s >= STANDSTILL_S]


def _follow_bay(past: _Waiting | None, bay: Bay, step_s: float) -> _Waiting | None:
    percent = bay.battery.percent
    if bay.state is not BayState.CHARGING or percent is None or percent >= FULL_PERCENT:
        return None
    if past is None or past.percent != percent or past.pack != bay.pack_serial:
        return _Waiting(bay.pack_serial, percent, 0.0)
    return past._replace(waited_s=past.waited_s + step_s)
