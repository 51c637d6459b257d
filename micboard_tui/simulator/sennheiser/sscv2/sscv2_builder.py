"""Puts an SSCv2 device together. The same plan, the same device, its certificate included."""

from random import Random

from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.sscv2.ewdx_resources import HIGH_KHZ, LOW_KHZ, Channel, EwdxResources
from micboard_tui.simulator.sennheiser.sscv2.spectera_resources import MobileDevice, SpecteraResources
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from micboard_tui.simulator.stage import people
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack

SPACING_KHZ = 600
_OWN_CELLS_SHARE = 0.85


def build_ewdx(plan: BuildPlan) -> Sscv2Device:
    """An EW-DX receiver, with a channel for each performer."""
    in_band = (HIGH_KHZ - LOW_KHZ) // SPACING_KHZ
    channels = [
        Channel(
            performer.channel[:8].upper(),
            _air(performer, plan, LOW_KHZ + (plan.first_channel + index) % in_band * SPACING_KHZ),
            gain_db=plan.dice.choice((9, 12, 15, 18)),
        )
        for index, performer in enumerate(plan.performers)
    ]
    resources = EwdxResources(plan.model, plan.name, _serial(plan.dice), channels)
    return Sscv2Device(resources, plan.name, plan.dice)


def build_spectera(plan: BuildPlan, schema: str) -> Sscv2Device:
    """A base station, with a mobile device for each performer. All share its wideband channels."""
    packs = [
        MobileDevice(
            uid,
            "SKM" if performer.carries == people.HANDHELD else "SEK",
            performer.channel,
            _serial(plan.dice),
            _air(performer, plan, 0),
        )
        for uid, performer in enumerate(plan.performers, start=1)
    ]
    return Sscv2Device(SpecteraResources(plan.name, _serial(plan.dice), packs, schema), plan.name, plan.dice)


def _air(performer: people.Performer, plan: BuildPlan, frequency_khz: int) -> Air:
    dice = plan.dice
    own_cells = dice.random() < _OWN_CELLS_SHARE
    pack = Pack(
        model="EW_DX_SKM" if performer.carries == people.HANDHELD else "EW_DX_SK",
        name=performer.channel[:8].upper(),
        frequency_khz=frequency_khz,
        battery=Battery(
            Cells.LITHIUM_ION if own_cells else Cells.ALKALINE, full_minutes=dice.randint(480, 720)
        ),
    )
    return Air(pack, plan.voice_of(performer), dice)


def _serial(dice: Random) -> str:
    return f"{dice.randrange(1_000_000_000, 9_999_999_999)}"
