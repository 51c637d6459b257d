"""The outside world as the services want it: drivers, manufacturers, clocks."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn, Protocol, TypeAlias

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.wire import DIRECT, Wire
from micboard_tui.domain.changed_rate import ChangedRate
from micboard_tui.domain.channel import ChannelFacts
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import DeviceFault, DeviceKind
from micboard_tui.domain.meter_rate_watch import MeterRateWatch
from micboard_tui.domain.observation import Observation
from micboard_tui.domain.thresholds import CONNECT_TIMEOUT_S, READ_INTERVAL_S, SILENCE_LIMIT_S

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


class MeterRateMemory(Protocol):
    """The meter rates that we changed on one device and have not put back, also by a program that was killed.

    Raises nothing.
    """

    async def recall(self) -> Mapping[int, ChangedRate]:
        """What programs that are gone, or sessions that were lost, have left behind, by channel."""
        ...

    async def keep(self, rates: Mapping[int, ChangedRate]) -> None:
        """Keep what is changed next, in place of all that was kept of the device before."""
        ...

    async def leave_behind(self) -> None:
        """What is kept could not be put back: it is for the next session, of this program or another."""
        ...

    async def forget(self) -> None:
        """Everything is as it was before us."""
        ...


class NoMeterRates:
    """Remembers nothing. Implements ``MeterRateMemory``."""

    async def recall(self) -> Mapping[int, ChangedRate]:
        """Nothing."""
        return {}

    async def keep(self, rates: Mapping[int, ChangedRate]) -> None:
        """Does nothing."""

    async def leave_behind(self) -> None:
        """Does nothing."""

    async def forget(self) -> None:
        """Does nothing."""


NO_METER_RATES = NoMeterRates()


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How a session behaves towards the device."""

    meter_interval_s: float | None = None
    """The interval at which meters are requested; None: the driver's own default; 0: no metering."""
    connect_timeout_s: float = CONNECT_TIMEOUT_S
    silence_limit_s: float = SILENCE_LIMIT_S
    """A device that sends nothing for longer counts as gone."""
    read_interval_s: float = READ_INTERVAL_S
    """How often to read what streams in unasked, where the driver reads by a timer."""
    access: Access = NO_ACCESS
    """Secret and certificate of the device."""
    known_model: str | None = None
    """What the device was when it was last heard, for the cure where it does not let us in."""
    meter_rates: MeterRateMemory = NO_METER_RATES
    """What is to be put back on the device, where its meter rate outlives us."""
    wire: Wire = DIRECT
    """What comes between the driver and the device."""


