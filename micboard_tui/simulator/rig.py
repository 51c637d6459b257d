"""What stands in a rack of one maker or of both. Imports nothing heavy."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from micboard_tui.simulator.equipment import Blueprint
from micboard_tui.simulator.mcp import models as mcp
from micboard_tui.simulator.models import COMBINING, MODELS, PLAIN, RACK, channels_of

SHURE, SENNHEISER, MIXED = "shure", "sennheiser", "mixed"
RIGS: Mapping[str, str] = MappingProxyType(
    {
        MIXED: "receivers, in-ears and chargers of both makers",
        SHURE: "receivers and chargers of Shure",
        SENNHEISER: "receivers, in-ears and chargers of Sennheiser",
    }
)
"""Name and one line of what to expect."""
DEFAULT_CHARGERS = 2
BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType({**mcp.BLUEPRINTS})
"""All that does not speak command strings as a receiver does, by model."""


class Slot(NamedTuple):
    """A place in the rack."""

    model: str
    mode: str = PLAIN

    @property
    def channels(self) -> int:
        blueprint = BLUEPRINTS.get(self.model)
        return channels_of(self.model, self.mode) if blueprint is None else blueprint.channels


_SENNHEISER = (
    "EM 300-500 G4",
    "SR IEM G4",
    "EM 2050",
)
_MIXED: tuple[Slot, ...] = (
    Slot("ULXD4Q"),
    Slot("EM 300-500 G4"),
    Slot("AD4D-A", COMBINING),
    Slot("SR IEM G4"),
    Slot("SLXD4D"),
)
# Places are filled in this order, and over again.
_RECEIVERS: Mapping[str, tuple[Slot, ...]] = MappingProxyType(
    {
        SHURE: tuple(Slot(*place) for place in RACK),
        SENNHEISER: tuple(map(Slot, _SENNHEISER)),
        MIXED: _MIXED,
    }
)
_CHARGERS: Mapping[str, tuple[str, ...]] = MappingProxyType({SHURE: (), SENNHEISER: (), MIXED: ()})


def known_models() -> tuple[str, ...]:
    """All that can be simulated."""
    return (*MODELS, *BLUEPRINTS)


def places(rig: str, receivers: int, chargers: int) -> list[Slot]:
    """So many receivers of the rig, and the chargers behind them."""
    kinds, holders = _RECEIVERS[rig], _CHARGERS[rig]
    filled = [kinds[place % len(kinds)] for place in range(receivers)]
    return filled + [Slot(holders[place % len(holders)]) for place in range(chargers if holders else 0)]
