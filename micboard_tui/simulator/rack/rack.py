"""A rack of simulated receivers behind real sockets, and the stage they listen to."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random

import anyio

from micboard_tui.simulator.rack.equipment import Equipment, Switchboard
from micboard_tui.simulator.rack.failure_schedule import Director
from micboard_tui.simulator.rack.listeners import failed, open_listeners
from micboard_tui.simulator.rack.mdns_announcer import answered
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions, plan
from micboard_tui.simulator.rack.slp_announcer import announced
from micboard_tui.simulator.rack.stage_builder import build
from micboard_tui.simulator.rack.troubles import lock, lose
from micboard_tui.simulator.shure.strings.families.slxd import SLXD, SLXD_PLUS
from micboard_tui.simulator.shure.strings.faults import Faults
from micboard_tui.simulator.shure.strings.network_device import Station
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.stage.scenario import ALL, SCENARIOS
from micboard_tui.simulator.stage.world import STEP_S, World

__all__ = ["SCENARIOS", "Rack", "RackDevice", "RackOptions", "open_rack", "plan"]

SLICES = 2
"""Receivers do not speak in step: each has its turn within the period, which also keeps the loop free."""
GIVE_UP_S = 1.0
"""Fallen so far behind, time is let go: better a slow stage than a hurried one."""


class Rack:
    """What ``open_rack`` gives: devices, their faults and their world."""

    def __init__(
        self, devices: tuple[RackDevice, ...], world: World, stations: Sequence[Station | Equipment]
    ) -> None:
        self.devices = devices
        """With the addresses that they really listen at."""
        self.world = world
        self._all = tuple(stations)
        self._stations = [each for each in stations if isinstance(each, Station)]

    @property
    def faults(self) -> tuple[Faults, ...]:
        """The switchboard of each receiver that speaks command strings, in the order of ``devices``."""
        return tuple(station.faults for station in self._stations)

    @property
    def receivers(self) -> tuple[Receiver, ...]:
        """What stands behind the socket of each of these."""
        return tuple(station.receiver for station in self._stations)

    @property
    def equipment(self) -> tuple[Equipment, ...]:
        """All the others, in the order of ``devices``."""
        return tuple(each for each in self._all if not isinstance(each, Station))

    @property
    def connections(self) -> tuple[int, ...]:
        """How many clients each device has, in the order of ``devices``."""
        return tuple(each.connections for each in self._all)

    @property
    def switches(self) -> tuple[Switchboard, ...]:
        """The switchboard of every device, in the order of ``devices``."""
        return tuple(each.faults for each in self._all)

    @property
    def lapsed(self) -> tuple[int, ...]:
        """How many subscriptions each device ended because nobody renewed them, as far as it counts them."""
        return tuple(getattr(each, "lapsed", 0) for each in self._all)


@asynccontextmanager
async def open_rack(options: RackOptions) -> AsyncGenerator[Rack]:
    """A rack that listens when this yields; afterwards everything is closed and no task is left.

    Raises StartError: INVALID_VALUE for options that make no rack, SIMULATOR_FAILED when an
    address or port cannot be had.
    """
    devices, listeners = open_listeners(plan(options))
    world, built = build(options, devices)
    stations: list[Station | Equipment] = [
        Station(each, Random(f"network {options.seed} {place}")) if isinstance(each, Receiver) else each
        for place, each in enumerate(built)
    ]
    running: list[asyncio.Task[None]] = []
    waiting = iter(listeners)
    try:
        real = [
            await _listen(station, device, waiting) for station, device in zip(stations, devices, strict=True)
        ]
        running.append(asyncio.create_task(_run(world, stations, _director(options, stations))))
        async with _announced(options, real):
            yield Rack(tuple(real), world, stations)
    finally:
        # Whoever cancels us, sockets and the task do not stay behind.
        with anyio.CancelScope(shield=True):
            await _close(stations, listeners, running)


async def _listen(
    station: Station | Equipment, device: RackDevice, listeners: Iterator[socket.socket]
) -> RackDevice:
    """The device with the address that it really has. Raises StartError SIMULATOR_FAILED."""
    if isinstance(station, Station):
        await station.listen(next(listeners))
        return device
    try:
        port = await station.open(device.host, device.port)
    except OSError as error:
        raise failed(device, error) from error
    # Devices that prove themselves by a certificate know it once they listen.
    return replace(device, port=port, fingerprint=getattr(station, "fingerprint", None))


async def _close(
    stations: Sequence[Station | Equipment],
    listeners: Sequence[socket.socket],
    running: Sequence[asyncio.Task[None]],
) -> None:
    for task in running:
        task.cancel()
    results = await asyncio.gather(*running, return_exceptions=True)
    for station in stations:
        await station.aclose()
    for listener in listeners:
        listener.close()
    for result in results:
        # Our own mistake: nobody else would ever hear of it.
        if result is not None and not isinstance(result, asyncio.CancelledError):
            raise result


@asynccontextmanager
async def _announced(options: RackOptions, devices: Sequence[RackDevice]) -> AsyncGenerator[None]:
    if not options.announced:
        yield
        return
    async with announced(devices), answered(devices):
        yield


def _director(options: RackOptions, rack: Sequence[Station | Equipment]) -> Director | None:
    """Whoever breaks devices, if somebody does. Locked ones are left alone, or they would come open."""
    locked = _lock(options, rack)
    for each in rack:
        lose(each.faults, options.dropped)
    if not ALL[options.scenario].breaks_devices:
        return None
    return Director([each.faults for place, each in enumerate(rack) if place not in locked], options.seed)


def _lock(options: RackOptions, rack: Sequence[Station | Equipment]) -> set[int]:
    """Lock those that are to be locked; their places."""
    locked = {place - 1 for place in options.locked}
    if ALL[options.scenario].breaks_devices:
        locked |= _slxd(rack)
    for place in locked:
        lock(rack[place].faults)
    return locked


def _slxd(rack: Sequence[Station | Equipment]) -> set[int]:
    """One of those with a switch that locks others out, where there are others.

    Source: docs/reference/protocols/shure.md 6.1.
    """
    lockable = (
        place
        for place, each in enumerate(rack)
        if isinstance(each, Station) and each.receiver.family in {SLXD, SLXD_PLUS}
    )
    first = next(lockable, None)
    return set() if first is None or len(rack) == 1 else {first}


async def _run(world: World, stations: Sequence[Station | Equipment], director: Director | None) -> None:
    """Move the world, and the receivers a slice at a time. The only task of the rack."""
    clock = asyncio.get_running_loop().time
    due_s = clock()
    while True:
        world.step(STEP_S)
        if director is not None:
            director.step(world.now_s)
        for first in range(SLICES):
            for station in stations[first::SLICES]:
                await station.tick(STEP_S)
            due_s += STEP_S / SLICES
            if clock() - due_s > GIVE_UP_S:
                due_s = clock()
            await asyncio.sleep(max(0.0, due_s - clock()))
