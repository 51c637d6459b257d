"""The receivers that can be simulated, and what their performers carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from micboard_tui.simulator.channel import Band
from micboard_tui.simulator.families.axient import AXIENT
from micboard_tui.simulator.families.family import Family
from micboard_tui.simulator.families.qlxd import QLXD
from micboard_tui.simulator.families.slxd import SLXD, SLXD_PLUS
from micboard_tui.simulator.families.ulxd import ULXD

PLAIN, QUADVERSITY, COMBINING = "plain", "Quadversity", "FD-C"


@dataclass(frozen=True, slots=True)
class Make:
    """What the models of a family have in common."""

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


@dataclass(frozen=True, slots=True)
class Model:
    """A receiver as it is ordered."""

    name: str
    make: Make
    channels: int


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

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        name: Model(name, make, channels)
        for make, counts in (
            (_ULXD, {"ULXD4": 1, "ULXD4D": 2, "ULXD4Q": 4}),
            (_QLXD, {"QLXD4": 1}),
            (_AXIENT, {"AD4D-A": 2, "AD4Q-A": 4}),
            (_SLXD, {"SLXD4": 1, "SLXD4D": 2}),
            (_SLXD_PLUS, {"SLXD4+": 1, "SLXD4D+": 2, "SLXD4Q+": 4}),
        )
        for name, channels in counts.items()
    }
)
# The first six show every family; quad models first, since a board is for many channels.
RACK: tuple[tuple[str, str], ...] = (
    ("ULXD4Q", PLAIN),
    ("AD4Q-A", PLAIN),
    ("AD4D-A", COMBINING),
    ("QLXD4", PLAIN),
    ("SLXD4D", PLAIN),
    ("SLXD4Q+", PLAIN),
    ("ULXD4D", PLAIN),
    ("AD4Q-A", QUADVERSITY),
    ("SLXD4", PLAIN),
    ("ULXD4", PLAIN),
)
"""Model and mode, place by place, and over again."""


def placed(place: int, only: str | None) -> tuple[Model, str]:
    """The model in a place of the rack, and its mode."""
    if only is not None:
        return MODELS[only], PLAIN
    name, mode = RACK[place % len(RACK)]
    return MODELS[name], mode


def channels_of(model: Model, mode: str) -> int:
    """Four antennas a channel leave half the channels (reference/shure.md 5.1)."""
    return model.channels // 2 if mode == QUADVERSITY else model.channels
