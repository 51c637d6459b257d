"""The cells that a person says a kind of pack has, where its battery does not say so itself. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link_state import ON_AIR

CELL_TYPES = (BatteryType.ALKALINE, BatteryType.NIMH, BatteryType.LITHIUM, BatteryType.LI_ION)
"""What can be said, the usual first."""
CELL_NAMES = {
    BatteryType.ALKALINE: "alkaline",
    BatteryType.NIMH: "NiMH",
    BatteryType.LITHIUM: "lithium",
    BatteryType.LI_ION: "lithium-ion",
}


@dataclass(frozen=True, slots=True)
class CellType:
    """All packs of a model have such cells."""

    model: str
    type: BatteryType


def cells_by_model(types: Iterable[CellType]) -> Mapping[str, BatteryType]:
    """The type by model."""
    return {each.model: each.type for each in types}


def needs_cell_type(state: ChannelState, vouched: Mapping[str, BatteryType]) -> str | None:
    """The model whose cells are to be asked for, so that there is a useful forecast; None: nothing is to ask.

    Packs that report minutes, or that they have a lithium-ion battery, need no answer.
    """
    pack = state.facts.transmitter
    if pack is None or pack.model is None or state.link_state not in ON_AIR:
        return None
    battery = pack.battery
    if not battery.is_known or battery.minutes is not None or battery.minutes_note is not None:
        return None
    if battery.type is BatteryType.LI_ION or pack.model in vouched:
        return None
    return pack.model
