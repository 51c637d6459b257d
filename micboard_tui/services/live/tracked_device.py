"""One device that still changes, with its channels (``tracked_channel``). Only ``LiveState`` touches it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.bay import Bay, unknown_bays
from micboard_tui.domain.device import (
    UNREADABLE,
    Device,
    DeviceSnapshot,
    DeviceState,
    DeviceStatus,
    device_title,
)
from micboard_tui.domain.device_problem import find_assignments_without_channel, is_channel_count_known
from micboard_tui.domain.frozen_copy import copy_with
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.domain.thresholds import DROP_OUT_S, Thresholds
from micboard_tui.domain.value_ranges import MAX_BAYS
from micboard_tui.services.live.past_state import PastState
from micboard_tui.services.live.places import Places
from micboard_tui.services.live.tracked_channel import LiveChannel

KNOWN_STATUSES = frozenset({DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.REFUSED})


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
