"""Devices: registering, listing, synchronizing and commanding them; and the query language for it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.problem_start import ProblemStart
from micboard_tui.domain.thresholds import DEFAULT_BATTERY_THRESHOLDS, BatteryThresholds


@dataclass(frozen=True, slots=True)
class DeviceQuery:
    """Which devices and channels to list. Chain the methods; each narrows further. Runs in SQL.

    ``DeviceQuery().online().of("shure").low_battery(20)``
    """

    ids: frozenset[DeviceId] | None = None
    is_online: bool | None = None
    location: LocationId | None = None
    """This location and everything below it."""
    manufacturer: str | None = None
    low_battery_thresholds: BatteryThresholds | None = None
    """Keeps channels whose battery is *known* to be low by these; unknown is not low and not fine."""
    battery_unknown: bool = False
    """Keeps channels with a transmitter whose battery is unknown."""

    def only(self, *ids: DeviceId) -> "DeviceQuery":
        """These devices."""
        return replace(self, ids=frozenset(ids))

    def online(self) -> "DeviceQuery":
        """Devices that answered when last asked, within the seconds in which a running process asks again."""
        return replace(self, is_online=True)

    def offline(self) -> "DeviceQuery":
        """Devices that did not, were never asked, or were asked too long ago to know."""
        return replace(self, is_online=False)

    def at(self, location: LocationId) -> "DeviceQuery":
        """Devices at this location or below it."""
        return replace(self, location=location)

    def of(self, manufacturer: str) -> "DeviceQuery":
        """Devices of one manufacturer, by its code."""
        return replace(self, manufacturer=manufacturer)

    def low_battery(
        self, percent: int | None = None, thresholds: BatteryThresholds = DEFAULT_BATTERY_THRESHOLDS
    ) -> "DeviceQuery":
        """Channels whose battery is low or critical, judged as everywhere (``domain.battery``).

        ``percent`` replaces the threshold for packs that are judged by percent.
        """
        by = thresholds if percent is None else thresholds.with_low_percent(percent)
        return replace(self, low_battery_thresholds=by)

    def unknown_battery(self) -> "DeviceQuery":
        """Channels whose transmitter does not tell its battery."""
        return replace(self, battery_unknown=True)


ALL_DEVICES = DeviceQuery()


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """What to change of a registered device. A field left out is left alone."""

    name: str | None = None
    """The empty string takes the user's name away."""
    host: str | None = None
    port: int | None = None
    location: str | None = None
    """A location by name, made when missing; the empty string takes the device out of its location."""
    fingerprint: str | None = None
    """SHA-256 of the certificate that the user trusts, in any usual form; the empty string: none."""
    out_of_service: bool | None = None
    """Whether nothing of it is an alarm, as of one in repair."""
    zone: str | None = None
    """The part of the network in which it is reached; the empty string: the default one."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one pass over some devices gave: every device is listed, reached or not."""

    devices: tuple[DeviceSnapshot, ...] = field(default=())

    @property
    def failed(self) -> tuple[DeviceSnapshot, ...]:
        """The devices that did not answer, or not completely."""
        return tuple(
            device for device in self.devices if not device.state.is_online or device.state.fault is not None
        )


@dataclass(frozen=True, slots=True)
class Search:
    """Where and how long to look for devices that are not registered."""

    targets: tuple[str, ...] = ()
    """Addresses, host names or networks (``10.0.0.0/24``) to probe, at most 1024 addresses; none: only
    listen."""
    interfaces: tuple[str, ...] = ()
    """Own addresses on which to listen; none: all."""
    timeout_s: float = 5.0
    """How long to listen, 0.2 to 60 s. A device that is asked has a second of it at most."""
    zone: str = ""
    """The part of the network that is searched; the empty text: the default one, or the only one."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search has found so far."""

    devices: tuple[FoundDevice, ...] = ()
    """Sorted by address, without registered devices."""
    interfaces: tuple[Interface, ...] = ()
    """The interfaces on which the search listened."""
    asked: int = 0
    """The number of addresses and announced devices that were asked."""
    to_ask: int = 0
    """The number of addresses and announced devices, asked or not."""
    is_complete: bool = True
    """Whether ``devices`` holds all that were found; at most 256 are listed."""


LISTEN = Search()

