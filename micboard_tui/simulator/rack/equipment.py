"""What the rack needs of a simulated device of any maker, and how one is ordered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.people import Part


class Switchboard(Protocol):
    """What networks, firmware and other people do to a device; each kind has switches of its own."""

    def clear(self) -> None:
        """All switches off."""
        ...


class Equipment(Protocol):
    """A device without its world: moved by ``tick``, has no task of its own that outlives ``aclose``."""

    @property
    def airs(self) -> Sequence[Air]:
        """What its channels receive, by number; none for chargers. The world moves them."""
        ...

    @property
    def faults(self) -> Switchboard:
        """Its switches."""
        ...

    @property
    def connections(self) -> int:
        """How many clients it knows of: connections, or subscribers where there are none."""
        ...

    async def open(self, host: str, port: int) -> int:
        """Listen; answers with the port (0 takes any that is free). Raises OSError."""
        ...

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, tell news, send the meters that are due."""
        ...

    async def aclose(self) -> None:
        """Hang up on everybody and stop listening; nothing is left afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """One device of a rack."""

    model: str
    name: str
    host: str
    parts: Sequence[Part]
    """Who is on its channels, by number; empty for chargers."""
    first: int
    """How many channels of the rack come before it; keeps frequencies apart."""
    dice: Random


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A model that can be simulated."""

    manufacturer: str
    driver: str
    channels: int
    port: int
    """Where it listens unless told otherwise; one that an ordinary user may open."""
    build: Callable[[Order], Equipment]
    """Imports what it needs when it is called."""
    user: str | None = None
    secret: str | None = None
    """What lets clients in; no secret at all, since the device does not exist."""
