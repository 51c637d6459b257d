"""The receivers that can be simulated, and how a rack is filled with them. Imports nothing heavy."""

from collections.abc import Mapping
from types import MappingProxyType

PLAIN, QUADVERSITY, COMBINING = "plain", "Quadversity", "FD-C"

MODELS: Mapping[str, int] = MappingProxyType(
    {
        "ULXD4": 1,
        "ULXD4D": 2,
        "ULXD4Q": 4,
        "QLXD4": 1,
        "AD4D-A": 2,
        "AD4Q-A": 4,
        "SLXD4": 1,
        "SLXD4D": 2,
        "SLXD4+": 1,
        "SLXD4D+": 2,
        "SLXD4Q+": 4,
    }
)
"""The channels of each."""
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


def channels_of(model: str, mode: str) -> int:
    """Four antennas a channel leave half the channels (docs/reference/protocols/shure.md 5.1)."""
    return MODELS[model] // 2 if mode == QUADVERSITY else MODELS[model]
