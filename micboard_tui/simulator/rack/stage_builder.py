"""Builds the devices of a rack and the stage they listen to. The same options, the same stage."""

from collections.abc import Sequence
from random import Random

from micboard_tui.simulator.device.simulated_device import BuildPlan, SimulatedDevice
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions
from micboard_tui.simulator.stage.people import performer_at
from micboard_tui.simulator.stage.scenario import ALL
from micboard_tui.simulator.stage.world import World


def build(options: RackOptions, layout: Sequence[RackDevice]) -> tuple[World, list[SimulatedDevice]]:
    """The stage, and the devices in the order of ``layout``; nothing listens yet."""
    devices: list[SimulatedDevice] = []
    first_channel = 0
    for index, entry in enumerate(layout):
        devices.append(BLUEPRINTS[entry.model].build(_build_plan(options, index, entry, first_channel)))
        first_channel += entry.channels
    airs = [air for device in devices for air in device.airs]
    return World(airs, ALL[options.scenario], options.seed), devices


def _build_plan(options: RackOptions, index: int, entry: RackDevice, first_channel: int) -> BuildPlan:
    return BuildPlan(
        model=entry.model,
        name=entry.name,
        host=entry.host,
        performers=[performer_at(first_channel + number) for number in range(entry.channels)],
        first_channel=first_channel,
        dice=Random(f"receiver {options.seed} {index}"),
        network_dice=Random(f"network {options.seed} {index}"),
        index=index,
        mode=entry.mode,
        scenario=ALL[options.scenario],
    )
