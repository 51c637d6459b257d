"""Puts one UHF-R receiver together: the same plan, the same receiver."""

from random import Random

from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.shure.channel_builder import build_channels
from micboard_tui.simulator.shure.uhfr.uhfr_device import UhfrDevice
from micboard_tui.simulator.shure.uhfr.uhfr_receiver import UhfrReceiver
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.people import BODYPACK, Performer

_BAND = FrequencyBand("J5", 578_000, 638_000)


def build_receiver(plan: BuildPlan) -> UhfrDevice:
    """A UR4S or UR4D."""
    return UhfrDevice(UhfrReceiver(build_channels(plan, _BAND, _pack)), plan.network_dice)


def _pack(performer: Performer, dice: Random) -> Pack:
    battery = Battery(Cells.ALKALINE, full_minutes=dice.randint(420, 540))
    return Pack("UR1" if performer.carries == BODYPACK else "UR2", performer.channel, battery=battery)
