"""Devices in memory that count what is asked of them, and fail when they are told to."""

from collections.abc import Collection, Sequence

from micboard_tui.contracts.device import DeviceQuery
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem_start import ProblemStart
from tests.fakes.repositories import InMemoryDevices, InMemoryLocations


class WatchedDevices(InMemoryDevices):
    def __init__(self, *devices: Device, locations: InMemoryLocations | None = None) -> None:
        super().__init__(*devices, locations=locations)
        self.broken = self.broken_problems = False
        self.queries = 0
        self.stores = 0

    async def get(self, device_id: DeviceId) -> Device | None:
        self._check()
        return await super().get(device_id)

    async def all(self) -> Sequence[Device]:
        self._check()
        return await super().all()

    async def query(self, query: DeviceQuery) -> Sequence[DeviceSnapshot]:
        self.queries += 1
        return await super().query(query)

    async def store(
        self,
        devices: Sequence[DeviceState],
        channels: Sequence[ChannelState],
        problems: Sequence[ProblemStart] | None = None,
        judged: Collection[DeviceId] | None = None,
    ) -> None:
        self.stores += 1
        await super().store(devices, channels, problems, judged)

    async def open_problems(self) -> Sequence[ProblemStart]:
        if self.broken_problems:
            raise StorageError(ErrorCode.DATABASE_DAMAGED, "A row is damaged", hint="Move it away")
        return await super().open_problems()

    def _check(self) -> None:
        if self.broken:
            raise StorageError(ErrorCode.DATABASE_ERROR, "The disk is gone", hint="Look for it")
