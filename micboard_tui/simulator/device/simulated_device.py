"""What the rack needs of a simulated device, whatever it speaks, and how one is described before it is built.

A ``Blueprint`` stands for a model and is cheap: the rack is laid out from blueprints alone. Its ``build``
loads the code of the protocol and turns a ``BuildPlan``, one device of one rack, into a ``SimulatedDevice``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from micboard_tui.simulator.device.fault_switchboard import FaultSwitchboard
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.people import Performer
from micboard_tui.simulator.stage.scenario import ALL, DEFAULT, Scenario
from micboard_tui.simulator.stage.voice import Voice

PLAIN, QUADVERSITY, COMBINING, DOCUMENTED, ULXD_MODE = "plain", "Quadversity", "FD-C", "documented", "ULX-D"
"""The modes of a receiver; all but a few are always in the first. ``DOCUMENTED`` is how a document has it
where a real unit does otherwise (SLX-D, SLX-D+), ``ULXD_MODE`` an ANX4 that receives ULX-D transmitters.
"""


class SimulatedDevice(Protocol):
    """A device without its world: moved by ``tick``, has no task of its own that outlives ``aclose``.

    The rack calls ``open`` once, then ``tick`` ten times a second, then ``aclose`` once, after an ``open``
    that failed too. Faults may be switched at any time; they work from the next tick on.
    """

    @property
    def airs(self) -> Sequence[Air]:
        """What its channels receive, by number; none for chargers. The world moves them."""
        ...

    @property
    def faults(self) -> FaultSwitchboard:
        """Its switches."""
        ...

    @property
    def connections(self) -> int:
        """How many clients it knows of: connections, or subscribers where there are none."""
        ...

    @property
    def lapsed(self) -> int:
        """How many subscriptions it ended because they were not renewed; 0 where there are none."""
        ...

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate that it shows since it was opened; None without one."""
        ...

    @property
    def mac(self) -> str | None:
        """The MAC address that it tells; None where its protocol has none."""
        ...

    async def open(self, host: str, port: int) -> int:
        """Listen; answers with the port (0 takes any that is free). Raises OSError."""
        ...

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, send what has changed and the meters that are due."""
        ...

    async def aclose(self) -> None:
        """Disconnect all clients and stop listening; nothing is left afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """One device of a rack, to be built."""

    model: str
    name: str
    host: str
    performers: Sequence[Performer]
    """Who is on its channels, by number; empty for chargers."""
    first_channel: int
    """How many channels of the rack come before it; keeps frequencies apart."""
    dice: Random
    """Decides what the device and its packs are, and what happens to them."""
    network_dice: Random
    """Decides what gets lost or garbled on the network; apart, so that faults do not change the evening."""
    index: int = 0
    """In the rack, from 0."""
    mode: str = PLAIN
    scenario: Scenario = ALL[DEFAULT]
    """What kind of evening it is."""

    def voice_of(self, performer: Performer) -> Voice:
        """As loud as this evening has them."""
        return Voice(performer.style, self.dice, self.scenario.loudest_dbfs)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A model that can be simulated."""

    manufacturer: str
    driver: str
    channels: int
    port: int
    """Where it usually listens; one that an ordinary user may open."""
    build: Callable[[BuildPlan], SimulatedDevice]
    """Imports what it needs when it is called."""
    user: str | None = None
    secret: str | None = None
    """What lets clients in; no secret at all, since the device does not exist."""
    has_access_switch: bool = False
    """Whether its panel can lock third-party controllers out (docs/reference/protocols/shure.md 6.1)."""
    modes: Mapping[str, int] = field(default_factory=dict)
    """Its modes beside ``PLAIN``, and how many channels it has in each."""

    def channels_in(self, mode: str) -> int:
        return self.modes.get(mode, self.channels)
