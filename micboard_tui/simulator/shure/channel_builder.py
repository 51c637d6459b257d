"""Puts the channels of a receiver together, each on a frequency of its own, with the performer on it."""

from collections.abc import Callable
from random import Random
from typing import TypeAlias

from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.shure.receiver_channel import Carrier, Channel
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Pack
from micboard_tui.simulator.stage.people import Performer

USED_GROUPS = (1, 16, 8, 12, 4, 20)
"""Of a band, in the order in which a large rack takes them: the carriers of the first keep their spacing.

A rack with more channels than all of them have uses its frequencies again.
"""
_USUAL_GAIN = 25

PackBuilder: TypeAlias = Callable[[Performer, Random], Pack]


def build_channels(plan: BuildPlan, band: FrequencyBand, build_pack: PackBuilder) -> list[Channel]:
    """A channel for each performer."""
    channels = []
    for number, performer in enumerate(plan.performers, start=1):
        preset = band.preset_of(plan.first_channel + number - 1, USED_GROUPS)
        frequency_khz = band.frequency_of(*preset)
        pack = build_pack(performer, plan.dice)
        pack.frequency_khz = frequency_khz
        air = Air(pack, plan.voice_of(performer), plan.dice)
        carrier = Carrier(frequency_khz, preset)
        channels.append(Channel(number, performer.channel, air, band, carrier, gain=_USUAL_GAIN))
    return channels


def random_mac(dice: Random, number: int) -> str:
    """An address of the manufacturer's, with ``number`` in it."""
    return f"00:0E:DD:{dice.randrange(256):02X}:{number // 256:02X}:{number % 256:02X}"
