"""What the probes of ``doctor`` measure, as plain values, and the ports that measure it.

Facts judge nothing: what follows from them stands in ``services/doctor``. None means that it was not or could
not be measured.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.meter_rate_watch import MeterRateWatch


class TcpAnswer(StrEnum):
    """What became of an attempt to connect."""

    OPEN = "open"
    REFUSED = "refused"
    """The host is there, and no program listens at the port."""
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    """The system knows of nothing that has this address."""


class Neighbour(StrEnum):
    """Whether a host of the same network was seen, by the system's own table."""

    PRESENT = "present"
    ABSENT = "absent"
    """It was called and did not answer."""
    UNKNOWN = "unknown"
    """It is in another network, or the system has no such table."""


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """The way to an address."""

    interfaces: tuple[Interface, ...]
    """Of this computer, with IPv4 addresses."""
    own_address: str | None = None
    """The address of this computer that the peer would see; None: there is no way to it."""


class HostProbes(Protocol):
    """What this computer's network knows of a host. Nothing but ``connect`` sends anything to it."""

    async def find_addresses(self, host: str) -> Sequence[str]:
        """At least one. Raises DeviceError HOST_NOT_RESOLVED, NAME_SERVICE_SILENT."""
        ...

    def find_route(self, address: str) -> RouteFacts:
        """Raises nothing."""
        ...

    async def connect(self, address: str, port: int, timeout_s: float) -> TcpAnswer:
        """Connect and close at once. Raises nothing."""
        ...

    def find_neighbour(self, address: str) -> Neighbour:
        """What the system's table says now, best after something was sent there. Raises nothing."""
        ...

    async def find_certificate_end(self, host: str, port: int, timeout_s: float) -> float | None:
        """Until when the certificate that is shown there holds, seconds since the epoch. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class HeldRate:
    """The meter rate of a channel whose device a program has a session with, in milliseconds."""

    number: int
    asked_ms: int
    """What the session asked for."""
    reported_ms: int
    """What the device reported last; this program or another one set it."""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What was found on the way to one device and at it, in the order in which it was looked for."""

    host: str
    port: int
    driver: str | None = None
    """None: no manufacturer is known, and none of those that are installed answered."""
    manufacturer: str | None = None
    """Its code; None: as with the driver."""
    is_datagram: bool = False
    """Whether the driver speaks by UDP."""
    known_model: str | None = None
    """What it was when it was last heard."""
    name_error: ErrorInfo | None = None
    """Why no address is known for its name."""
    addresses: tuple[str, ...] = ()
    route: RouteFacts | None = None
    tcp: TcpAnswer | None = None
    """At its port, also where the driver speaks by UDP: a refusal shows that the host is there."""
    neighbour: Neighbour = Neighbour.UNKNOWN
    error: ErrorInfo | None = None
    """What reading it ended with; None: it was read, or reading was not tried."""
    was_read: bool = False
    model: str | None = None
    own_name: str | None = None
    firmware: str | None = None
    has_failed_self_test: bool = False
    answers: FoundDevice | None = None
    """What answered elsewhere, or in another protocol, where the device did not as it should."""
    secret: str | None = None
    """The kind of secret that its driver needs; None: none."""
    has_certificate: bool = False
    certificate_ends_at: float | None = None
    has_rates: bool = False
    """Whether programs share one meter rate at the device."""
    rates: MeterRateWatch | None = None
    """None: its driver has none, or it was not watched."""
    held_rates_ms: tuple[HeldRate, ...] = ()
    """Of a device with a session, as far as that knows them."""
    held_by: str = ""
    """The program whose session with the device is left alone; then nothing was sent to the device."""


@dataclass(frozen=True, slots=True)
class PortFacts:
    """The UDP port to which MCP devices answer."""

    port: int
    error: ErrorInfo | None = None
    """Why it cannot be had; None: it is free."""
    owner: str = ""
    """The program that has it, as ``wsm, process 12``, where the system names it."""


@dataclass(frozen=True, slots=True)
class MulticastFacts:
    """Whether what is sent to a group on an interface comes back from it."""

    interface: Interface
    comes_back: bool
    reason: str = ""
    """Why it could not be joined or sent; empty: it could."""
    is_member: bool | None = None
    """Whether the system counted itself to the group while that was joined; None: it does not tell."""
    querier_version: int | None = None
    """The IGMP version of a querier that was heard; None: none of a version before 3, or it is not known."""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    drift_s: float | None = None
    """How far the clock moved against the time that passed, while it was watched."""
    is_set_by_network: bool | None = None
    """None: the system does not report it."""


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """The terminal behind stdout."""

    is_terminal: bool
    term: str = ""
    colour_term: str = ""
    encoding: str = ""
    multiplexer: str = ""
    """tmux or screen, where one is in between."""
    columns: int = 0
    lines: int = 0
    answers: bool = False
    """Whether it answered any question."""
    has_synchronized_output: bool | None = None
    wide_signs: tuple[str, ...] = ()
    """Signs of the board for which it moved its cursor by more than one cell."""


class DatabaseKind(StrEnum):
    FILE = "file"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What was found without changing anything, not even a schema of an earlier release."""

    kind: DatabaseKind
    where: str
    """The file, or the address without its password."""
    is_there: bool = True
    """Whether it was begun."""
    error: ErrorInfo | None = None
    revision: str | None = None
    newest_revision: str = ""
    """What this program would bring it to."""
    version: str = ""
    """Of the server, in its own words."""
    version_number: int | None = None
    """Of the server: 160004 for 16.4."""
    may_change: bool | None = None
    """Whether the user has the rights on a server."""
    is_encrypted: bool | None = None
    is_local: bool = False
    """Whether the server is on this computer."""
    clock_ahead_s: float | None = None
    """How far the server's clock is ahead of this computer's."""
    tables: tuple[tuple[str, int], ...] = ()
    """Rows by table."""
    holder: str = ""
    """Who reads the devices of it now, on another computer."""


class KnownDevices(Protocol):
    async def list_devices(self) -> Sequence[DeviceSnapshot]:
        """Those that are registered, as they were stored last; none where that cannot be read.

        Raises nothing.
        """
        ...


class DatabaseExamination(Protocol):
    async def examine(self) -> DatabaseFacts:
        """Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class BusFacts:
    """The bus that boards or parts of a fleet attach to, where one is set."""

    url: str
    """Without secrets."""
    error: ErrorInfo | None = None
    version: str = ""
    is_encrypted: bool | None = None
    round_trip_s: float | None = None
    clock_host: str = ""
    """The computer that has the clock of the site; empty: it is not known."""
    clock_ahead_s: float | None = None
    """How far that clock is ahead of ours; None: none was heard."""


class BusExamination(Protocol):
    async def examine(self) -> BusFacts | None:
        """None: no bus is set. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class ExtraFacts:
    """A part of the program that is installed apart."""

    name: str
    missing: str = ""
    """The module that is not installed; empty: all is there."""
    without_it: str = ""
    """What does not work without it."""
    needed_by: str = ""
    """The setting that needs it; empty: none that is set."""


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """This program and its directories."""

    version: str
    python: str
    settings_error: ErrorInfo | None = None
    running: str = ""
    """The program that works on the same data now, as ``serve, process 12``."""
    extras: tuple[ExtraFacts, ...] = ()


def own_networks(interfaces: Collection[Interface]) -> str:
    """Interfaces as a text: ``10.0.0.5/24 (eth0)``."""
    return ", ".join(f"{each.address}/{each.prefix} ({each.name})" for each in interfaces) or "none"
