"""Puts one simulated MCP device together, with the performer on it."""

from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.mcp.keyword_tables import EM, EM_SETTINGS, SR, SR_SETTINGS
from micboard_tui.simulator.sennheiser.mcp.mcp_device import McpDevice
from micboard_tui.simulator.sennheiser.mcp.unit import Unit
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.people import BODYPACK
from micboard_tui.simulator.stage.voice import Voice

_BAND = FrequencyBand("G", 566_000, 608_000)
_USED_BANKS = 20
_AF_OUT_DB = (-6, 0, 0, 6)
_FULL_MINUTES = (420, 540)
_IEM_BANDS = 6


def build_receiver(plan: BuildPlan, firmware: str, packs: str) -> McpDevice:
    """An EM; the names of its transmitters end in ``packs``."""
    (performer,) = plan.performers
    dice = plan.dice
    voice = Voice(performer.style, dice)
    preset, frequency_khz = _tuning(plan)
    unit = Unit(
        EM,
        EM_SETTINGS,
        performer.channel,
        firmware,
        _BAND,
        frequency_khz,
        voice,
        preset=preset,
        equalizer=[0],
        af_out_db=dice.choice(_AF_OUT_DB),
    )
    kind = "SK" if performer.carries == BODYPACK else "SKM"
    cells = dice.choice((Cells.ALKALINE, Cells.NIMH))
    battery = Battery(cells, full_minutes=dice.randint(*_FULL_MINUTES))
    pack = Pack(f"{kind} {packs}", performer.channel, frequency_khz, battery=battery)
    unit.air = Air(pack, voice, dice)
    return McpDevice(unit, plan.network_dice)


def build_iem_transmitter(plan: BuildPlan, firmware: str) -> McpDevice:
    """An SR, which receives nothing."""
    (performer,) = plan.performers
    voice = Voice(performer.style, plan.dice)
    preset, frequency_khz = _tuning(plan)
    unit = Unit(
        SR,
        SR_SETTINGS,
        performer.channel,
        firmware,
        _BAND,
        frequency_khz,
        voice,
        preset=preset,
        equalizer=[0] * _IEM_BANDS,
        af_out_db=plan.dice.choice(_AF_OUT_DB),
    )
    return McpDevice(unit, plan.network_dice)


def _tuning(plan: BuildPlan) -> tuple[tuple[int, int], int]:
    """Preset and frequency."""
    preset = _BAND.preset_of(plan.first_channel, _USED_BANKS)
    return preset, _BAND.frequency_of(*preset)