class Driver(Protocol):
    """A session with one device."""

    async def run(self, report: Report) -> NoReturn:
        """Connect, subscribe and report until cancelled; ends otherwise only by raising DeviceError.

        Whatever ends it, metering is switched off and the connection closed.
        """
        ...

    async def execute(self, command: Command) -> Confirmation:
        """Send a command through the running session and wait until the device confirms it.

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
    """A device that a search found."""

    host: str
    port: int
    manufacturer: str
    driver: str | None
    """None: no driver supports it; then the fault says what it is and what else to do."""
    model: str | None
    own_name: str | None
    kind: DeviceKind | None = None
    via: str = "probe"
    """How it was found: probe, slp, mdns, broadcast."""
    fault: DeviceFault | None = None
    """Why it cannot be read as it is; None: no reason is known."""
    answered: bool = False
    """Whether it answered a probe or a check; else it was only announced."""
    rf_band: str | None = None

    @property
    def can_be_added(self) -> bool:
        """Whether it can be registered, at its own address and with a driver that is there."""
        return self.driver is not None and (
            self.fault is None or self.fault.code != ErrorCode.DRIVER_NOT_SUPPORTED
        )

    def complete_from(self, other: "FoundDevice") -> "FoundDevice":
        """The same, with what only ``other``, an answer of the same device, says of it."""
        return replace(
            self,
            model=self.model or other.model,
            own_name=self.own_name or other.own_name,
            kind=self.kind or other.kind,
            rf_band=self.rf_band or other.rf_band,
        )


@dataclass(frozen=True, slots=True)
class Interface:
    """An IPv4 address of this machine, on which a search can listen and send."""

    address: str
    prefix: int
    """Length of the network prefix, in bits."""
    name: str
    """The name that the system gives the interface."""


class CommandCheck(Protocol):
    """Checks a command by what is known of the device without a connection. Pure, sends nothing."""

    def __call__(self, command: Command, model: str | None, channels: Collection[int], /) -> None:
        """Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED, as ``Driver.execute`` would.

        ``model`` is what the device reported last. A driver of several families checks nothing where the
        model is None or of no family that it knows. ``channels`` are those that the device may have.
        """
        ...


class WatchRates(Protocol):
    """Watches whether another program changes the meter rate of a device, and changes nothing itself."""

    async def __call__(self, host: str, port: int, watch_s: float, timeout_s: float, /) -> MeterRateWatch:
        """Connect, ask for the rates, and listen for so long. Raises DeviceError."""
        ...


@dataclass(frozen=True, slots=True)
class DescribedCommand:
    """A command as it will be sent."""

    messages: tuple[str, ...]
    """What goes out, in order, as text; a running number that a message may have is left out."""
    switches_carrier: bool = False
    """Whether it switches the carrier of a transmitter on or off."""
    synced_by: str = ""
    """How a pack learns what was set on its receiver, as "by IR"; empty: it is not known of the device."""
    value: str = ""
    """The value that is sent, as ``Confirmation.value`` writes it: a name in capitals where the device takes
    no other. Empty: the one asked for."""


class CommandDescriber(Protocol):
    """Makes of a command what would be sent, by the code that encodes what is sent. Pure, sends nothing."""

    def __call__(
        self, command: Command, model: str | None, channels: Mapping[int, Mapping[str, str]], /
    ) -> DescribedCommand:
        """Raises DeviceError INVALID_VALUE, COMMAND_NOT_SUPPORTED or DEVICE_REFUSED as ``Driver.execute``.

        DEVICE_UNREACHABLE: the device was never read, so what is to be sent is not known yet.
        ``channels``: by number, the properties that were received of each, by name as
        ``ChannelFacts.raw`` has them.
        """
        ...


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """A driver: how devices of one kind are reached, and what they need for it."""

    name: str
    title: str
    default_port: int
    open: Callable[[str, int, SessionOptions], Driver]
    """Makes a driver for a host and port; connects nothing."""
    secret: str | None = None
    """The kind of secret it needs, as users call it ("password", "API key"); None: none."""
    user: str | None = None
    """The user whose password it is, where the device has users."""
    never_reports: str = ""
    """What it never reports although other devices of its kind do, as a text for users; empty: nothing."""
    has_certificate: bool = False
    """Whether the device identifies itself by a certificate that the user has to trust."""
    certificate: Callable[[str, int, float], Awaitable[str]] | None = None
    """Fetches the certificate that a host and port present now, within so many seconds; returns its
    SHA-256, 64 lower-case hex digits. Sends no secret. Raises DeviceError."""
    check_command: CommandCheck | None = None
    """None: commands are checked by the session alone."""
    describe_command: CommandDescriber | None = None
    """None: what is sent cannot be shown before."""
    is_datagram: bool = False
    """Whether it speaks by UDP, so that a connection to the port shows nothing of the device."""
    watch_rates: WatchRates | None = None
    """None: the rate of meters belongs to each program by itself."""
    find_rate: Callable[[ChannelFacts], int | None] | None = None
    """The rate of meters in milliseconds that the device reported last for a channel, set by any program."""


class Probe(Protocol):
    """Asks an address what it is, with questions that change nothing on a device."""

    async def __call__(self, host: str, port: int | None, timeout_s: float, /) -> FoundDevice | None:
        """The device that answers there; None when none of this manufacturer does. Raises nothing."""
        ...


class Discover(Protocol):
    """Listens for devices that announce themselves, and calls for them where the protocol has a call."""

    async def __call__(
        self, found: Callable[[FoundDevice], None], interface: str | None, timeout_s: float, /
    ) -> None:
        """Call ``found`` with every announced device, perhaps more than once, and return in time.

        ``interface`` is the address of this machine to do it on; None: all. Raises nothing.
        """
        ...


class Check(Protocol):
    """Asks an announced device whether it can be read, with questions that change nothing."""

    async def __call__(self, found: FoundDevice, timeout_s: float, /) -> FoundDevice:
        """The same device with its answers, or with the fault for which it cannot be read. Raises nothing."""
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
    """None: announced devices are listed without a check."""


@dataclass(frozen=True, slots=True)
class PluginState:
    """An installed plugin: usable, or why not."""

    code: str
    package: str
    """Name and version of the package that contains it."""
    manufacturer: Manufacturer | None
    """None: it cannot be used."""
    error: ErrorInfo | None = None
    """Why it cannot be used."""


class ManufacturerRegistry(Protocol):
    """The plugins that are installed."""

    def codes(self) -> Sequence[str]:
        """The codes of all manufacturers, sorted; loads none of them."""
        ...

    def get(self, code: str) -> Manufacturer:
        """Load one, once.

        Raises MicboardError MANUFACTURER_NOT_SUPPORTED: no plugin has that code (the hint lists the known
        ones), or its plugin is broken, in any way (the hint names the package to update).
        """
        ...
