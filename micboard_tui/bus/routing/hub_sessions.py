"""The sessions of a site with collectors, as the services of the hub have them.

There is none here: collectors read the record and keep them. ``refresh``, which every step ends with, places
what the record has now, and tells collectors to read it, too.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress

import anyio

from micboard_tui.bus.connection import BusError, Connection
from micboard_tui.bus.routing.collectors import Collectors
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.change_follower import ChangeFollower
from micboard_tui.contracts.live import Changes, LiveContract
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation


class HubSessions:
    """Implements ``SynchronizationContract``."""

    def __init__(
        self,
        live: LiveContract,
        collectors: Collectors,
        connection: Connection,
        subjects: Subjects,
        read_record: Callable[[], Awaitable[None]],
    ) -> None:
        """``read_record`` has what the record holds shown; it raises nothing."""
        self._live, self._collectors = live, collectors
        self._connection, self._subjects, self._read_record = connection, subjects, read_record

    @property
    def is_running(self) -> bool:
        """Whether it is known which devices there are, and how they do: from then on alarms are raised."""
        return self._live.changed_since(self._live.version).layout_version > 0

    async def start(self, manufacturer_code: str | None = None) -> ServiceResult[int]:
        devices = (snapshot.device for snapshot in self._live.snapshot())
        return Success(sum(manufacturer_code in {None, device.manufacturer} for device in devices))

    async def stop(self) -> None:
        pass

    async def refresh(self) -> None:
        with suppress(BusError):
            await self._connection.publish(self._subjects.layout_changed, b"")
        await self._read_record()

    async def retry(self, device_id: DeviceId) -> None:
        if (holder := self._collectors.holder_of(device_id)) is not None:
            await holder.retry(device_id)

    async def read(self, device_id: DeviceId, timeout_s: float) -> bool:
        """False: ``DeviceContract.sync_device`` goes to the holder."""
        del device_id, timeout_s
        return False

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        pass

    async def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        follower = ChangeFollower(self._live)
        while True:
            if (changes := follower.look()) is not None:
                yield changes
            await anyio.sleep(interval_s)

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        """None: ``DeviceContract.execute`` goes to the holder."""
        del device_id, command
        return None
