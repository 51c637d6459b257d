"""All models that can be simulated, and which of them stand in a rack of one manufacturer or of both.

Imports nothing heavy. A model is added in the ``models.py`` of its protocol; here only a new protocol is, and
what the usual racks show.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from micboard_tui.simulator.device.simulated_device import (
    COMBINING,
    PLAIN,
    QUADVERSITY,
    ULXD_MODE,
    Blueprint,
)
from micboard_tui.simulator.sennheiser.mcp import models as mcp
from micboard_tui.simulator.sennheiser.ssc import models as ssc
from micboard_tui.simulator.sennheiser.sscv2 import models as sscv2
from micboard_tui.simulator.shure.strings import models as strings
from micboard_tui.simulator.shure.system_api import models as system_api
from micboard_tui.simulator.shure.uhfr import models as uhfr

SHURE, SENNHEISER, MIXED = "shure", "sennheiser", "mixed"
RIGS: Mapping[str, str] = MappingProxyType(
    {
        MIXED: "receivers, in-ears and chargers of both manufacturers",
        SHURE: "receivers and chargers of Shure",
        SENNHEISER: "receivers, in-ears and chargers of Sennheiser",
    }
)
"""Name and one line of what to expect."""
BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        **strings.BLUEPRINTS,
        **uhfr.BLUEPRINTS,
        **system_api.BLUEPRINTS,
        **ssc.BLUEPRINTS,
        **sscv2.BLUEPRINTS,
        **mcp.BLUEPRINTS,
    }
)
"""By model."""


class RackEntry(NamedTuple):
    """What stands in one place of a rack."""

    model: str
    mode: str = PLAIN

    @property
    def blueprint(self) -> Blueprint:
        return BLUEPRINTS[self.model]

    @property
    def channels(self) -> int:
        return self.blueprint.channels_in(self.mode)


# The first six show every dialect of the command strings; quad models first, as a board has many channels.
_SHURE_RECEIVERS = (
    RackEntry("ULXD4Q"),
    RackEntry("AD4Q-A"),
    RackEntry("AD4D-A", COMBINING),
    RackEntry("QLXD4"),
    RackEntry("SLXD4D"),
    RackEntry("SLXD4Q+"),
    RackEntry("ULXD4D"),
    RackEntry("AD4Q-A", QUADVERSITY),
    RackEntry("SLXD4"),
    RackEntry("ULXD4"),
    RackEntry("UR4D"),
    RackEntry("P10T"),
    RackEntry("SystemAPI"),
    RackEntry("MXWAPT4"),
    RackEntry("ANX4"),
    RackEntry("ANX4", ULXD_MODE),
)
_SENNHEISER_RECEIVERS = (
    RackEntry("EW-DX-EM4-Dante"),
    RackEntry("EM 300-500 G4"),
    RackEntry("EWDX2CHS"),
    RackEntry("EM6000"),
    RackEntry("SR IEM G4"),
    RackEntry("MCR-DW4"),
    RackEntry("EW-DX-EM2"),
    RackEntry("EM 2050"),
    RackEntry("SPECTERA"),
    RackEntry("EWDX4CHDS"),
    RackEntry("SLDW"),
    RackEntry("EM 300-500 G3"),
)
# The first six show every driver but the few that are rare.
_MIXED_RECEIVERS = (
    RackEntry("ULXD4Q"),
    RackEntry("EW-DX-EM4-Dante"),
    RackEntry("AD4D-A", COMBINING),
    RackEntry("EM 300-500 G4"),
    RackEntry("EWDX2CHS"),
    RackEntry("SLXD4D"),
    RackEntry("EM6000"),
    RackEntry("UR4D"),
    RackEntry("AD4Q-A"),
    RackEntry("SR IEM G4"),
    RackEntry("QLXD4"),
    RackEntry("MCR-DW4"),
    RackEntry("P10T"),
    RackEntry("SLXD4Q+"),
    RackEntry("EM 2050"),
    RackEntry("SystemAPI"),
    RackEntry("EW-DX-EM2"),
    RackEntry("ULXD4D"),
    RackEntry("SPECTERA"),
    RackEntry("AD4Q-A", QUADVERSITY),
    RackEntry("MXWAPT4"),
    RackEntry("EM 300-500 G3"),
    RackEntry("ANX4"),
)
# Places are filled in this order, and over again.
_RECEIVERS: Mapping[str, tuple[RackEntry, ...]] = MappingProxyType(
    {SHURE: _SHURE_RECEIVERS, SENNHEISER: _SENNHEISER_RECEIVERS, MIXED: _MIXED_RECEIVERS}
)
_CHARGERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        SHURE: ("SBC220", "SBC840", "SBC240", "SBRC"),
        SENNHEISER: ("CHG70N-C", "CHG4N", "L6000"),
        MIXED: ("SBC220", "CHG70N-C", "SBC840", "CHG4N", "SBRC", "L6000"),
    }
)


def fill_rack(rig: str, receivers: int, chargers: int) -> list[RackEntry]:
    """So many receivers of the rig, and the chargers behind them."""
    entries, charger_models = _RECEIVERS[rig], _CHARGERS[rig]
    return [
        *(entries[index % len(entries)] for index in range(receivers)),
        *(RackEntry(charger_models[index % len(charger_models)]) for index in range(chargers)),
    ]
