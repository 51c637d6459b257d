"""Puts one simulated MCP device together, with the performer on it."""

from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.mcp.attributes import Attribute
from micboard_tui.simulator.sennheiser.mcp.keyword_tables import EM, EM_SETTINGS, SR, SR_SETTINGS
from micboard_tui.simulator.sennheiser.mcp.mcp_device import McpDevice
from micboard_tui.simulator.sennheiser.mcp.mcp_unit import COUNTS, FULL_SCALE, MAX_LEVEL, McpUnit
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.people import BODYPACK

_BAND = FrequencyBand("G", 566_000, 608_000)
_USED_BANKS = range(1, 21)
_AF_OUT_DB = (-6, 0, 0, 6)
_FULL_MINUTES = (420, 540)
_IEM_BANDS = 6


def build_receiver(plan: BuildPlan, firmware: str, packs: str) -> McpDevice:
    """An EM; the names of its transmitters end in ``packs``."""
    (performer,) = plan.performers
    dice = plan.dice
    unit = _unit(plan, EM, EM_SETTINGS, firmware, [0])
    kind = "SK" if performer.carries == BODYPACK else "SKM"
    cells = dice.choice((Cells.ALKALINE, Cells.NIMH))
    battery = Battery(cells, full_minutes=dice.randint(*_FULL_MINUTES))
    pack = Pack(f"{kind} {packs}", performer.channel, unit.frequency_khz, battery=battery)
    unit.air = Air(pack, unit.voice, dice)
    unit.changes = dice.randrange(1, COUNTS)
    return McpDevice(unit, plan.network_dice)


def build_iem_transmitter(plan: BuildPlan, firmware: str) -> McpDevice:
    """An SR, which receives nothing."""
    unit = _unit(plan, SR, SR_SETTINGS, firmware, [0] * _IEM_BANDS)
    unit.changes = plan.dice.randrange(1, COUNTS)
    return McpDevice(unit, plan.network_dice)


def _unit(
    plan: BuildPlan,
    attributes: dict[str, Attribute[McpUnit]],
    settings: tuple[str, ...],
    firmware: str,
    equalizer: list[int],
) -> McpUnit:
    (performer,) = plan.performers
    voice = plan.voice_of(performer)
    preset = _BAND.preset_of(plan.first_channel, _USED_BANKS)
    return McpUnit(
        attributes,
        settings,
        performer.channel,
        firmware,
        _BAND,
        _BAND.frequency_of(*preset),
        voice,
        preset=preset,
        equalizer=equalizer,
        af_out_db=plan.dice.choice(_AF_OUT_DB),
        highest_rf_percent=MAX_LEVEL if plan.scenario.exceeds_rf_scale else FULL_SCALE,
    )
