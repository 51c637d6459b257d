"""What changed in the rack beside meters, remembered once for all clients. Pure.

``follow`` compares the newest judgement with the one before. Each time that it finds a difference it counts
``serial`` on, and notes it with the channels and devices that differ. A client keeps the serial that it has;
``changes_since`` gives what changed after it, however long ago that is. So a client that was slow gets one
message with the newest of all that it missed, and nothing is kept for it.

``layout`` counts how often devices, channels, names, locations or people came, went or moved. After that
nothing is compared: all clients get everything anew.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Generic, TypeVar

from micboard_tui.api.live.written_json import dump
from micboard_tui.contracts.documents.channels import channel_entry
from micboard_tui.contracts.documents.devices import device_entry
from micboard_tui.contracts.documents.rack_context import RackContext
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import NO_ALARMS
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement

Subject = TypeVar("Subject", bound=Hashable)

METER_FIELDS = frozenset(
    {"version", "meters", "audio_peak_dbfs", "rf_low_dbm", "observed_at", "meters_at", "sound_at"}
)
"""Fields of a channel that change with every reading, and so are no change here."""
SEEN_FIELDS = frozenset({"version", "last_seen_at"})
"""The same of a device."""
ALARM_SEEN_FIELDS = frozenset({"last_seen_at"})
"""The same of an alarm."""
_channel_facts = attrgetter(*(each.name for each in fields(ChannelState) if each.name not in METER_FIELDS))
_device_facts = attrgetter(*(each.name for each in fields(DeviceState) if each.name not in SEEN_FIELDS))
_alarm_acts = attrgetter(*(each.name for each in fields(Alarm) if each.name not in ALARM_SEEN_FIELDS))


class _ChangedAt(Generic[Subject]):
    """What each subject was like, and when it became so; the newest change stands last."""

    def __init__(self) -> None:
        self._facts: dict[Subject, Hashable | tuple[object, ...]] = {}
        self._serials: dict[Subject, int] = {}

    def begin(self, facts: Mapping[Subject, tuple[object, ...]]) -> None:
        """Start anew; nothing has changed."""
        self._facts, self._serials = dict(facts), {}

    def compare(self, facts: Mapping[Subject, tuple[object, ...]], serial: int) -> bool:
        """Note what differs with ``serial``; whether anything does."""
        changed = [subject for subject, now in facts.items() if self._facts.get(subject) != now]
        for subject in changed:
            self._facts[subject] = facts[subject]
            self._serials.pop(subject, None)
            self._serials[subject] = serial
        return bool(changed)

    def since(self, serial: int) -> list[Subject]:
        """What changed after ``serial``, the newest first."""
        found: list[Subject] = []
        for subject, changed_at in reversed(self._serials.items()):
            if changed_at <= serial:
                break
            found.append(subject)
        return found


class RackLog:
    """``follow`` is called whenever clients may be sent something."""

    def __init__(self, live: LiveContract) -> None:
        self._live = live
        self._judgement = Judgement()
        self._alarms = NO_ALARMS
        self._channels: _ChangedAt[ChannelRef] = _ChangedAt()
        self._devices: _ChangedAt[DeviceId] = _ChangedAt()
        self._layout_version = 0
        self._entries: dict[ChannelRef | DeviceId, str] = {}
        self.layout = 0
        """0: it is not known yet which devices there are."""
        self.serial = 0
        self.version = 0
        """Of the live state that was compared last."""
        self.now = 0.0
        """When that was, seconds since the epoch."""

    @property
    def channels(self) -> Collection[ChannelRef]:
        """All channels in rack order."""
        return self._judgement.states.keys()

    @property
    def devices(self) -> Mapping[DeviceId, DeviceSnapshot]:
        """All devices in rack order."""
        return self._judgement.devices

    def follow(self) -> None:
        """Compare what is there now with what was there before."""
        self._judgement, self._alarms = self._live.judge(), self._live.findings.alarms
        self._entries.clear()
        self.version, self.now = self._live.version, self._live.now()
        layout_version = self._live.changed_since(self.version).layout_version
        if layout_version != self._layout_version:
            self._layout_version = layout_version
            self.layout += 1
            self._channels.begin(self._read_channels())
            self._devices.begin(self._read_devices())
            return
        serial = self.serial + 1
        has_channels = self._channels.compare(self._read_channels(), serial)
        has_devices = self._devices.compare(self._read_devices(), serial)
        if has_channels or has_devices:
            self.serial = serial

    def changes_since(self, serial: int, scope: Collection[DeviceId] | None) -> tuple[str, str]:
        """The entries of devices and of channels that changed after ``serial``; empty: none did.

        They are JSON, without brackets around them. ``scope``: only of these devices; None: of all.
        """
        devices = [
            self._entry_of_device(device_id)
            for device_id in self._devices.since(serial)
            if scope is None or device_id in scope
        ]
        channels = [
            self._entry_of_channel(ref)
            for ref in self._channels.since(serial)
            if scope is None or ref.device_id in scope
        ]
        return ",".join(devices), ",".join(channels)

    def _read_channels(self) -> dict[ChannelRef, tuple[object, ...]]:
        problems, alarms, is_read = self._judgement.problems, self._alarms.by_channel, self._alarms.is_read
        return {
            ref: (*_channel_facts(state), problems.get(ref), is_read, _read_alarms(alarms.get(ref, ())))
            for ref, state in self._judgement.states.items()
        }

    def _read_devices(self) -> dict[DeviceId, tuple[object, ...]]:
        alarms, is_read = self._alarms.by_device, self._alarms.is_read
        return {
            device_id: (
                *_device_facts(device.state),
                device.assignments_without_channel,
                is_read,
                _read_alarms(alarms.get(device_id, ())),
            )
            for device_id, device in self._judgement.devices.items()
        }

    def _entry_of_channel(self, ref: ChannelRef) -> str:
        if (text := self._entries.get(ref)) is None:
            entry = channel_entry(self._judgement.states[ref], self._context())
            text = self._entries[ref] = dump({"device_id": ref.device_id, **entry})
        return text

    def _entry_of_device(self, device_id: DeviceId) -> str:
        if (text := self._entries.get(device_id)) is None:
            entry = device_entry(self._judgement.devices[device_id], self._context())
            del entry["channels"]
            text = self._entries[device_id] = dump(entry)
        return text

    def _context(self) -> RackContext:
        judgement = self._judgement
        return RackContext(self.now, judgement.conflicts, self._alarms, judgement.problems)


def _read_alarms(alarms: Sequence[Alarm]) -> tuple[object, ...]:
    return tuple(_alarm_acts(alarm) for alarm in alarms)
