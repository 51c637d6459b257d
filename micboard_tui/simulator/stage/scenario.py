"""How much goes wrong on the stage. Numbers only; ``world`` makes it happen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from micboard_tui.simulator.stage.voice import LOUDEST_DBFS


class Mishap(StrEnum):
    """What can happen to one channel, and passes again."""

    DROP_OUT = "the carrier is gone for a moment"
    MUTED = "the performer mutes the pack"
    OFF = "the pack is switched off"
    INTERFERENCE = "another transmitter is on the frequency"
    WRONG_KEY = "the pack's encryption key does not fit"
    CLIPPING = "the performer shouts"


@dataclass(frozen=True, slots=True)
class Odds:
    """How often a mishap meets a channel, and for how long."""

    every_s: float
    """Mean time between two of them."""
    lasts_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of evening."""

    description: str
    mishaps: Mapping[Mishap, Odds] = field(default_factory=dict)
    deep_fades_per_s: float = 0.0
    """On each antenna alone; diversity hides most of them."""
    drain_factor: float = 1.0
    charge: tuple[float, float] = (0.7, 1.0)
    """Batteries at the start, 0 to 1."""
    low_every: int = 0
    """Every so many channels one starts with a battery that is getting low; 0: none."""
    low_charge: float = 0.2
    off_every: int = 0
    """Every so many channels one pack is off at the start; 0: none."""
    loudest_dbfs: float = LOUDEST_DBFS
    """No performer is louder, but for a mishap."""
    exceeds_rf_scale: bool = True
    """Whether carriers come in stronger than the scale of a receiver that shows percents."""
    breaks_bays: bool = True
    """Whether bays of chargers fail now and then."""
    breaks_devices: bool = False
    """Whether receivers themselves fail."""


CALM_DBFS = -13.0
"""Below what any board shows as loud."""
_ALL: dict[str, Scenario] = {
    "calm": Scenario(
        "nothing goes wrong: every pack on, batteries full enough, clean RF",
        loudest_dbfs=CALM_DBFS,
        exceeds_rf_scale=False,
        breaks_bays=False,
    ),
    "show": Scenario(
        "a usual evening: a pack off, a mute now and then, one battery getting low, short RF dips",
        {
            Mishap.DROP_OUT: Odds(400.0, (0.4, 1.2)),
            Mishap.MUTED: Odds(300.0, (8.0, 40.0)),
            Mishap.OFF: Odds(1500.0, (20.0, 60.0)),
        },
        deep_fades_per_s=0.08,
        charge=(0.5, 1.0),
        low_every=12,
        off_every=9,
    ),
    "disaster": Scenario(
        "everything at once: drop-outs, dying batteries, interference, receivers that fail",
        {
            Mishap.DROP_OUT: Odds(40.0, (0.5, 4.0)),
            Mishap.MUTED: Odds(150.0, (5.0, 20.0)),
            Mishap.OFF: Odds(180.0, (6.0, 25.0)),
            Mishap.INTERFERENCE: Odds(120.0, (5.0, 20.0)),
            Mishap.WRONG_KEY: Odds(400.0, (10.0, 30.0)),
            Mishap.CLIPPING: Odds(90.0, (0.3, 1.0)),
        },
        deep_fades_per_s=0.3,
        drain_factor=12.0,
        charge=(0.08, 0.9),
        low_every=5,
        low_charge=0.03,
        off_every=12,
        breaks_devices=True,
    ),
}
ALL: Mapping[str, Scenario] = MappingProxyType(_ALL)
SCENARIOS: Mapping[str, str] = MappingProxyType(
    {name: scenario.description for name, scenario in _ALL.items()}
)
"""Name and one line of what to expect."""
DEFAULT = "show"
