import json
from dataclasses import replace

import anyio
import anyio.lowlevel

from micboard_tui.api.device_documents import DEVICES_A_PART, MAX_AGE_S, DeviceDocuments
from micboard_tui.contracts.documents.devices import device_entry
from micboard_tui.contracts.documents.rack_context import live_context
from micboard_tui.domain.channel import ChannelFacts
from micboard_tui.domain.observation import FactsHeard
from micboard_tui.services.live.state import LiveState
from tests.services.stage import Clock
from tests.tui.scripted_rig import device

COUNT = 3 * DEVICES_A_PART


def name_all(live: LiveState, name: str) -> None:
    for number in range(1, COUNT + 1):
        live.take_observations(device(number).id, [FactsHeard(1, ChannelFacts(name))])


async def test_others_go_on_while_the_devices_of_one_moment_are_written() -> None:
    clock = Clock(1_000_000.0)
    live = LiveState(clock)
    live.place([device(number, None) for number in range(1, COUNT + 1)], [])
    name_all(live, "before")
    documents = DeviceDocuments(live, clock)
    is_written, turns = anyio.Event(), 0

    async def rename() -> None:
        nonlocal turns
        while not is_written.is_set():
            name_all(live, f"renamed {turns}")
            turns += 1
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(rename)
        await anyio.lowlevel.checkpoint()
        written = await documents.read_in_parts()
        is_written.set()
    assert turns > 1
    channels = (await written.list_channels()).values()
    assert len({json.loads(channel.body)["name"] for channel in channels}) == 1
    assert len(written.devices) == COUNT


async def test_all_who_wait_for_it_get_what_is_written_once() -> None:
    clock = Clock(1_000_000.0)
    live = LiveState(clock)
    live.place([device(number, None) for number in range(1, COUNT + 1)], [])
    documents = DeviceDocuments(live, clock)
    found: list[int] = []

    async def read() -> None:
        found.append(id(await documents.read_in_parts()))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(read)
    assert len(found) == 5
    assert set(found) == {id(await documents.read_in_parts())}


async def test_on_a_busy_computer_they_are_not_written_anew_as_soon_as_they_are_written() -> None:
    clock = Clock(1_000_000.0)
    live = LiveState(clock)
    live.place([device(number, None) for number in range(1, COUNT + 1)], [])
    documents = DeviceDocuments(live, clock)
    is_written = anyio.Event()

    async def pass_seconds() -> None:
        while not is_written.is_set():
            clock.now += 1.0
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(pass_seconds)
        await anyio.lowlevel.checkpoint()
        first = await documents.read_in_parts()
        is_written.set()
    assert await documents.read_in_parts() is first
    clock.now += MAX_AGE_S
    assert await documents.read_in_parts() is not first


async def test_a_device_is_written_as_its_entry_also_with_a_name_that_looks_like_it() -> None:
    clock = Clock(1_000_000.0)
    live = LiveState(clock)
    live.place([replace(device(1, None), name='","channels":[],"x":"')], [])
    name_all(live, '"channels":[]')
    (written,) = (await DeviceDocuments(live, clock).read_in_parts()).devices
    entry = device_entry(written.snapshot, live_context(live))
    assert json.loads(written.body) == entry
    assert json.loads(written.channels[0].body)["name"] == '"channels":[]'
    assert json.loads(written.channels[0].body)["device_id"] == entry["device_id"]
