"""What the models of a family have in common, and what their performers carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from micboard_tui.simulator.shure.strings.families.axient import AXIENT
from micboard_tui.simulator.shure.strings.families.qlxd import QLXD
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.families.slxd import SLXD, SLXD_PLUS
from micboard_tui.simulator.shure.strings.families.ulxd import ULXD
from micboard_tui.simulator.shure.strings.receiver_channel import Band


@dataclass(frozen=True, slots=True)
class Make:
    """A series of receivers."""

    family: Family
    firmware: str
    band: Band
    handhelds: tuple[str, ...]
    bodypacks: tuple[str, ...]
    stands: tuple[str, ...] = ()
    """Goosenecks and boundary microphones."""
    remotes: frozenset[str] = frozenset()
    """Those that ShowLink reaches."""
    powers: tuple[str, ...] = ("LOW", "NORMAL", "HIGH")


_ULXD = Make(ULXD, "2.7.6.0", Band("G50", 470_000, 534_000), ("ULXD2",), ("ULXD1",), ("ULXD8", "ULXD6"))
_QLXD = Make(QLXD, "2.6.2.0", Band("G50", 470_000, 534_000), ("QLXD2",), ("QLXD1",), powers=("LOW", "HIGH"))
_AXIENT = Make(
    AXIENT,
    "1.1.43.0",
    Band("G57", 470_000, 616_000),
    ("ADX2", "AD2", "ADX2FD"),
    ("ADX1", "AD1", "ADX1M"),
    remotes=frozenset({"ADX1", "ADX1M", "ADX2", "ADX2FD"}),
)
_SLXD = Make(SLXD, "1.4.7.0", Band("G55", 514_000, 558_000), ("SLXD2",), ("SLXD1",))
_SLXD_PLUS = Make(SLXD_PLUS, "2.0.38.9", Band("G55", 514_000, 558_000), ("SLXD2+",), ("SLXD1+",))

MAKES: Mapping[str, Make] = MappingProxyType(
    {
        **dict.fromkeys(("ULXD4", "ULXD4D", "ULXD4Q"), _ULXD),
        "QLXD4": _QLXD,
        **dict.fromkeys(("AD4D-A", "AD4Q-A"), _AXIENT),
        **dict.fromkeys(("SLXD4", "SLXD4D"), _SLXD),
        **dict.fromkeys(("SLXD4+", "SLXD4D+", "SLXD4Q+"), _SLXD_PLUS),
    }
)
"""By model."""
