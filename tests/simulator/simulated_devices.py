"""Simulated devices for tests: built alone as a rack builds them, moved by a task, and looked into."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from random import Random
from typing import TypeVar

from micboard_tui.simulator.device.simulated_device import PLAIN, BuildPlan, SimulatedDevice
from micboard_tui.simulator.rack.rack import Rack
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice
from micboard_tui.simulator.shure.strings.strings_faults import StringsFaults
from micboard_tui.simulator.stage.people import performer_at

DeviceT = TypeVar("DeviceT", bound=SimulatedDevice)
UnitT = TypeVar("UnitT")
HOST = "127.0.0.1"
STEP_S = 0.05


def build_plan(
    model: str,
    seed: int | str = 1,
    *,
    name: str = "Rack 1",
    first_channel: int = 0,
    mode: str = PLAIN,
) -> BuildPlan:
    """What a rack with ``first_channel`` channels before it would ask for."""
    return BuildPlan(
        model,
        name,
        HOST,
        [performer_at(first_channel + place) for place in range(BLUEPRINTS[model].channels_in(mode))],
        first_channel,
        dice=Random(seed),
        network_dice=Random(f"network {seed}"),
        mode=mode,
    )


def build_device(kind: type[DeviceT], plan: BuildPlan) -> DeviceT:
    """The device of ``plan``, which is of this kind."""
    device = BLUEPRINTS[plan.model].build(plan)
    assert isinstance(device, kind)
    return device


def unit_of(kind: type[UnitT], device: SimulatedDevice) -> UnitT:
    """What is behind the socket of a device with command strings."""
    assert isinstance(device, StringsDevice)
    assert isinstance(device.unit, kind)
    return device.unit


def receivers_in(rack: Rack) -> list[Receiver]:
    """What is behind the sockets of a rack that has only receivers with command strings."""
    return [unit_of(Receiver, device) for device in rack.simulated]


def strings_faults_in(rack: Rack) -> list[StringsFaults]:
    """The switches of a rack that has only receivers with command strings."""
    switchboards = [device.faults for device in rack.simulated]
    return [faults for faults in switchboards if isinstance(faults, StringsFaults)]


async def pass_time(device: SimulatedDevice, steps: int = 1, step_s: float = STEP_S) -> None:
    """Move the device and what is on its channels, as the world would; batteries do not run down."""
    for _ in range(steps):
        for air in device.airs:
            air.pack.step(step_s, 0.0)
            air.step(step_s, 0.0)
        await device.tick(step_s)


@asynccontextmanager
async def running(
    device: SimulatedDevice, *, step_s: float = STEP_S, every_s: float = STEP_S, stage_moves: bool = True
) -> AsyncGenerator[int]:
    """The port of a device whose time passes; its switches work even where the stage does not move."""

    async def move() -> None:
        while True:
            if stage_moves:
                await pass_time(device, step_s=step_s)
            else:
                await device.tick(step_s)
            await asyncio.sleep(every_s)

    port = await device.open(HOST, 0)
    clockwork = asyncio.create_task(move())
    try:
        yield port
    finally:
        clockwork.cancel()
        await asyncio.gather(clockwork, return_exceptions=True)
        await device.aclose()
