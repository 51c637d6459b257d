"""The outside world as the services want it: drivers, manufacturers, clocks."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn, Protocol, TypeAlias

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import DeviceFault, DeviceKind
from micboard_tui.domain.limits import SILENCE_LIMIT_S
from micboard_tui.domain.observation import Observation

Report: TypeAlias = Callable[[Sequence[Observation]], None]
"""Called with everything that one read from the device brought. Never waits."""

WallClock: TypeAlias = Callable[[], float]
"""Seconds since the epoch; may jump."""


@dataclass(frozen=True, slots=True)
class Access:
    """What lets us into a device that asks who we are, and what lets the device prove who it is."""

    user: str | None = None
    """None: the driver's own default."""
    secret: str | None = field(default=None, repr=False)
    """A password or key; never in a log, a document or the database."""
    fingerprint: str | None = None
    """SHA-256 of the certificate that the user trusts, lower-case hex; None: none was accepted yet."""


NO_ACCESS = Access()


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How a session behaves towards the device."""

    meter_interval_s: float | None = None
    """How often meters are asked for; None: the driver's own default; 0: no metering."""
    connect_timeout_s: float = 3.0
    silence_limit_s: float = SILENCE_LIMIT_S
    """Without a word for so long the device counts as gone."""
    access: Access = NO_ACCESS
    """Of the one device that the session is with."""


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
    driver: str | None
    """None: no driver of ours speaks to it; then the fault says what it is and what else to do."""
    model: str | None
    own_name: str | None
    kind: DeviceKind | None = None
    via: str = "probe"
    """How it was found: probe, slp, mdns, broadcast."""
    fault: DeviceFault | None = None
    """Why it cannot be talked to as it is; None: it can, as far as anybody knows."""
    answered: bool = False
    """Whether it was asked and answered; else it was only heard of."""
    rf_band: str | None = None

    @property
    def can_be_added(self) -> bool:
        """Whether it can be registered, at its own address and with a driver that is there."""
        return self.driver is not None and (
            self.fault is None or self.fault.code != ErrorCode.DRIVER_NOT_SUPPORTED
        )

    def complete_from(self, other: "FoundDevice") -> "FoundDevice":
        """The same, with what only ``other``, an answer of the same device, tells of it."""
        return replace(
            self,
            model=self.model or other.model,
            own_name=self.own_name or other.own_name,
            kind=self.kind or other.kind,
            rf_band=self.rf_band or other.rf_band,
        )


@dataclass(frozen=True, slots=True)
class Interface:
    """An own IPv4 address: where we can listen and call out."""

    address: str
    prefix: int
    """Bits of the network that it is in."""
    name: str
    """As the system calls it."""


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """How one kind of device is spoken to."""

    name: str
    title: str
    default_port: int
    open: Callable[[str, int, SessionOptions], Driver]
    """Makes a driver for a host and port; connects nothing."""
    secret: str | None = None
    """What kind of secret it needs, as a person would call it ("password", "API key"); None: none."""
    user: str | None = None
    """The user whose password it is, where the device has users."""
    never_reports: str = ""
    """What it never reports although devices of its kind know it, for people; empty: nothing of note."""
    has_certificate: bool = False
    """Whether the device proves itself by a certificate that the user has to trust."""
    certificate: Callable[[str, int, float], Awaitable[str]] | None = None
    """Asks a host and port within so many seconds for the certificate that it shows now; answers with
    its SHA-256, 64 lower-case hex digits. Sends no secret. Raises DeviceError."""


class Probe(Protocol):
    """Asks an address what it is, carefully."""

    async def __call__(self, host: str, port: int | None, timeout_s: float, /) -> FoundDevice | None:
        """What answers there; None when nothing of this manufacturer does. Raises nothing."""
        ...


class Discover(Protocol):
    """Listens for what announces itself, and calls out where that is the custom."""

    async def __call__(
        self, found: Callable[[FoundDevice], None], interface: str | None, timeout_s: float, /
    ) -> None:
        """Tell ``found`` of every device heard of, perhaps more than once, and return in time.

        ``interface`` is an own address to do it on; None: all. Raises nothing.
        """
        ...


class Check(Protocol):
    """Asks what was heard of whether it lets us in, carefully."""

    async def __call__(self, found: FoundDevice, timeout_s: float, /) -> FoundDevice:
        """The same with what it answers, or with the fault that keeps us out. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Manufacturer:
    """A plugin: the drivers of one manufacturer. The first driver is the default."""

    code: str
    title: str
    drivers: Mapping[str, DriverSpec]
    probe: Probe | None = None
    discover: Discover | None = None
    check: Check | None = None
    """None: what is heard of is listed unasked."""


@dataclass(frozen=True, slots=True)
class PluginState:
    """How an installed plugin is."""

    code: str
    package: str
    """Name and version of the package that brings it."""
    manufacturer: Manufacturer | None
    """None: it cannot be used."""
    error: ErrorInfo | None = None
    """Why not."""


class ManufacturerRegistry(Protocol):
    """The plugins that are installed."""

    def codes(self) -> Sequence[str]:
        """The codes of all manufacturers, sorted; loads none of them."""
        ...

    def get(self, code: str) -> Manufacturer:
        """Load one, once.

        Raises MicboardError MANUFACTURER_NOT_SUPPORTED: no plugin has that code (the hint lists the known
        ones), or its plugin is broken, in whatever way (the hint names the package to update).
        """
        ...
