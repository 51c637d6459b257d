"""What the receivers of a series have in common, and what their performers carry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.device.simulated_device import ULXD_MODE
from micboard_tui.simulator.shure.strings.families.anx4 import ANX4, ANX4_ULXD
from micboard_tui.simulator.shure.strings.families.axient import AXIENT
from micboard_tui.simulator.shure.strings.families.qlxd import QLXD
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.families.slxd import (
    SLXD,
    SLXD_AS_DOCUMENTED,
    SLXD_PLUS,
    SLXD_PLUS_DOCUMENTED,
)
from micboard_tui.simulator.shure.strings.families.ulxd import ULXD


@dataclass(frozen=True, slots=True)
class ReceiverSeries:
    """A series of receivers, with its transmitters by what is carried."""

    family: Family
    firmware: str
    band: FrequencyBand
    handhelds: tuple[str, ...]
    bodypacks: tuple[str, ...]
    stands: tuple[str, ...] = ()
    """Goosenecks and boundary microphones."""
    remotes: frozenset[str] = frozenset()
    """Those that ShowLink reaches."""
    usual_power: str = "NORMAL"
    modes: Mapping[str, str] = field(default_factory=dict)
    """By mode the series that it is then, where that is another one."""
    documented: Family | None = None
    """How its document has it, where a real unit does otherwise."""
    has_slots: bool = False


_SHOWLINK = frozenset({"ADX1", "ADX1M", "ADX2", "ADX2FD"})
_G50 = FrequencyBand("G50", 470_000, 534_000)
_G55 = FrequencyBand("G55", 514_000, 558_000)
SERIES: Mapping[str, ReceiverSeries] = MappingProxyType(
    {
        "ULX-D": ReceiverSeries(ULXD, "2.7.6.0", _G50, ("ULXD2",), ("ULXD1",), ("ULXD8", "ULXD6")),
        "QLX-D": ReceiverSeries(QLXD, "2.6.2.0", _G50, ("QLXD2",), ("QLXD1",), usual_power="LOW"),
        "Axient Digital": ReceiverSeries(
            AXIENT,
            "1.1.43.0",
            FrequencyBand("G57", 470_000, 616_000),
            ("ADX2", "AD2", "ADX2FD"),
            ("ADX1", "AD1", "ADX1M"),
            remotes=_SHOWLINK,
            has_slots=True,
        ),
        "ANX4": ReceiverSeries(
            ANX4,
            "1.4.4.0",
            FrequencyBand("G57", 470_000, 616_000),
            ("ADX2", "AD2", "AD3"),
            ("ADX1", "AD1", "ADX1M"),
            remotes=_SHOWLINK,
            modes={ULXD_MODE: "ANX4 with ULX-D"},
            has_slots=True,
        ),
        "ANX4 with ULX-D": ReceiverSeries(
            ANX4_ULXD, "1.4.4.0", FrequencyBand("G57", 470_000, 616_000), ("ULXD2",), ("ULXD1",)
        ),
        "SLX-D": ReceiverSeries(SLXD, "1.4.7.0", _G55, ("SLXD2",), ("SLXD1",), documented=SLXD_AS_DOCUMENTED),
        "SLX-D+": ReceiverSeries(
            SLXD_PLUS,
            "2.0.38.9",
            _G55,
            ("SLXD2+",),
            ("SLXD1+",),
            documented=SLXD_PLUS_DOCUMENTED,
        ),
    }
)
"""By name."""
