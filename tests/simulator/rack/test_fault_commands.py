"""Faults of a running rack are switched by lines."""

from collections.abc import Sequence

import pytest

from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.rack.fault_commands import USAGE, FaultCommands
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions, plan
from micboard_tui.simulator.rack.stage_builder import build
from micboard_tui.simulator.sennheiser.mcp.mcp_device import McpDevice
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice


def rack() -> tuple[Sequence[RackDevice], Sequence[SimulatedDevice], FaultCommands]:
    options = RackOptions(receivers=6, rig="sennheiser", chargers=1)
    layout = plan(options)
    _, simulated = build(options, layout)
    return layout, simulated, FaultCommands(layout, simulated)


def place_of(kind: type[SimulatedDevice], simulated: Sequence[SimulatedDevice]) -> int:
    return next(index for index, device in enumerate(simulated) if isinstance(device, kind))


def test_a_fault_is_switched_on_and_off_by_number_and_by_address() -> None:
    layout, simulated, commands = rack()
    place = place_of(McpDevice, simulated)
    device, faults = layout[place], simulated[place].faults
    title = f"{place + 1} {device.name} ({device.model}, {device.host}:{device.port})"
    assert commands.follow(f" {place + 1} control-off ") == [f"{title}: control_off on"]
    assert faults.active() == ["control_off"]
    assert commands.follow(f"{device.host} flood on") == [f"{title}: flood on"]
    assert commands.follow(f"{device.host}:{device.port} control_off off") == [f"{title}: control_off off"]
    assert faults.active() == ["flood"]
    (listed,) = commands.follow(str(place + 1))
    assert "flood (on)" in listed
    assert "control_off," in listed
    assert commands.follow(f"{place + 1} clear") == [f"{title}: clear"]
    assert faults.active() == []


def test_what_happens_once_is_there_to_be_taken() -> None:
    _, simulated, commands = rack()
    place = place_of(SscDevice, simulated)
    device = simulated[place]
    assert isinstance(device, SscDevice)
    commands.follow(f"{place + 1} forget off")
    assert device.faults.forget.take() is None
    commands.follow(f"{place + 1} forget")
    assert device.faults.forget.take() is True


def test_all_are_those_that_have_it() -> None:
    _, simulated, commands = rack()
    assert len(commands.follow("all flood")) == len(simulated)
    mcp = [device for device in simulated if isinstance(device, McpDevice)]
    assert len(commands.follow("all one_line")) == len(mcp)
    assert len(commands.follow("all")) == len(simulated)


@pytest.mark.parametrize("line", ["99", "nonsense", "1 flood maybe", "1 flood on now", "192.0.2.1 flood"])
def test_a_line_that_says_nothing_is_answered_with_how_to_write_one(line: str) -> None:
    _, simulated, commands = rack()
    assert commands.follow(line) == (USAGE,)
    assert not any(device.faults.active() for device in simulated)


def test_an_unknown_fault_is_answered_with_those_that_there_are() -> None:
    _, _, commands = rack()
    first, second = commands.follow("1 fire")
    assert first == "There is no fault 'fire'"
    assert "flood" in second
    assert commands.follow(" ") == ()
