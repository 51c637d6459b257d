from dataclasses import replace

from micboard_tui.contracts.device import DeviceQuery
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.fleet.zone_devices import ZoneDevices
from micboard_tui.services.live.state import LiveState
from tests.fakes.repositories import InMemoryDevices
from tests.services.stage import HEARD, RACK, SPARE, Clock

FAR = replace(RACK, id=DeviceId("far"), zone="annex")


async def test_devices_of_the_zone_are_counted_as_they_are_heard_here_or_were_stored_by_others() -> None:
    devices, live = InMemoryDevices(RACK, SPARE, FAR), LiveState(Clock())
    zone = ZoneDevices(RACK.zone, live, devices)
    assert await zone.count([RACK, SPARE, FAR]) == {RACK.id: 0, SPARE.id: 0}
    assert zone.load_of([RACK.id, SPARE.id]) == 2
    live.place([RACK], ())
    live.take_observations(RACK.id, [HEARD])
    other = LiveState(Clock())
    other.place([SPARE], ())
    other.take_observations(SPARE.id, [HEARD._replace(channel_count=4)])
    await devices.store([other.snapshot()[0].state], other.snapshot()[0].channels)
    assert await zone.count([RACK, SPARE, FAR]) == {RACK.id: 2, SPARE.id: 4}
    assert zone.load_of([RACK.id, SPARE.id]) == 6
    assert await zone.count([SPARE]) == {SPARE.id: 4}


class AwayDevices(InMemoryDevices):
    async def query(self, query: DeviceQuery) -> list[DeviceSnapshot]:
        raise StorageError(ErrorCode.DATABASE_ERROR, "The server is away", hint="Start it")


async def test_without_the_database_devices_are_shared_out_all_the_same() -> None:
    zone = ZoneDevices(RACK.zone, LiveState(Clock()), AwayDevices(RACK))
    assert await zone.count([RACK]) == {RACK.id: 0}
