"""Puts one simulated MCP device together, with who is on it."""

from micboard_tui.simulator.rack.equipment import Order
from micboard_tui.simulator.sennheiser.mcp.keyword_tables import EM, EM_SETTINGS, SR, SR_SETTINGS
from micboard_tui.simulator.sennheiser.mcp.mcp_device import McpStation
from micboard_tui.simulator.sennheiser.mcp.unit import Unit
from micboard_tui.simulator.shure.strings.receiver_channel import Band
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.people import BODYPACK
from micboard_tui.simulator.stage.voice import Voice

_IN_EAR = "SR IEM G4"
_BAND = Band("G", 566_000, 608_000)
_FIRMWARE = {"EM 300-500 G4": "1.7.0", "EM 2050": "1.4.2", "EM 300-500 G3": "1.6.1", _IN_EAR: "1.7.0"}
_PACKS = {"EM 300-500 G4": "500 G4", "EM 2050": "2000", "EM 300-500 G3": "500 G3"}
_MAX_BANK = 20
_FULL_MINUTES = (420, 540)


def build(order: Order) -> McpStation:
    """The device of ``order``, on its address as soon as it is opened."""
    part, dice = order.parts[0], order.dice
    bank, channel = order.first // _BAND.channels % _MAX_BANK + 1, order.first % _BAND.channels + 1
    frequency_khz = _BAND.frequency_of(bank, channel)
    voice = Voice(part.style, dice)
    is_receiver = order.model != _IN_EAR
    unit = Unit(
        EM if is_receiver else SR,
        EM_SETTINGS if is_receiver else SR_SETTINGS,
        part.channel,
        _FIRMWARE[order.model],
        _BAND,
        frequency_khz,
        voice,
        preset=(bank, channel),
        equalizer=[0] if is_receiver else [0] * 6,
        af_out_db=dice.choice((-6, 0, 0, 6)),
    )
    if is_receiver:
        carried = "SK" if part.carries == BODYPACK else "SKM"
        pack = Pack(
            f"{carried} {_PACKS[order.model]}",
            part.channel,
            frequency_khz,
            battery=Battery(
                dice.choice((Cells.ALKALINE, Cells.NIMH)), full_minutes=dice.randint(*_FULL_MINUTES)
            ),
        )
        unit.air = Air(pack, voice, dice)
    return McpStation(unit, dice)
