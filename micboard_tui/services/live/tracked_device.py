"""One channel and one device that still change. Only ``LiveState`` touches them.

``LiveState`` sets ``version`` to a new number with every change; ``immutable`` makes a state for others only
when it is asked for and the version is another one than that of the last state made.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from micboard_tui.contracts.live import LinkChange
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.battery import LastBattery
from micboard_tui.domain.bay import Bay, unknown_bays
from micboard_tui.domain.channel import NO_FACTS, NO_METERS, ChannelFacts, ChannelState, Encryption, Meters
from micboard_tui.domain.device import (
    UNREADABLE,
    Device,
    DeviceSnapshot,
    DeviceState,
    DeviceStatus,
    device_title,
)
from micboard_tui.domain.device_problem import find_assignments_without_channel, is_channel_count_known
from micboard_tui.domain.docked_pack import Dock, KnownPack
from micboard_tui.domain.frozen_copy import copy_with
from micboard_tui.domain.identity import ChannelRef, LocationId
from micboard_tui.domain.link_state import WITHOUT_CARRIER, LinkState, judge_link_state
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.domain.recording.reading import link_flag
from micboard_tui.domain.recording.second_maker import ChannelStatus
from micboard_tui.domain.recording.second_summary import encode_charge
from micboard_tui.domain.thresholds import DROP_OUT_S, Thresholds
from micboard_tui.domain.value_ranges import MAX_BAYS
from micboard_tui.services.live.link_changes import LinkChanges
from micboard_tui.services.live.past_state import PastState
from micboard_tui.services.live.places import Places

MAX_HISTORY = 32
"""Link states of a channel that are remembered."""
KNOWN_STATUSES = frozenset({DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.REFUSED})
WITHOUT_PACK = frozenset({LinkState.TRANSMITTER_OFF, LinkState.RF_LOST})


class LiveChannel:
    """One channel; ``immutable`` is what others see of it."""

    __slots__ = (
        "assignment",
        "dock",
        "facts",
        "fault_code",
        "history",
        "last_battery",
        "link",
        "link_changes",
        "link_since",
        "meters",
        "meters_at",
        "observed_at",
        "pack_name",
        "pack_serial",
        "past",
        "peak",
        "peak_at",
        "ref",
        "rf_low",
        "rf_low_at",
        "rf_zone",
        "sound_at",
        "state",
        "thresholds",
        "version",
    )

    def __init__(
        self, ref: ChannelRef, version: int, thresholds: Thresholds, link_changes: LinkChanges
    ) -> None:
        self.ref, self.link_changes = ref, link_changes
        self.thresholds = thresholds
        self.version = version
        self.facts = NO_FACTS
        self.meters = NO_METERS
        self.link = LinkState.UNKNOWN
        self.link_since: float | None = None
        self.history: deque[LinkChange] = deque(maxlen=MAX_HISTORY)
        self.observed_at: float | None = None
        self.meters_at: float | None = None
        self.peak: float | None = None
        self.peak_at = 0.0
        self.rf_low: float | None = None
        self.rf_low_at = 0.0
        self.sound_at: float | None = None
        self.past: PastState | None = None
        self.last_battery: LastBattery | None = None
        self.state: ChannelState | None = None
        self.assignment: Assignment | None = None
        self.pack_serial: str | None = None
        self.pack_name: str | None = None
        """Of the pack that was received last, so that it is recognized in a charger."""
        self.rf_zone: LocationId | None = None
        self.dock: Dock | None = None
        self.fault_code: str | None = None

    def take_meters(self, meters: Meters, now: float, hold_s: float) -> None:
        audio = meters.audio_dbfs
        if audio is None:
            self.peak = None
        elif self.peak is None or audio >= self.peak or now - self.peak_at > hold_s:
            self.peak, self.peak_at = audio, now
            # A peak below one that is held comes within moments of it.
            if audio >= self.thresholds.sound_dbfs and self.link is LinkState.LIVE:
                self.sound_at = now
        rf = meters.rf_dbm
        if rf is None:
            self.rf_low = None
        elif self.rf_low is None or rf <= self.rf_low or now - self.rf_low_at > hold_s:
            self.rf_low, self.rf_low_at = rf, now
        carrier_was = self.meters.carrier
        self.meters = meters
        self.observed_at = self.meters_at = now
        if meters.carrier is not carrier_was or self.link_since is None:
            self.judge(now)

    def take_facts(self, facts: ChannelFacts, now: float) -> None:
        had = self.facts.transmitter.battery if self.facts.transmitter else None
        has = facts.transmitter.battery if facts.transmitter else None
        if (pack := facts.transmitter) is not None:
            self.pack_serial, self.pack_name = pack.serial, pack.name
        if has is not None and has.is_known:
            self.last_battery = None
        elif had is not None and had.is_known:
            # Without a carrier the last one that was received was repeated.
            is_repeated = self.link in WITHOUT_CARRIER and self.link_since is not None
            self.last_battery = LastBattery(
                had, (self.link_since if is_repeated else self.observed_at) or now
            )
        self.facts = facts
        if facts.is_offline:
            self._forget_meters()
        self.judge(now)

    def _forget_meters(self) -> None:
        self.meters, self.peak, self.rf_low, self.meters_at = NO_METERS, None, None, None

    def judge(self, now: float) -> None:
        facts = self.facts
        if facts.is_offline:
            self.become(LinkState.OFFLINE, now)
            return
        pack_muted = facts.transmitter is not None and facts.transmitter.muted
        muted = facts.receiver_muted or pack_muted or facts.encryption is Encryption.MISMATCH
        link = judge_link_state(
            transmitter=facts.transmitter_present,
            carrier=self.meters.carrier,
            muted=bool(muted),
        )
        # A pack is often put into a charger without being switched off before.
        self.become(LinkState.DOCKED if self.dock is not None and link in WITHOUT_PACK else link, now)

    @property
    def known_pack(self) -> KnownPack:
        """What its pack is recognized by: as planned, as received last, or the channel's name."""
        planned = self.assignment.planned_pack if self.assignment else None
        return KnownPack(self.ref, self.pack_serial, planned or self.pack_name or self.facts.name)

    def become(self, link: LinkState, since: float) -> None:
        if link is not self.link or self.link_since is None:
            if self.past is not None and link is not LinkState.UNKNOWN:
                since = self._resume(self.past, link, since)
            if link is not self.link:
                self.link_changes.count += 1
            self.link, self.link_since = link, since
            self.history.appendleft(LinkChange(link, since))

    def _resume(self, past: PastState, link: LinkState, now: float) -> float:
        """Since when ``link`` lasts. What was there only until it was known again is no history."""
        if (since := past.resume(link, now)) is None:
            return now
        self.past = None
        while self.history and self.history[0].at >= since:
            self.history.popleft()
        return since

    def status_since(self, since: float) -> ChannelStatus:
        """The link states that it had since a time, and the charge of its pack."""
        flags = link_flag(self.link)
        if self.link_since is not None and self.link_since >= since:
            for change in self.history:
                flags |= link_flag(change.link)
                if change.at < since:
                    break
        pack = self.facts.transmitter
        return ChannelStatus(self.ref, flags, None if pack is None else encode_charge(pack.battery))

    def silence(self, link: LinkState, since: float) -> None:
        """Forget what only a connected device can know; the channel's name stays."""
        facts = replace(self.facts, transmitter_present=None, transmitter=None, slots=(), is_offline=False)
        self.take_facts(facts, since)
        self._forget_meters()
        self.become(link, since)

    def recall(self, past: ChannelState, version: int, now: float, seen_at: float) -> None:
        """Take what the database last knew, until ``seen_at``, as past: nothing is current, or overdue."""
        self.observed_at, self.facts = past.observed_at, replace(past.facts, meter_interval_s=None)
        self.silence(LinkState.UNKNOWN, past.observed_at or now)
        self.last_battery = past.last_battery or self.last_battery
        self.link_since, self.version = None, version
        if past.link_since is not None and past.link_state is not LinkState.UNKNOWN:
            self.past = PastState(past.link_state, past.link_since, seen_at)

    def shift_clock(self, correction_s: float, version: int) -> None:
        self.version = version
        self.observed_at = _shift(self.observed_at, correction_s)
        self.meters_at = _shift(self.meters_at, correction_s)
        self.link_since = _shift(self.link_since, correction_s)
        self.sound_at = _shift(self.sound_at, correction_s)
        if self.past is not None:
            self.past.shift_clock(correction_s)
        self.peak_at += correction_s
        self.rf_low_at += correction_s
        if (last := self.last_battery) is not None:
            self.last_battery = replace(last, observed_at=last.observed_at + correction_s)
        changes = (replace(change, at=change.at + correction_s) for change in self.history)
        self.history = deque(changes, MAX_HISTORY)

    def immutable(self) -> ChannelState:
        if self.state is None or self.state.version != self.version:
            ref = self.ref
            values = {
                "ref": ref,
                "device_id": ref.device_id,
                "number": ref.number,
                "version": self.version,
                "link_state": self.link,
                "link_since": self.link_since,
                "facts": self.facts,
                "meters": self.meters,
                "audio_peak_dbfs": self.peak,
                "rf_low_dbm": self.rf_low,
                "last_battery": self.last_battery,
                "observed_at": self.observed_at,
                "meters_at": self.meters_at,
                "expected_period_s": self.facts.meter_interval_s or None,
                "assignment": self.assignment,
                "rf_zone": self.rf_zone,
                "dock": self.dock,
                "fault_code": self.fault_code,
                "sound_at": self.sound_at,
                "thresholds": self.thresholds,
            }
            self.state = ChannelState.of_values(values)
        return self.state


