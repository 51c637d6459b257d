"""Devices that fail in a disaster, by the clock of the world, and the switchboards that are switched then."""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass

import pytest

from micboard_tui.simulator.device.fault_switchboard import DOWN_S, FaultSwitchboard, OneShot
from micboard_tui.simulator.rack.failure_schedule import FailureSchedule
from micboard_tui.simulator.sennheiser.mcp.mcp_faults import McpFaults
from micboard_tui.simulator.sennheiser.ssc.ssc_faults import SscFaults
from micboard_tui.simulator.sennheiser.sscv2.sscv2_faults import Sscv2Faults
from micboard_tui.simulator.shure.strings.strings_faults import Access, StringsFaults
from micboard_tui.simulator.shure.system_api.system_api_faults import SystemApiFaults
from micboard_tui.simulator.shure.uhfr.uhfr_device import UhfrFaults

STEPS = 12_000
KINDS: Sequence[Callable[[], FaultSwitchboard]] = (
    *(StringsFaults, SscFaults, Sscv2Faults, McpFaults, UhfrFaults, SystemApiFaults),
)


def take_all(faults: FaultSwitchboard) -> set[str]:
    """What a device would have taken from its switchboard at its next tick."""
    assert is_dataclass(faults)
    switches = {field.name: getattr(faults, field.name) for field in fields(faults)}
    return {
        name for name, switch in switches.items() if isinstance(switch, OneShot) and switch.take() is not None
    }


def evening(seed: int) -> list[str]:
    """What all switchboards show in an evening, each change once."""
    switchboards = [kind() for kind in KINDS]
    schedule = FailureSchedule(switchboards, seed)
    well = [kind() for kind in KINDS]
    history = [repr(well)]
    for step in range(STEPS // 4):
        schedule.step(float(step))
        broken = [faults for faults, fresh in zip(switchboards, well, strict=True) if faults != fresh]
        if (state := repr(broken)) != history[-1]:
            history.append(state)
        for faults in broken:
            take_all(faults)
    return history


def test_a_seed_repeats_the_failures() -> None:
    assert evening(1) == evening(1)
    assert evening(1) != evening(2)


@pytest.mark.no_cover
def test_every_kind_of_device_fails_in_all_its_ways_one_at_a_time_and_comes_back() -> None:
    switchboards = [kind() for kind in KINDS]
    well = [kind() for kind in KINDS]
    schedule = FailureSchedule(switchboards, seed=1)
    seen: dict[int, set[str]] = {place: set() for place in range(len(KINDS))}
    for step in range(STEPS):
        schedule.step(float(step))
        broken = [place for place, faults in enumerate(switchboards) if faults != well[place]]
        assert len(broken) <= 1
        for place in broken:
            seen[place].add(_difference(switchboards[place], well[place]))
            take_all(switchboards[place])
    assert {place: len(names) for place, names in seen.items()} == {
        place: len(faults.temporary_faults()) for place, faults in enumerate(switchboards)
    }


def _difference(faults: FaultSwitchboard, well: FaultSwitchboard) -> str:
    """The field that a failure has changed; a refusal begins with a reboot, which is over first."""
    assert is_dataclass(faults)
    names = [
        field.name for field in fields(faults) if getattr(faults, field.name) != getattr(well, field.name)
    ]
    return min(names, key=lambda name: (name == "reboot", name))


def test_a_schedule_without_devices_does_nothing() -> None:
    FailureSchedule([], seed=1).step(1000.0)


def test_what_happens_once_is_taken_once() -> None:
    reboot = OneShot(DOWN_S)
    assert reboot.take() is None
    reboot()
    assert (reboot.take(), reboot.take()) == (DOWN_S, None)
    reboot(2.0)
    reboot.switch(on=False)
    assert (reboot.take(), reboot.take()) == (2.0, None)
    reboot.switch(on=True)
    assert reboot.take() == DOWN_S


@pytest.mark.parametrize("kind", KINDS)
def test_no_failure_needs_a_person(kind: Callable[[], FaultSwitchboard]) -> None:
    for name in kind().temporary_faults():
        faults = kind()
        faults.temporary_faults()[name](on=True)
        assert faults != kind()
        assert "change_certificate" not in take_all(faults)
        for shut in ("locked", "refuse_key", "password"):
            assert not getattr(faults, shut, None)
        assert getattr(faults, "access", Access.ALLOWED) is Access.ALLOWED
        faults.temporary_faults()[name](on=False)
        take_all(faults)
        assert faults == kind(), name


@pytest.mark.parametrize("kind", KINDS)
def test_each_can_be_locked_and_opened_again(kind: Callable[[], FaultSwitchboard]) -> None:
    faults = kind()
    faults.lock()
    assert faults != kind()
    faults.clear()
    assert faults == kind()


def test_datagrams_get_lost_where_there_are_datagrams() -> None:
    ssc, mcp, uhfr, strings = SscFaults(), McpFaults(), UhfrFaults(), StringsFaults()
    for faults in (ssc, mcp, uhfr, strings):
        faults.lose_datagrams(0.05)
    assert (ssc.drop, mcp.drop, uhfr.drop) == (0.05, 0.05, 0.05)
    assert strings == StringsFaults()
