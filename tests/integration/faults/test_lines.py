"""Every driver on a bad line: the cause is named, memory is bounded, nothing is lost, and all heals."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio
import pytest

from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Container, Options, open_container
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.simulator.device.fault_switchboard import FaultSwitchboard
from micboard_tui.simulator.rack.rack import RackDevice, RackOptions, open_rack
from tests.fakes.links import until
from tests.integration.faults.faulty_line import (
    FaultyLine,
    LineFault,
    open_datagram_line,
    open_stream_line,
)
from tests.integration.test_mixed import added, is_well

pytestmark = [pytest.mark.integration, pytest.mark.long, pytest.mark.no_cover]

SESSION = SessionOptions(silence_limit_s=2.0, connect_timeout_s=1.0)
HELD_S = 1.5
"""So long a line is bad at least."""
ANSWER_LIMIT_S = 60.0
"""Most of it is for a processor and a disk that others use as well: only a test that fails waits for it."""
SPARE_TASKS, SPARE_HANDLES = 6, 12
"""Those of a look or a connection that is just under way."""
MODELS = {
    "shure-strings": "ULXD4Q",
    "shure-uhfr": "UR4D",
    "shure-system-api": "SystemAPI",
    "sennheiser-ssc": "EW-DX-EM4-Dante",
    "sennheiser-sscv2": "EWDX2CHS",
    "sennheiser-mcp": "EM 300-500 G4",
}
STREAMS = ("shure-strings", "shure-system-api", "sennheiser-sscv2")
DATAGRAMS = ("shure-uhfr", "sennheiser-ssc", "sennheiser-mcp")
SECURED = ("shure-system-api", "sennheiser-sscv2")
"""Those over TLS, which notices every byte that is not the device's."""
STREAM_FAULTS = tuple(each for each in LineFault if each not in (LineFault.NONE, LineFault.LOSS))
DATAGRAM_FAULTS = (
    LineFault.BLACK_HOLE,
    LineFault.HALF_OPEN,
    LineFault.LOSS,
    LineFault.LATE,
    LineFault.DUPLICATES,
    LineFault.REORDER,
    LineFault.GARBAGE,
    LineFault.FLOOD,
    LineFault.REBOOTS,
)
UNHEARD = frozenset({ErrorCode.DEVICE_SILENT, ErrorCode.DEVICE_UNREACHABLE})
BROKEN = frozenset({ErrorCode.API_ERROR})
BREAKING_FAULTS = (LineFault.CUT, LineFault.DUPLICATES, LineFault.GARBAGE, LineFault.ENDLESS)
UNHEARD_FAULTS = (LineFault.BLACK_HOLE, LineFault.HALF_OPEN, LineFault.LATE)
CAUSES: dict[tuple[LineFault, str], frozenset[ErrorCode]] = {
    **{(fault, driver): UNHEARD for fault in UNHEARD_FAULTS for driver in (*STREAMS, *DATAGRAMS)},
    (LineFault.CUT, "shure-strings"): UNHEARD,
    (LineFault.ENDLESS, "shure-strings"): UNHEARD,
    **{(fault, driver): BROKEN for fault in BREAKING_FAULTS for driver in SECURED},
    **{(LineFault.REORDER, driver): UNHEARD | BROKEN for driver in SECURED},
}
"""What the user is informed of; what is not here does no harm."""
PASSING = frozenset({LineFault.REBOOTS, LineFault.FLOOD})
"""Those under which a device may be lost for a moment, depending on how busy this machine is."""
NAMED_S = 15.0
del CAUSES[LineFault.LATE, "sennheiser-mcp"]
HEALED_S = 20.0
"""After the longest wait that follows a few failures."""
MOST_MEMORY = 60_000_000
"""Bytes that all faults together may add, simulated devices included."""
PAGE = os.sysconf("SC_PAGESIZE")


class Campaign:
    """One device of each driver behind a line of its own; all of them are well."""

    def __init__(
        self,
        container: Container,
        lines: Mapping[str, FaultyLine | FaultSwitchboard],
        ids: Mapping[str, DeviceId],
    ) -> None:
        self.container, self._lines, self._ids = container, lines, ids

    def device(self, driver: str) -> DeviceSnapshot:
        device = self.container.live.device(self._ids[driver])
        assert device is not None
        return device

    def begin(self, fault: LineFault) -> None:
        for line in self._lines.values():
            if isinstance(line, FaultyLine):
                line.set_fault(fault)
            else:
                _switch(line, fault)

    def cause_of(self, driver: str) -> str | None:
        """The code of its fault; None: there is none."""
        fault = self.device(driver).state.fault
        return None if fault is None else fault.code

    @property
    def drivers(self) -> tuple[str, ...]:
        return tuple(self._lines)


