"""Finds out which alarms were raised, and when their windows are complete.

Alarms are looked at once a second, where their list is another one than before. An alarm that another one of
the same device hides keeps no window: that one's has the same seconds. Alarms from before this program
recorded have none either. The blocks of a complete window are taken from the ring at once; they are shared
by all windows of that time, and encoded when the writer comes to it.
"""

from collections.abc import Callable, Iterable, Sequence

from micboard_tui.contracts.recording_store import WindowRecord
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import NO_ALARMS, AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.recorded_span import (
    MAX_WINDOW_CHANNELS,
    WINDOW_AFTER_S,
    WINDOW_BEFORE_S,
    WindowTitle,
)
from micboard_tui.domain.recording.sample_ring import SampleRing

MAX_PENDING = 1000


class WindowKeeper:
    def __init__(self) -> None:
        self._alarms: AlarmList = NO_ALARMS
        self._raised_at: dict[AlarmKey, float] = {}
        """Of every alarm that is listed, when it was raised last."""
        self._pending: dict[tuple[AlarmKey, float], WindowTitle] = {}

    @property
    def pending(self) -> Sequence[WindowTitle]:
        """The windows that are still being recorded."""
        return tuple(self._pending.values())

    def look(self, alarms: AlarmList, since: float) -> None:
        """Note alarms that were raised; ``since`` is when recording began."""
        if alarms is self._alarms:
            return
        self._alarms = alarms
        raised_at = {alarm.key: alarm.raised_at for alarm in alarms.alarms}
        for alarm in alarms.alarms:
            key = alarm.key
            is_new = self._raised_at.get(key) != alarm.raised_at and alarm.raised_at >= since
            if is_new and not _is_hidden_by_own_device(alarm) and len(self._pending) < MAX_PENDING:
                at = alarm.raised_at
                title = WindowTitle(key, at, at - WINDOW_BEFORE_S, at + WINDOW_AFTER_S)
                self._pending[key, at] = title
        self._raised_at = raised_at

    def take_complete(
        self, now: float, ring: SampleRing, list_devices: Callable[[], Sequence[DeviceSnapshot]]
    ) -> list[WindowRecord]:
        """The windows that ended, each once; devices are listed only where there are some."""
        due = [title for title in self._pending.values() if title.end <= now]
        if not due:
            return []
        blocks, devices = ring.blocks, list_devices()
        for title in due:
            del self._pending[title.key, title.raised_at]
        return [WindowRecord(title, channels_of(title.key, devices), blocks) for title in due]

    def take_all(
        self, now: float, ring: SampleRing, list_devices: Callable[[], Sequence[DeviceSnapshot]]
    ) -> list[WindowRecord]:
        """Those that are still being recorded too, as far as they are: the program ends."""
        for (key, at), title in self._pending.items():
            end = max(min(now, title.end), at)
            self._pending[key, at] = WindowTitle(key, at, title.start, end)
        return self.take_complete(float("inf"), ring, list_devices)


def channels_of(key: AlarmKey, devices: Iterable[DeviceSnapshot]) -> list[ChannelRef]:
    """The channels that an alarm is about."""
    if key.device_id is not None and key.channel is not None:
        return [ChannelRef(key.device_id, key.channel)]
    refs = [
        channel.ref
        for snapshot in devices
        if (
            snapshot.device.id == key.device_id
            if key.device_id is not None
            else key.location_id is None or snapshot.device.location_id == key.location_id
        )
        for channel in snapshot.channels
    ]
    return refs[:MAX_WINDOW_CHANNELS]


def _is_hidden_by_own_device(alarm: Alarm) -> bool:
    return alarm.hidden_by is not None and alarm.hidden_by.device_id == alarm.key.device_id is not None
