"""The outside world as the services want it: drivers, manufacturers, clocks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol, TypeAlias

from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.observation import Observation

Report: TypeAlias = Callable[[Sequence[Observation]], None]
"""Called with everything that one read from the device brought. Never waits."""

WallClock: TypeAlias = Callable[[], float]
"""Seconds since the epoch; may jump."""


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How a session behaves towards the device."""

    meter_interval_s: float | None = None
    """How often meters are asked for; None: the driver's own default; 0: no metering."""
    connect_timeout_s: float = 3.0
    silence_limit_s: float = 5.0
    """Without a word for so long the device counts as gone."""


class Driver(Protocol):
    """A session with one device."""

    async def run(self, report: Report) -> NoReturn:
        """Connect, subscribe and report until cancelled; ends otherwise only by raising DeviceError.

        Whatever ends it, metering is switched off and the connection closed.
        """
        ...

    async def execute(self, command: Command) -> Confirmation:
        """Send a command through the running session and wait for the device's word.

        Raises DeviceError: INVALID_VALUE, COMMAND_NOT_SUPPORTED, DEVICE_REFUSED,
        COMMAND_UNCONFIRMED, or DEVICE_UNREACHABLE when no session is running.
        """
        ...

    async def execute_once(self, command: Command) -> Confirmation:
        """Connect, identify, send one command, disconnect. Touches no metering. Raises as above."""
        ...

    async def read_once(self, report: Report) -> None:
        """Connect, report everything the device knows and one set of meters, disconnect."""
        ...


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """What answers at an address."""

    host: str
    port: int
    manufacturer: str
    driver: str
    model: str | None
    own_name: str | None


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """How one kind of device is spoken to."""

    name: str
    title: str
    default_port: int
    open: Callable[[str, int, SessionOptions], Driver]
    """Makes a driver for a host and port; connects nothing."""


class Probe(Protocol):
    """Asks an address what it is, carefully."""

    async def __call__(self, host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        """What answers there; None when nothing of this manufacturer does. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Manufacturer:
    """A plugin: the drivers of one maker. The first driver is the default."""

    code: str
    title: str
    drivers: Mapping[str, DriverSpec]
    probe: Probe | None = None


class ManufacturerRegistry(Protocol):
    """The plugins that are installed."""

    def codes(self) -> Sequence[str]:
        """The codes of all manufacturers, sorted; loads none of them."""
        ...

    def get(self, code: str) -> Manufacturer:
        """Load one. Raises MicboardError MANUFACTURER_NOT_SUPPORTED, with the known codes as hint."""
        ...