def _switch(device: FaultSwitchboard, fault: LineFault) -> None:
    """The same of a device that no line can be put before, as it answers to one port of the sender."""
    device.clear()
    match fault:
        case LineFault.CUT | LineFault.BLACK_HOLE | LineFault.HALF_OPEN:
            device.switches()["silent"](on=True)
        case LineFault.LOSS:
            device.lose_datagrams(0.3)
        case LineFault.FLOOD | LineFault.GARBAGE:
            device.switches()[fault.value.split()[0]](on=True)
        case LineFault.REBOOTS:
            device.switches()["reboot"](on=True)
        case _:
            pass


@asynccontextmanager
async def opened(home: Path, street: str, drivers: Sequence[str]) -> AsyncGenerator[Campaign]:
    options = RackOptions(16, scenario="calm", address=f"{street}.2", port=0, rig="mixed", chargers=2)
    paths = paths_under(home)
    make_directories(paths)
    lines: dict[str, FaultyLine | FaultSwitchboard] = {}
    ids: dict[str, DeviceId] = {}
    async with open_rack(options) as rack, AsyncExitStack() as stack:
        container = await stack.enter_async_context(open_container(Options(session=SESSION), paths))
        by_model = {device.model: place for place, device in reversed(list(enumerate(rack.devices)))}
        for number, driver in enumerate(drivers):
            place = by_model[MODELS[driver]]
            device = rack.devices[place]
            if driver == "sennheiser-mcp":
                lines[driver] = rack.simulated[place].faults
            else:
                line = await stack.enter_async_context(_open_line(f"{street}.{200 + number}", device))
                device = replace(device, host=line.host, port=line.port)
                lines[driver] = line
            ids[driver] = await added(container, device)
        assert (await container.synchronization.start()).success
        campaign = Campaign(container, lines, ids)
        await until(lambda: all(is_well(campaign.device(driver)) for driver in drivers))
        yield campaign


@asynccontextmanager
async def _open_line(host: str, device: RackDevice) -> AsyncGenerator[FaultyLine]:
    opener = open_stream_line if device.driver in STREAMS else open_datagram_line
    async with opener(host, (device.host, device.port)) as line:
        yield line


async def answers_and_keeps(campaign: Campaign, name: str) -> None:
    """The program answers while the line is bad, and what a person does is stored."""
    with anyio.fail_after(ANSWER_LIMIT_S):
        report = await campaign.container.health.check()
        assert report.success
        added = await campaign.container.assignments.add_performer(name, actor="Pia")
        assert added.success


async def check(campaign: Campaign, fault: LineFault) -> None:
    """From a fault of all lines to the end of it."""
    campaign.begin(fault)
    began = time.monotonic()
    for driver in campaign.drivers:
        if causes := CAUSES.get((fault, driver)):
            try:
                await until(
                    partial(lambda driver, causes: campaign.cause_of(driver) in causes, driver, causes),
                    NAMED_S,
                )
            except TimeoutError:
                pytest.fail(f"{fault}, {driver}: {campaign.device(driver).state.fault}")
    await answers_and_keeps(campaign, fault)
    await anyio.sleep(max(0.0, HELD_S - time.monotonic() + began))
    for driver in campaign.drivers:
        if (fault, driver) not in CAUSES and fault not in PASSING:
            # On a busy machine a device may be late for a moment, which is not for the fault.
            try:
                await until(partial(lambda driver: is_well(campaign.device(driver)), driver), HEALED_S)
            except TimeoutError:
                pytest.fail(f"{fault}, {driver}: {campaign.device(driver).state.fault}")
            assert campaign.cause_of(driver) is None, (fault, driver)
    campaign.begin(LineFault.NONE)
    for driver in campaign.drivers:
        await until(partial(lambda driver: is_well(campaign.device(driver)), driver), HEALED_S)


@pytest.mark.parametrize("drivers", [STREAMS, DATAGRAMS], ids=["streams", "datagrams"])
async def test_whatever_a_line_does_the_cause_is_named_and_all_heals(
    tmp_path: Path, drivers: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    street = "127.0.40" if drivers is STREAMS else "127.0.41"
    if drivers is DATAGRAMS:
        request.getfixturevalue("answers")
    faults = STREAM_FAULTS if drivers is STREAMS else DATAGRAM_FAULTS
    async with opened(tmp_path, street, drivers) as campaign:
        memory, tasks, handles = memory_used(), len(asyncio.all_tasks()), count_handles()
        for fault in faults:
            await check(campaign, fault)
        assert memory_used() - memory < MOST_MEMORY
        await until(lambda: len(asyncio.all_tasks()) <= tasks + SPARE_TASKS)
        await until(lambda: count_handles() <= handles + SPARE_HANDLES)
    async with open_container(Options(), paths_under(tmp_path)) as container:
        performers = await container.assignments.list_performers()
        assert performers.success
        assert {performer.name for performer in performers.data} == set(faults)


def memory_used() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def count_handles() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
