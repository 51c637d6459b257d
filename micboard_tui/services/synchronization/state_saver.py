"""Writes what changed to the database: every so often, and within a second when a link state changed.

At any meter rate that is one transaction each. On a database server, where writing is dear, only those
channels are written within a second whose link state or facts changed. The problems are written too when
others came or went, and every ``SEEN_EVERY_S``, so that it is known until when they lasted. Where no board
has them judged, the saver does. In a fleet each collector stores what it holds, and nothing of other devices.
"""

from collections.abc import Collection, Sequence
from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.device_holding import WHOLE_RACK, DeviceHolding
from micboard_tui.contracts.errors import ErrorInfo, StorageError
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem_start import ProblemStart
from micboard_tui.domain.thresholds import MIN_STORE_INTERVAL_S, STORE_INTERVAL_S
from micboard_tui.services.live.state import LiveState

SEEN_EVERY_S = 60.0
"""A small part of ``LONGEST_PAUSE_S``."""

log = structlog.get_logger(__name__)


class StateSaver:
    """Samples the live state as a screen does, so that nothing can pile up behind a slow disk."""

    def __init__(
        self,
        live: LiveState,
        devices: DeviceRepository,
        interval_s: float = STORE_INTERVAL_S,
        *,
        writing_is_dear: bool = False,
        holding: DeviceHolding = WHOLE_RACK,
    ) -> None:
        self._holding = holding
        self._live, self._devices, self._writing_is_dear = live, devices, writing_is_dear
        self.interval_s = max(MIN_STORE_INTERVAL_S, interval_s)
        self._version = 0
        self._link_changes, self._waited_s = 0, 0.0
        self._stored_problems: Sequence[ProblemStart] = ()
        self.stored_at: float | None = None
        """When the last batch was stored, seconds since the epoch."""
        self.error: ErrorInfo | None = None
        """Why the last batch could not be stored; what it held is tried again with the next one."""

    async def run(self) -> NoReturn:
        while True:
            await anyio.sleep(MIN_STORE_INTERVAL_S)
            await self.flush_if_due()

    async def flush_if_due(self) -> None:
        """To be called every ``MIN_STORE_INTERVAL_S``."""
        self._live.judge(MIN_STORE_INTERVAL_S)
        self._waited_s += MIN_STORE_INTERVAL_S
        link_changes = self._live.link_changes.count
        is_changed = link_changes != self._link_changes and not self._writing_is_dear
        # A server that is back is noticed at once, and not with the next change.
        is_tried_again = self._writing_is_dear and self.error is not None
        if self._waited_s >= self.interval_s or is_changed or is_tried_again:
            self._link_changes, self._waited_s = link_changes, 0.0
            await self.flush()
        elif self._writing_is_dear:
            await self._flush_slow_changes()

    async def flush(self) -> None:
        """Store what changed since the last time. A failure is kept in ``error`` and tried again."""
        changes = self._live.changed_since(self._version)
        dropped = self._live.take_dropped()
        problems = self._find_changed_problems()
        if changes.version == self._version and not dropped and problems is None:
            return
        if await self._store(changes.devices, changes.channels, dropped, problems):
            self._version = changes.version

    async def store_device(self, device_id: DeviceId) -> None:
        """Store all of a device that is being given away, for who has it next."""
        snapshot = self._live.device(device_id)
        if snapshot is None:
            return
        self._live.judge()
        problems = [start for start in self._live.problems.unended() if start.key.device_id == device_id]
        try:
            await self._devices.store([snapshot.state], snapshot.channels, problems, [device_id])
        except StorageError as failure:
            log.info("device_not_stored", device=device_id, code=failure.code.value)

    @property
    def _judged(self) -> Collection[DeviceId] | None:
        """The devices whose problems are ours to store; None: all."""
        if self._holding.held is None:
            return None
        return [each.device.id for each in self._live.snapshot() if self._holding.may_send(each.device.id)]

    async def _flush_slow_changes(self) -> None:
        """Store what changed besides meters; of a device that changed itself, all of it."""
        devices, channels = self._live.slow.find()
        dropped = self._live.take_dropped()
        if devices or channels or dropped:
            await self._store(devices, channels, dropped, self._find_changed_problems())

    async def _store(
        self,
        devices: Sequence[DeviceState],
        channels: Sequence[ChannelState],
        dropped: Sequence[ChannelRef],
        problems: Sequence[ProblemStart] | None,
    ) -> bool:
        """Whether it is stored now; if not, ``error`` has the reason."""
        may_send = self._holding.may_send
        # What was read of a device that was lost since is older than what another process reads of it.
        devices = [state for state in devices if may_send(state.device_id)]
        channels = [state for state in channels if may_send(state.device_id)]
        try:
            if dropped:
                await self._devices.drop_channels(dropped)
            await self._devices.store(devices, channels, problems, self._judged)
        except StorageError as failure:
            if self.error is None:
                log.warning("readings_not_stored", code=failure.code.value, reason=failure.info.message)
            self.error = failure.info
            return False
        if problems is not None:
            self._stored_problems = problems
        if self._writing_is_dear:
            self._live.slow.remember(devices, channels)
        self.stored_at = self._live.now()
        self.error = None
        return True

    def _find_changed_problems(self) -> Sequence[ProblemStart] | None:
        """All problems, where others are stored or these as seen long ago; None where all is stored."""
        problems = self._live.problems.unended()
        stored = {start.key: start for start in self._stored_problems}
        is_stored = all(_is_same(start, stored.get(start.key)) for start in problems)
        return None if is_stored and len(stored) == len(problems) else problems


def _is_same(start: ProblemStart, stored: ProblemStart | None) -> bool:
    """Whether ``stored`` is the same problem and was seen not long before."""
    if stored is None or stored.since != start.since:
        return False
    return start.seen_at - stored.seen_at < SEEN_EVERY_S
