"""Devices that fail in a disaster, by the clock of the world."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, fields, is_dataclass

import pytest

from micboard_tui.simulator.rack.equipment import Switchboard
from micboard_tui.simulator.rack.failure_schedule import Director
from micboard_tui.simulator.rack.troubles import lock, lose, switch, troubles
from micboard_tui.simulator.sennheiser.mcp.faults import McpFaults
from micboard_tui.simulator.sennheiser.ssc.faults import SscFaults
from micboard_tui.simulator.sennheiser.sscv2.faults import Sscv2Faults
from micboard_tui.simulator.shure.strings.faults import Access, Faults
from micboard_tui.simulator.shure.system_api.faults import Faults as SystemApiFaults
from micboard_tui.simulator.shure.uhfr.uhfr_device import UhfrFaults

STEPS = 12_000
KINDS: Sequence[Callable[[], Switchboard]] = (
    *(Faults, SscFaults, Sscv2Faults, McpFaults, UhfrFaults, SystemApiFaults),
)
PASSING = ("_reboot_s", "_meter_rate_ms", "_half_open", "_cut", "_forget")
"""What a device takes from its switchboard once."""


class Strange:
    """Switches of a kind that nobody knows."""

    def clear(self) -> None:
        pass


def taken(faults: Switchboard) -> set[str]:
    """What a device would have taken from its switchboard."""
    found = {name for name in PASSING if getattr(faults, name, None) not in {None, False}}
    for name in found:
        setattr(faults, name, getattr(type(faults)(), name))
    return found


def evening(seed: int) -> list[str]:
    """What all switchboards show in an evening, each change once."""
    faults = [kind() for kind in KINDS]
    director = Director(faults, seed)
    history: list[str] = []
    for step in range(STEPS // 4):
        director.step(float(step))
        state = repr(faults)
        for each in faults:
            taken(each)
        if not history or history[-1] != state:
            history.append(state)
    return history


def test_a_seed_repeats_the_failures() -> None:
    assert evening(1) == evening(1)
    assert evening(1) != evening(2)


def test_every_kind_of_device_fails_in_all_its_ways_one_at_a_time_and_comes_back() -> None:
    faults = [kind() for kind in KINDS]
    well = [repr(each) for each in faults]
    director = Director(faults, seed=1)
    seen: dict[int, set[str]] = {place: set() for place in range(len(KINDS))}
    for step in range(STEPS):
        director.step(float(step))
        broken = [place for place, each in enumerate(faults) if repr(each) != well[place]]
        assert len(broken) <= 1
        for place in broken:
            seen[place].add(_difference(faults[place], KINDS[place]()))
            taken(faults[place])
    assert {place: len(kinds) for place, kinds in seen.items()} == {
        place: len(troubles(each)) for place, each in enumerate(faults)
    }


def _difference(faults: Switchboard, well: Switchboard) -> str:
    names = [name for name in _names(faults) if getattr(faults, name) != getattr(well, name)]
    # A refusal begins with a reboot, which is over first.
    return min(names)


def _names(faults: Switchboard) -> list[str]:
    assert is_dataclass(faults)
    return sorted((each.name for each in fields(faults)), key=lambda name: name.startswith("_"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__module__.rpartition("simulator.")[2])
def test_no_failure_needs_a_person(kind: Callable[[], Switchboard]) -> None:
    for trouble in troubles(kind()):
        faults = kind()
        switch(faults, trouble, on=True)
        assert repr(faults) != repr(kind())
        assert not {"_certificate", "_change_certificate"} & taken(faults)
        for shut in ("locked", "refuse_key", "password"):
            assert not getattr(faults, shut, None)
        assert getattr(faults, "access", Access.ALLOWED) is Access.ALLOWED
        switch(faults, trouble, on=False)
        taken(faults)
        assert repr(faults) == repr(kind()), trouble


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__module__.rpartition("simulator.")[2])
def test_each_can_be_locked_and_no_trouble_is_needed_for_it(kind: Callable[[], Switchboard]) -> None:
    faults = kind()
    lock(faults)
    assert repr(faults) != repr(kind())
    faults.clear()
    assert repr(faults) == repr(kind())


def test_datagrams_get_lost_where_there_are_datagrams() -> None:
    ssc, mcp, uhfr, strings = SscFaults(), McpFaults(), UhfrFaults(), Faults()
    for each in (ssc, mcp, uhfr, strings):
        lose(each, 0.05)
    assert (ssc.drop, mcp.drop, uhfr.drop) == (0.05, 0.05, 0.05)
    assert astuple(strings) == astuple(Faults())


def test_a_kind_that_nobody_knows_is_left_alone() -> None:
    strange = Strange()
    lock(strange)
    lose(strange, 0.5)
    switch(strange, "reboot", on=True)
    Director([strange], seed=1).step(1000.0)
    Director([], seed=1).step(1000.0)
    assert troubles(strange) == ()
