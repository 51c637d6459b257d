"""What stands in a rack of one maker or of both. Imports nothing heavy."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from micboard_tui.simulator.rack.equipment import Blueprint
from micboard_tui.simulator.sennheiser.mcp import models as mcp
from micboard_tui.simulator.sennheiser.ssc import models as ssc
from micboard_tui.simulator.sennheiser.sscv2 import models as sscv2
from micboard_tui.simulator.shure.strings import more_models as shure_more
from micboard_tui.simulator.shure.strings.models import (
    COMBINING,
    MODELS,
    PLAIN,
    QUADVERSITY,
    RACK,
    channels_of,
)
from micboard_tui.simulator.shure.system_api import models as system_api

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
BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        **shure_more.BLUEPRINTS,
        **system_api.BLUEPRINTS,
        **ssc.BLUEPRINTS,
        **sscv2.BLUEPRINTS,
        **mcp.BLUEPRINTS,
    }
)
"""All that does not speak command strings as a receiver does, by model."""


class Slot(NamedTuple):
    """A place in the rack."""

    model: str
    mode: str = PLAIN

    @property
    def channels(self) -> int:
        blueprint = BLUEPRINTS.get(self.model)
        return channels_of(self.model, self.mode) if blueprint is None else blueprint.channels


_MORE_SHURE = ("UR4D", "P10T", "SystemAPI", "MXWAPT4")
_SENNHEISER = (
    "EW-DX-EM4-Dante",
    "EM 300-500 G4",
    "EWDX2CHS",
    "EM6000",
    "SR IEM G4",
    "MCR-DW4",
    "EW-DX-EM2",
    "EM 2050",
    "SPECTERA",
    "EWDX4CHDS",
    "SLDW",
    "EM 300-500 G3",
)
# The first six show every way in which devices are spoken to, but for those few that are rare.
_MIXED = (
    Slot("ULXD4Q"),
    Slot("EW-DX-EM4-Dante"),
    Slot("AD4D-A", COMBINING),
    Slot("EM 300-500 G4"),
    Slot("EWDX2CHS"),
    Slot("SLXD4D"),
    Slot("EM6000"),
    Slot("UR4D"),
    Slot("AD4Q-A"),
    Slot("SR IEM G4"),
    Slot("QLXD4"),
    Slot("MCR-DW4"),
    Slot("P10T"),
    Slot("SLXD4Q+"),
    Slot("EM 2050"),
    Slot("SystemAPI"),
    Slot("EW-DX-EM2"),
    Slot("ULXD4D"),
    Slot("SPECTERA"),
    Slot("AD4Q-A", QUADVERSITY),
    Slot("MXWAPT4"),
    Slot("EM 300-500 G3"),
)
# Places are filled in this order, and over again.
_RECEIVERS: Mapping[str, tuple[Slot, ...]] = MappingProxyType(
    {
        SHURE: (*(Slot(*place) for place in RACK), *map(Slot, _MORE_SHURE)),
        SENNHEISER: tuple(map(Slot, _SENNHEISER)),
        MIXED: _MIXED,
    }
)
_CHARGERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        SHURE: ("SBC220", "SBC840", "SBC240", "SBRC"),
        SENNHEISER: ("CHG70N-C", "CHG4N", "L6000"),
        MIXED: ("SBC220", "CHG70N-C", "SBC840", "CHG4N", "SBRC", "L6000"),
    }
)


def known_models() -> tuple[str, ...]:
    """All that can be simulated."""
    return (*MODELS, *BLUEPRINTS)


def places(rig: str, receivers: int, chargers: int) -> list[Slot]:
    """So many receivers of the rig, and the chargers behind them."""
    kinds, holders = _RECEIVERS[rig], _CHARGERS[rig]
    filled = [kinds[place % len(kinds)] for place in range(receivers)]
    return filled + [Slot(holders[place % len(holders)]) for place in range(chargers if holders else 0)]