class LeftStatus(NamedTuple):
    """A status that a device had until a moment ago."""

    status: DeviceStatus
    since: float
    at: float
    """When it became another."""


class LiveDevice:
    """One device with its channels."""

    __slots__ = (
        "channels",
        "device",
        "heard_at",
        "is_channel_count_known",
        "left",
        "past",
        "state",
        "version",
    )

    def __init__(self, device: Device, version: int, thresholds: Thresholds) -> None:
        self.device, self.version = device, version
        self.state = DeviceState(device.id, thresholds=thresholds)
        self.heard_at: float | None = None
        self.past: PastState | None = None
        self.left: LeftStatus | None = None
        """The last status in which it could not be read."""
        self.channels: dict[int, LiveChannel] = {}
        self.is_channel_count_known = False

    @property
    def title(self) -> str:
        return device_title(self.device, self.state.own_name)

    @property
    def has_spoken(self) -> bool:
        """Whether the device, or the session with it, has sent anything since it was placed."""
        return self.heard_at is not None or self.state.status is not DeviceStatus.UNKNOWN

    def recall(self, snapshot: DeviceSnapshot, version: int, seen_at: float) -> None:
        """Take what the database last knew of the device itself, until ``seen_at``."""
        if (since := snapshot.state.status_since) is not None:
            self.past = PastState(snapshot.state.status, since, seen_at)
        self.version, self.heard_at = version, snapshot.state.last_seen_at
        self.is_channel_count_known = is_channel_count_known(snapshot.state.kind, len(snapshot.channels))
        self.state = replace(
            snapshot.state,
            version=version,
            status=self.state.status,
            status_since=None,
            fault=None,
            bays=unknown_bays(len(snapshot.state.bays)),
            thresholds=self.state.thresholds,
        )

    def snapshot(self, places: Places, planned: Iterable[Assignment]) -> DeviceSnapshot:
        """All of it as it is now; ``planned`` are the assignments of its channels."""
        missing = find_assignments_without_channel(
            planned, self.channels, is_count_known=self.is_channel_count_known
        )
        channels = tuple(self.channels[number].immutable() for number in sorted(self.channels))
        location, is_closed = places.name_of(self.device), places.is_out_of_service(self.device)
        return DeviceSnapshot(self.device, self.immutable(), channels, location, missing, is_closed)

    def status_since(self, status: DeviceStatus, now: float) -> float:
        """Since when ``status`` lasts that has just been found out.

        That the device cannot be read has lasted when it could for a moment only.
        """
        state, left = self.state, self.left
        if state.status in UNREADABLE and state.status_since is not None:
            self.left = LeftStatus(state.status, state.status_since, now)
        if left is not None and left.status is status and 0.0 <= now - left.at <= DROP_OUT_S:
            return left.since
        if self.past is None or status not in KNOWN_STATUSES:
            return now
        if (since := self.past.resume(status, now)) is None:
            return now
        self.past = None
        return since

    def take_description(self, description: DeviceHeard) -> None:
        self.is_channel_count_known = is_channel_count_known(description.kind, description.channel_count)
        self.state = replace(
            self.state,
            kind=description.kind,
            model=description.model,
            own_name=description.own_name,
            firmware=description.firmware,
            rf_band=description.rf_band,
            raw=description.raw,
            bays=_resized(self.state.bays, description.bay_count),
            storage_mode=description.storage_mode,
            device_warnings=description.device_warnings,
            serial=description.serial,
        )

    def take_bay(self, bay: Bay) -> None:
        bays = self.state.bays
        if 1 <= bay.number <= MAX_BAYS:
            bays = _resized(bays, max(bay.number, len(bays)))
            bays = (*bays[: bay.number - 1], bay, *bays[bay.number :])
        self.state = replace(self.state, bays=bays)

    def take_clock(self, offset_s: float) -> None:
        """A device tells whole seconds: what differs by less than one is the same."""
        before = self.state.clock_offset_s
        if before is None or abs(offset_s - before) >= 1.0:
            self.state = replace(self.state, clock_offset_s=offset_s)

    def shift_clock(self, correction_s: float, version: int) -> None:
        self.version = version
        self.heard_at = _shift(self.heard_at, correction_s)
        self.state = replace(
            self.state,
            status_since=_shift(self.state.status_since, correction_s),
            clock_offset_s=_shift(self.state.clock_offset_s, -correction_s),
        )
        if self.past is not None:
            self.past.shift_clock(correction_s)
        if (left := self.left) is not None:
            self.left = LeftStatus(left.status, left.since + correction_s, left.at + correction_s)
        for channel in self.channels.values():
            channel.shift_clock(correction_s, version)

    def immutable(self) -> DeviceState:
        if self.state.version != self.version or self.state.last_seen_at != self.heard_at:
            self.state = copy_with(self.state, version=self.version, last_seen_at=self.heard_at)
        return self.state


def _resized(bays: tuple[Bay, ...], count: int) -> tuple[Bay, ...]:
    """So many bays; what is known of those that stay, stays."""
    return bays[:count] + unknown_bays(min(count, MAX_BAYS))[len(bays) :]


def _shift(timestamp: float | None, correction_s: float) -> float | None:
    return None if timestamp is None else timestamp + correction_s
