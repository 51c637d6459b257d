"""Puts an SSCv2 device together. The same order, the same device, its certificate included."""

from random import Random

from micboard_tui.simulator.rack.equipment import Order
from micboard_tui.simulator.sennheiser.sscv2.ewdx_resources import HIGH_KHZ, LOW_KHZ, Channel, EwdxPanel
from micboard_tui.simulator.sennheiser.sscv2.spectera_resources import MobileDevice, SpecteraPanel
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from micboard_tui.simulator.stage import people
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.voice import Voice

SPACING_KHZ = 600
_OWN_CELLS_SHARE = 0.85


def build_ewdx(order: Order) -> Sscv2Device:
    """An EW-DX receiver, with a channel for each part."""
    in_band = (HIGH_KHZ - LOW_KHZ) // SPACING_KHZ
    channels = [
        Channel(
            part.channel[:8].upper(),
            _air(part, order.dice, LOW_KHZ + (order.first + place) % in_band * SPACING_KHZ),
            gain_db=order.dice.choice((9, 12, 15, 18)),
        )
        for place, part in enumerate(order.parts)
    ]
    panel = EwdxPanel(order.model, order.name, _serial(order.dice), channels)
    return Sscv2Device(panel, order.name, order.dice)


def build_spectera(order: Order) -> Sscv2Device:
    """A base station, with a mobile device for each part. All share its wideband channels."""
    packs = [
        MobileDevice(
            uid,
            "SKM" if part.carries == people.HANDHELD else "SEK",
            part.channel,
            _serial(order.dice),
            _air(part, order.dice, 0),
        )
        for uid, part in enumerate(order.parts, start=1)
    ]
    return Sscv2Device(SpecteraPanel(order.name, _serial(order.dice), packs), order.name, order.dice)


def _air(part: people.Part, dice: Random, frequency_khz: int) -> Air:
    own_cells = dice.random() < _OWN_CELLS_SHARE
    pack = Pack(
        model="EW_DX_SKM" if part.carries == people.HANDHELD else "EW_DX_SK",
        name=part.channel[:8].upper(),
        frequency_khz=frequency_khz,
        battery=Battery(
            Cells.LITHIUM_ION if own_cells else Cells.ALKALINE, full_minutes=dice.randint(480, 720)
        ),
    )
    return Air(pack, Voice(part.style, dice), dice)


def _serial(dice: Random) -> str:
    return f"{dice.randrange(1_000_000_000, 9_999_999_999)}"
