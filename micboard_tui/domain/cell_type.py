"""The cells that a person says a kind of pack has, where its battery does not say so itself. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link_state import ON_AIR

CELL_TYPES = (BatteryType.ALKALINE, BatteryType.NIMH, BatteryType.LITHIUM, BatteryType.LI_ION)
"""What a person can choose, the usual first."""
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


def kind_of_pack(pack_model: str | None, receiver_model: str | None) -> str | None:
    """The model that cells are entered for: of the pack, or of its receiver where the pack reports none."""
    return pack_model or receiver_model


def needs_cell_type(
    state: ChannelState, receiver_model: str | None, vouched: Mapping[str, BatteryType]
) -> bool:
    """Whether a person has to say which cells are in the pack, so that there is a useful forecast.

    Packs that report minutes, or that they have a lithium-ion battery, need no answer.
    """
    pack = state.facts.transmitter
    if pack is None or state.link_state not in ON_AIR:
        return False
    battery, kind = pack.battery, kind_of_pack(pack.model, receiver_model)
    if not battery.is_known or battery.minutes is not None or battery.minutes_note is not None:
        return False
    return battery.type is not BatteryType.LI_ION and kind is not None and kind not in vouched