FindingsListener: TypeAlias = Callable[[Findings], None]
"""Called with everything found so far whenever there is news. Never waits."""


class DeviceContract(Protocol):
    """All answers are ServiceResults; the codes that a method can give stand in its docstring."""

    async def register(  # noqa: PLR0913 - what a form asks for
        self,
        manufacturer: str,
        host: str,
        *,
        driver: str | None = None,
        port: int | None = None,
        name: str | None = None,
        location: str | None = None,
        fingerprint: str | None = None,
        zone: str | None = None,
        actor: str,
    ) -> ServiceResult[Device]:
        """Add a device, and its location where that is missing, in one step. The device need not answer.

        Without a driver the device is asked which one speaks to it, where the manufacturer has several;
        when it does not say, a warning tells which was taken.
        ``fingerprint``: SHA-256 of the certificate that the user trusts, in any usual form. ``zone``: the
        part of the network in which it is reached; None: the default one.

        MANUFACTURER_NOT_SUPPORTED, DRIVER_NOT_SUPPORTED, COMMAND_NOT_SUPPORTED (a fingerprint, and it has no
        certificate), INVALID_VALUE, HOST_NOT_RESOLVED, DEVICE_EXISTS, DATABASE_*.
        """
        ...

    async def update(self, device_id: DeviceId, change: DeviceChange, *, actor: str) -> ServiceResult[Device]:
        """Change what is given, leave the rest. One step.

        DEVICE_NOT_FOUND, DEVICE_EXISTS, HOST_NOT_RESOLVED, INVALID_VALUE, COMMAND_NOT_SUPPORTED (as
        ``trust``).
        """
        ...

    async def fetch_certificate(self, device_id: DeviceId) -> ServiceResult[str]:
        """The SHA-256 of the certificate that the device shows now, as 64 lower-case hex digits.

        Nothing is trusted by that. DEVICE_NOT_FOUND, MANUFACTURER_NOT_SUPPORTED, DRIVER_NOT_SUPPORTED,
        COMMAND_NOT_SUPPORTED (it has none), DEVICE_UNREACHABLE, DEVICE_REFUSED, HOST_NOT_RESOLVED.
        """
        ...

    async def trust(self, device_id: DeviceId, fingerprint: str, *, actor: str) -> ServiceResult[Device]:
        """Take a certificate for the device's own from now on, and try its session again at once. One step.

        ``fingerprint`` in any usual form; empty: none. DEVICE_NOT_FOUND, INVALID_VALUE, COMMAND_NOT_SUPPORTED
        (it has no certificate), MANUFACTURER_NOT_SUPPORTED, DRIVER_NOT_SUPPORTED.
        """
        ...

    async def remove(self, device_id: DeviceId, *, actor: str) -> ServiceResult[Device]:
        """Forget a device, its channels and readings; answers with what was removed. One step.

        Undo brings it back with its assignments, under the same id. DEVICE_NOT_FOUND.
        """
        ...

    async def find(self, name: str) -> ServiceResult[Device]:
        """The one device that ``name`` means: its id or the start of it, name, host or host:port.

        DEVICE_NOT_FOUND when none does, INVALID_VALUE when several do (the hint lists them).
        """
        ...

    async def list_devices(
        self, filters: DeviceQuery = ALL_DEVICES
    ) -> ServiceResult[Sequence[DeviceSnapshot]]:
        """What the database last knew of the devices that match; asks no device. DATABASE_*."""
        ...

    async def get_device_status(self, device_id: DeviceId) -> ServiceResult[DeviceSnapshot]:
        """What is known of one device: live while it is synchronized, else from the database.

        DEVICE_NOT_FOUND.
        """
        ...

    async def update_device_state(
        self,
        device_id: DeviceId,
        channel: int,
        *,
        battery_percent: int | None = None,
        rf_dbm: float | None = None,
        is_online: bool | None = None,
        actor: str,
    ) -> ServiceResult[DeviceSnapshot]:
        """Take a reading from elsewhere. Changes nothing that is not given.

        DEVICE_NOT_FOUND, INVALID_VALUE (battery beyond 0 to 100, RF beyond -150 to +20 dBm, or a
        channel that the device does not have).
        """
        ...

    async def sync_device(self, manufacturer_code: str, device_id: DeviceId) -> ServiceResult[DeviceSnapshot]:
        """Ask one device for everything once, and store it.

        MANUFACTURER_NOT_SUPPORTED, DEVICE_NOT_FOUND, and what the device may fail with:
        DEVICE_UNREACHABLE, DEVICE_REFUSED, DEVICE_SILENT, HOST_NOT_RESOLVED, API_ERROR.
        """
        ...

    async def sync_all_devices(
        self, manufacturer_code: str | None = None, *, timeout_s: float = 10.0
    ) -> ServiceResult[SyncReport]:
        """Ask all devices (of one manufacturer) once, side by side, and store what they say.

        A device that does not answer within ``timeout_s`` is in the report with its error.
        MANUFACTURER_NOT_SUPPORTED.
        """
        ...

    async def check_command(self, device_id: DeviceId, command: Command) -> ServiceResult[DeviceSnapshot]:
        """Whether the device could do it, as far as that is known without asking it; answers the device.

        DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND, INVALID_VALUE, COMMAND_NOT_SUPPORTED,
        MANUFACTURER_NOT_SUPPORTED, DRIVER_NOT_SUPPORTED.
        """
        ...

    async def execute(
        self, device_id: DeviceId, command: Command, *, actor: str
    ) -> ServiceResult[Confirmation]:
        """Have a device do something, and wait until it says that it did.

        DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND, INVALID_VALUE, COMMAND_NOT_SUPPORTED, DEVICE_REFUSED,
        DEVICE_UNREACHABLE, COMMAND_UNCONFIRMED.
        """
        ...

    async def discover(
        self, search: Search = LISTEN, listener: FindingsListener | None = None
    ) -> ServiceResult[Findings]:
        """Listen for devices that announce themselves, and probe the targets.

        An announced device is asked once whether it can be read; ``listener`` gets the findings so far.
        No meters are requested, and registered devices are neither asked nor listed. A warning says when
        there were more devices than can be listed. INVALID_VALUE, HOST_NOT_RESOLVED, NAME_SERVICE_SILENT,
        NO_COLLECTOR.
        """
        ...

    async def probe(
        self, manufacturer: str, host: str, *, port: int | None = None, zone: str = ""
    ) -> ServiceResult[FoundDevice | None]:
        """Ask once what answers at an address, and so which driver speaks to it; None: nothing that says so.

        ``port``: None: the usual ones. MANUFACTURER_NOT_SUPPORTED, HOST_NOT_RESOLVED, NAME_SERVICE_SILENT,
        INVALID_VALUE, NO_COLLECTOR.
        """
        ...

    async def check_host(self, host: str, *, zone: str = "") -> ServiceResult[None]:
        """Ask the name service of a zone whether a name has an address; asks no device.

        HOST_NOT_RESOLVED, NAME_SERVICE_SILENT, INVALID_VALUE, NO_COLLECTOR.
        """
        ...

    async def list_interfaces(self, zone: str = "") -> ServiceResult[Sequence[Interface]]:
        """The interfaces that a search of a zone can choose from, of the machine that searches.

        INVALID_VALUE, NO_COLLECTOR.
        """
        ...


class DeviceRepository(Protocol):
    """Registered devices, which only steps change, and their last known states.

    All methods raise StorageError.
    """

    async def get(self, device_id: DeviceId) -> Device | None:
        """One device."""
        ...

    async def all(self) -> Sequence[Device]:
        """All devices in rack order (position, then host and port)."""
        ...

    async def query(self, query: DeviceQuery) -> Sequence[DeviceSnapshot]:
        """Devices with their last known state and channels. Always the same number of statements."""
        ...

    async def store(
        self,
        devices: Sequence[DeviceState],
        channels: Sequence[ChannelState],
        problems: Sequence[ProblemStart] | None = None,
        judged: Collection[DeviceId] | None = None,
    ) -> None:
        """Remember states as the last known ones, in one transaction. Unknown devices are skipped.

        ``problems`` replace those that are stored of the devices ``judged``, or of all where that is None;
        without ``problems`` these are left.
        """
        ...

    async def open_problems(self) -> Sequence[ProblemStart]:
        """The problems that were stored last, in no order."""
        ...

    async def drop_channels(self, refs: Sequence[ChannelRef]) -> None:
        """Forget channels that a device no longer has."""
        ...

    async def revision(self) -> str:
        """A text that changes with every step of any process."""
        ...
