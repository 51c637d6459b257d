"""A rack of simulated devices behind real sockets, and the stage they listen to.

``open_rack`` plans the rack, builds its devices, opens all of them and moves them from one task, until it is
left. Where this machine has no loopback address but 127.0.0.1, everything is built again for that one.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import anyio

from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.rack.failure_schedule import FailureSchedule
from micboard_tui.simulator.rack.listeners import NoAddressError, count_up, open_devices, open_failed
from micboard_tui.simulator.rack.mdns_announcer import announce_by_mdns
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions, plan
from micboard_tui.simulator.rack.slp_announcer import announce_by_slp
from micboard_tui.simulator.rack.stage_builder import build
from micboard_tui.simulator.stage.scenario import ALL, SCENARIOS
from micboard_tui.simulator.stage.world import STEP_S, World

__all__ = ["SCENARIOS", "Rack", "RackDevice", "RackOptions", "open_rack", "plan"]

SLICES = 2
"""Devices do not speak in step: each has its turn within the period, which also keeps the loop free."""
GIVE_UP_S = 1.0
"""Fallen so far behind, time is let go: better a slow stage than a hurried one."""


class Rack:
    """What ``open_rack`` gives: devices, where they listen, and their world."""

    def __init__(
        self, devices: tuple[RackDevice, ...], simulated: Sequence[SimulatedDevice], world: World
    ) -> None:
        self.devices = devices
        """With the addresses that they really listen at."""
        self.simulated = tuple(simulated)
        """The devices themselves, with their fault switches, in the order of ``devices``."""
        self.world = world

    @property
    def connections(self) -> tuple[int, ...]:
        """How many clients each device has, in the order of ``devices``."""
        return tuple(device.connections for device in self.simulated)

    @property
    def lapsed(self) -> tuple[int, ...]:
        """How many subscriptions each device ended because they were not renewed."""
        return tuple(device.lapsed for device in self.simulated)


@asynccontextmanager
async def open_rack(options: RackOptions) -> AsyncGenerator[Rack]:
    """A rack that listens when this yields; afterwards everything is closed and no task is left.

    Raises StartError: INVALID_VALUE for options that make no rack, SIMULATOR_FAILED when an
    address or port cannot be had.
    """
    rack = await _open(options)
    running: list[asyncio.Task[None]] = []
    try:
        running.append(asyncio.create_task(_run(rack, _failure_schedule(options, rack))))
        async with _announced(options, rack.devices):
            yield rack
    finally:
        # However we are cancelled, sockets and the task do not stay behind.
        with anyio.CancelScope(shield=True):
            await _close(rack.simulated, running)


async def _open(options: RackOptions) -> Rack:
    layout = plan(options)
    try:
        return await _open_layout(options, layout)
    except NoAddressError as error:
        if not error.can_count_up:
            raise open_failed(error.device, error) from error
    try:
        return await _open_layout(options, count_up(layout))
    except NoAddressError as error:
        raise open_failed(error.device, error) from error


async def _open_layout(options: RackOptions, layout: Sequence[RackDevice]) -> Rack:
    world, simulated = build(options, layout)
    try:
        return Rack(await open_devices(layout, simulated), simulated, world)
    except BaseException:  # Also when the task is cancelled.
        with anyio.CancelScope(shield=True):
            await _close(simulated, [])
        raise


async def _close(devices: Sequence[SimulatedDevice], running: Sequence[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    results = await asyncio.gather(*running, return_exceptions=True)
    for device in devices:
        await device.aclose()
    for result in results:
        # A mistake of ours, which would go unnoticed otherwise.
        if result is not None and not isinstance(result, asyncio.CancelledError):
            raise result


@asynccontextmanager
async def _announced(options: RackOptions, devices: Sequence[RackDevice]) -> AsyncGenerator[None]:
    if not options.announced:
        yield
        return
    async with announce_by_slp(devices), announce_by_mdns(devices):
        yield


def _failure_schedule(options: RackOptions, rack: Rack) -> FailureSchedule | None:
    """What breaks devices, in a scenario that does. Locked ones are left alone, or they would come open."""
    for device in rack.simulated:
        device.faults.lose_datagrams(options.dropped)
    locked = {index - 1 for index in options.locked}
    breaks_devices = ALL[options.scenario].breaks_devices
    if breaks_devices:
        locked |= _lockable(rack)
    for index in locked:
        rack.simulated[index].faults.lock()
    if not breaks_devices:
        return None
    failing = [device.faults for index, device in enumerate(rack.simulated) if index not in locked]
    return FailureSchedule(failing, options.seed)


def _lockable(rack: Rack) -> set[int]:
    """The first of those with a switch that locks others out, where there are other devices."""
    lockable = (
        index for index, device in enumerate(rack.devices) if BLUEPRINTS[device.model].has_access_switch
    )
    first = next(lockable, None)
    return set() if first is None or len(rack.devices) == 1 else {first}


async def _run(rack: Rack, schedule: FailureSchedule | None) -> None:
    """Move the world, and the devices a slice at a time. The only task of the rack."""
    world, devices = rack.world, rack.simulated
    clock = asyncio.get_running_loop().time
    due_s = clock()
    while True:
        world.step(STEP_S)
        if schedule is not None:
            schedule.step(world.now_s)
        for first in range(SLICES):
            for device in devices[first::SLICES]:
                await device.tick(STEP_S)
            due_s += STEP_S / SLICES
            if clock() - due_s > GIVE_UP_S:
                due_s = clock()
            await asyncio.sleep(max(0.0, due_s - clock()))
