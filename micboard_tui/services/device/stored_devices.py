"""Devices as the database last knew them, judged by their age.

The database keeps what was read last, also when no process reads the devices any more. ``online`` and
``live`` are of the present, as ``connecting`` is, so they are unknown once they are older than a running
process would leave them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from micboard_tui.contracts.device import DeviceQuery, DeviceRepository
from micboard_tui.contracts.ports import WallClock
from micboard_tui.domain.bay import unknown_bays
from micboard_tui.domain.device import DeviceSnapshot, DeviceStatus
from micboard_tui.domain.link_state import LinkState
from micboard_tui.services.threshold.numbers_reader import ReadNumbers, read_defaults


@dataclass(frozen=True, slots=True)
class StoredDevices:
    """Reads devices from the database; readings older than ``past_after_s`` are not of the present."""

    devices: DeviceRepository
    clock: WallClock
    past_after_s: float
    read_numbers: ReadNumbers = read_defaults
    """What is read is judged by them."""

    async def query(self, filters: DeviceQuery) -> Sequence[DeviceSnapshot]:
        """The devices that ``filters`` keeps, in rack order."""
        wanted = filters.is_online
        # A device that was online is offline by now for all that is known, which only its age can tell.
        stored = await self.devices.query(filters if wanted else replace(filters, is_online=None))
        numbers, now = await self.read_numbers(), self.clock()
        snapshots = [judge_age(numbers.judge(snapshot), now, self.past_after_s) for snapshot in stored]
        if wanted is None:
            return snapshots
        return [snapshot for snapshot in snapshots if snapshot.state.is_online is wanted]


def judge_age(snapshot: DeviceSnapshot, now: float, past_after_s: float) -> DeviceSnapshot:
    """The snapshot at ``now``: status, link states and bays of a device not heard for so long are unknown.

    The values of its channels stay, each with its age.
    """
    state = snapshot.state
    if state.status is DeviceStatus.CONNECTING:
        is_under_way = state.status_since is not None and now - state.status_since <= past_after_s
        unknown = replace(state, status=DeviceStatus.UNKNOWN, status_since=None)
        return snapshot if is_under_way else replace(snapshot, state=unknown)
    if not state.is_online:
        return snapshot
    if state.last_seen_at is not None and now - state.last_seen_at <= past_after_s:
        # They come at the interval at which they are stored, which is longer than that of the meters. Those
        # that were late when the device was heard last are late all the same.
        channels = tuple(
            replace(channel, expected_period_s=max(channel.expected_period_s, past_after_s))
            if channel.expected_period_s is not None and not channel.is_stale(state.last_seen_at)
            else channel
            for channel in snapshot.channels
        )
        return replace(snapshot, channels=channels)
    return replace(
        snapshot,
        state=replace(
            state, status=DeviceStatus.UNKNOWN, status_since=None, bays=unknown_bays(len(state.bays))
        ),
        channels=tuple(
            replace(channel, link_state=LinkState.UNKNOWN, link_since=None) for channel in snapshot.channels
        ),
    )
