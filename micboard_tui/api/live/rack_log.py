"""What changed in the rack beside meters, remembered once for all clients. It sends nothing.

``follow`` compares the newest judgement with the one before. Each time that it finds a difference it counts
``serial`` on, and notes it with the channels and devices that differ. A client keeps the serial that it has;
``changes_since`` gives what changed after it, however long ago that is. So a client that was slow gets one
message with the newest of all that it missed, and nothing is kept for it.

``layout`` counts how often devices, channels, names, locations or people came, went or moved. After that
nothing is compared: all clients get everything anew.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Generic, TypeVar

import anyio.lowlevel

from micboard_tui.api.live.written_json import dump
from micboard_tui.contracts.documents.channels import channel_entry
from micboard_tui.contracts.documents.devices import device_entry
from micboard_tui.contracts.documents.rack_context import RackContext
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import NO_ALARMS, AlarmList
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement

Subject = TypeVar("Subject", bound=Hashable)
Facts = tuple[object, ...]

COMPARED_A_PART = 500
"""Some five milliseconds."""

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
        self._facts: dict[Subject, Facts] = {}
        self._serials: dict[Subject, int] = {}

    async def find_changed(self, facts: Iterable[tuple[Subject, Facts]]) -> Mapping[Subject, Facts]:
        """Those that differ from what was noted; the event loop gets its turn between parts of them."""
        changed: dict[Subject, Facts] = {}
        for number, (subject, now) in enumerate(facts, 1):
            if self._facts.get(subject) != now:
                changed[subject] = now
            if number % COMPARED_A_PART == 0:
                await anyio.lowlevel.checkpoint()
        return changed

    def note(self, changed: Mapping[Subject, Facts], serial: int) -> None:
        """Note what differs with ``serial``."""
        for subject, now in changed.items():
            self._facts[subject] = now
            self._serials.pop(subject, None)
            self._serials[subject] = serial

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

    async def follow(self) -> None:
        """Compare what is there now with what was there before; one caller at a time.

        What is there now is of one moment. The log is as before until all of it was compared.
        """
        live = self._live
        judgement, alarms, version, now = live.judge(), live.findings.alarms, live.version, live.now()
        layout_version = live.changed_since(version).layout_version
        if layout_version != self._layout_version:
            channels, devices = _ChangedAt[ChannelRef](), _ChangedAt[DeviceId]()
        else:
            channels, devices = self._channels, self._devices
        changed_channels = await channels.find_changed(_read_channels(judgement, alarms))
        changed_devices = await devices.find_changed(_read_devices(judgement, alarms))
        self._judgement, self._alarms, self.version, self.now = judgement, alarms, version, now
        self._entries.clear()
        if changed_channels or changed_devices:
            self.serial += 1
            channels.note(changed_channels, self.serial)
            devices.note(changed_devices, self.serial)
        if layout_version != self._layout_version:
            # All clients get a snapshot: none of what is there has changed after it.
            self._channels, self._devices, self._layout_version = channels, devices, layout_version
            self.layout += 1

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


def _read_channels(judgement: Judgement, alarms: AlarmList) -> Iterator[tuple[ChannelRef, Facts]]:
    problems, by_channel, is_read = judgement.problems, alarms.by_channel, alarms.is_read
    for ref, state in judgement.states.items():
        acts = _read_alarms(by_channel.get(ref, ()))
        yield ref, (*_channel_facts(state), problems.get(ref), is_read, acts)


def _read_devices(judgement: Judgement, alarms: AlarmList) -> Iterator[tuple[DeviceId, Facts]]:
    by_device, is_read = alarms.by_device, alarms.is_read
    for device_id, device in judgement.devices.items():
        acts = _read_alarms(by_device.get(device_id, ()))
        yield device_id, (*_device_facts(device.state), device.assignments_without_channel, is_read, acts)


def _read_alarms(alarms: Sequence[Alarm]) -> tuple[object, ...]:
    return tuple(_alarm_acts(alarm) for alarm in alarms)
