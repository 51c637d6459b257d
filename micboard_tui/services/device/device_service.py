"""Devices: registers, lists, reads and commands them. Implements ``DeviceContract``."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

import anyio

from micboard_tui.contracts.device import (
    ALL_DEVICES,
    LISTEN,
    DeviceChange,
    DeviceQuery,
    DeviceRepository,
    Findings,
    Search,
    SyncReport,
    Told,
)
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.ports import (
    Interface,
    ManufacturerRegistry,
    SessionOptions,
    WallClock,
)
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.secrets import RefusalMemory, SecretStore
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.observation import FactsHeard, MetersHeard, Observation
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.device.certificate import shown_fingerprint
from micboard_tui.services.device.driver_detection import as_it_says, spec_of
from micboard_tui.services.device.lookup import check_free, found, not_found
from micboard_tui.services.device.state_correction import Correction, checked, corrected
from micboard_tui.services.discovery.found_devices import Registered
from micboard_tui.services.discovery.network_search import MAX_FOUND, discover, quiet
from micboard_tui.services.discovery.own_networks import Network, places
from micboard_tui.services.error_translation import answers, unwrapped
from micboard_tui.services.field_validation import (
    clean_fingerprint,
    clean_host,
    clean_name,
    clean_port,
    is_address,
)
from micboard_tui.services.steps import Journal
from micboard_tui.services.synchronization.driver_opener import Opener
from micboard_tui.services.synchronization.read_once import Reader, unreadable

READ_TIMEOUT_S = 10.0

Resolve: TypeAlias = Callable[[str], Awaitable[None]]
"""Asks the name service about a host. Raises DeviceError HOST_NOT_RESOLVED."""


class Present(Protocol):
    """What this service needs of the live state."""

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        """One device as it is now; None when it is not shown."""
        ...

    def heard(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        """Take what was reported of a device."""
        ...

    def status(self, device_id: DeviceId, status: DeviceStatus, fault: DeviceFault | None = None) -> None:
        """A device came or went."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the service needs besides its own records."""

    manufacturers: ManufacturerRegistry
    live: Present
    resolve: Resolve
    clock: WallClock
    options: SessionOptions
    synchronization: SynchronizationContract | None = None
    """None: no sessions will run."""
    journal: Journal | None = None
    """None: what is removed cannot be brought back."""
    network: Network = field(default_factory=Network)
    secrets: SecretStore | None = None
    """None: no device asks for any."""
    refusals: RefusalMemory | None = None
    """None: nobody remembers them."""


class DeviceService:
    def __init__(
        self, devices: DeviceRepository, locations: LocationContract, surroundings: Surroundings
    ) -> None:
        self._devices, self._locations = devices, locations
        self._around = surroundings
        self._opener = Opener(
            surroundings.manufacturers, surroundings.options, surroundings.secrets, surroundings.refusals
        )
        self._reader = Reader(self._opener, surroundings.clock)

    @answers
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
    ) -> ServiceResult[Device]:
        maker = self._around.manufacturers.get(manufacturer.strip().lower())
        spec, warning = spec_of(maker, driver), None
        at, on = clean_host(host), clean_port(spec.default_port if port is None else port)
        called = clean_name(name, "A device") if name and name.strip() else None
        trusted = clean_fingerprint(fingerprint or "")
        known = await self._devices.all()
        check_free(known, at, on)
        await self._resolve(at)
        taken = Registered((each.host, each.port) for each in known)
        if driver is None and len(maker.drivers) > 1 and not taken.is_listened_to(at, maker):
            spec, on, warning = await as_it_says(maker, at, port)
        device = Device(
            DeviceId(secrets.token_hex(4)),
            maker.code,
            spec.name,
            at,
            on,
            called,
            await self._location(location),
            max((each.position for each in known), default=0) + 1,
            trusted,
        )
        await self._devices.add(device)
        await self._changed()
        return Success(device, warning=warning)

    @answers
    async def update(self, device_id: DeviceId, change: DeviceChange) -> ServiceResult[Device]:
        device = await self._get(device_id)
        if change.name is not None:
            called = clean_name(change.name, "A device") if change.name.strip() else None
            device = replace(device, name=called)
        if change.port is not None:
            device = replace(device, port=clean_port(change.port))
        if change.host is not None:
            device = replace(device, host=clean_host(change.host))
            await self._resolve(device.host)
        check_free(await self._devices.all(), device.host, device.port, besides=device_id)
        if change.location is not None:
            device = replace(device, location_id=await self._location(change.location))
        if change.fingerprint is not None:
            device = replace(device, fingerprint=clean_fingerprint(change.fingerprint))
        await self._devices.save(device)
        await self._changed()
        return Success(device)

    @answers
    async def certificate(self, device_id: DeviceId) -> ServiceResult[str]:
        device = await self._get(device_id)
        return Success(await shown_fingerprint(self._opener.spec(device), device, self._around.options))

    @answers
    async def trust(self, device_id: DeviceId, fingerprint: str) -> ServiceResult[Device]:
        device = await self._get(device_id)
        changed = replace(device, fingerprint=clean_fingerprint(fingerprint))
        if changed == device:
            if self._around.synchronization is not None:
                # It is the one that was trusted before: the device has come back.
                await self._around.synchronization.retry(device_id)
        elif (journal := self._around.journal) is not None:
            await journal.trust(device, changed.fingerprint, device.name or device.host)
        else:
            await self._devices.save(changed)
            await self._changed()
        return Success(changed)

    @answers
    async def remove(self, device_id: DeviceId) -> ServiceResult[Device]:
        device = await self._get(device_id)
        if (journal := self._around.journal) is not None:
            await journal.remove(device, device.name or device.host)
        else:
            await self._devices.remove(device_id)
            await self._changed()
        return Success(device)

    @answers
    async def find(self, words: str) -> ServiceResult[Device]:
        return Success(found(await self._devices.query(ALL_DEVICES), words.strip()))

    @answers
    async def list_devices(
        self, filters: DeviceQuery = ALL_DEVICES
    ) -> ServiceResult[Sequence[DeviceSnapshot]]:
        return Success(await self._devices.query(filters))

    @answers
    async def get_device_status(self, device_id: DeviceId) -> ServiceResult[DeviceSnapshot]:
        return Success(await self._known(device_id))

    @answers
    async def update_device_state(
        self,
        device_id: DeviceId,
        channel: int,
        *,
        battery_percent: int | None = None,
        rf_dbm: float | None = None,
        is_online: bool | None = None,
    ) -> ServiceResult[DeviceSnapshot]:
        known = await self._known(device_id)
        correction = checked(Correction(channel, battery_percent, rf_dbm, is_online), known)
        after = corrected(known, correction, self._around.clock())
        self._show(after, correction)
        await self._devices.store([after.state], after.channels)
        return Success(after)

    @answers
    async def sync_device(self, manufacturer_code: str, device_id: DeviceId) -> ServiceResult[DeviceSnapshot]:
        self._around.manufacturers.get(manufacturer_code)
        known = await self._devices.query(ALL_DEVICES.only(device_id).of(manufacturer_code))
        if not known:
            raise not_found(f"No device of {manufacturer_code} has the id '{visible(device_id)}'")
        snapshot = (await self._read(known, READ_TIMEOUT_S))[0]
        if snapshot.state.fault is not None:
            raise unreadable(snapshot.state.fault)
        return Success(snapshot)

    @answers
    async def sync_all_devices(
        self, manufacturer_code: str | None = None, *, timeout_s: float = READ_TIMEOUT_S
    ) -> ServiceResult[SyncReport]:
        query = ALL_DEVICES
        if manufacturer_code is not None:
            query = query.of(self._around.manufacturers.get(manufacturer_code).code)
        known = await self._devices.query(query)
        return Success(SyncReport(tuple(await self._read(known, timeout_s))))

    @answers
    async def execute(self, device_id: DeviceId, command: Command) -> ServiceResult[Confirmation]:
        device = await self._get(device_id)
        sessions = self._around.synchronization
        done = await sessions.execute(device_id, command) if sessions is not None else None
        if done is None:
            done = await self._reader.execute(device, command)
        chosen = f"The device chose {visible(done.value)} instead" if done.adapted else None
        return Success(done, warning=chosen)

    @answers
    async def discover(self, search: Search = LISTEN, told: Told | None = None) -> ServiceResult[Findings]:
        network = self._around.network
        registered = Registered(await places(await self._devices.all(), network))
        findings = await discover(
            self._around.manufacturers, search, registered, network.interfaces(), told or quiet
        )
        too_many = None if findings.is_complete else f"There are more than {MAX_FOUND}; these were first"
        return Success(findings, warning=too_many)

    def interfaces(self) -> Sequence[Interface]:
        return self._around.network.interfaces()

    async def _get(self, device_id: DeviceId) -> Device:
        device = await self._devices.get(device_id)
        if device is None:
            raise not_found(f"No device has the id '{visible(device_id)}'")
        return device

    async def _known(self, device_id: DeviceId) -> DeviceSnapshot:
        """Live while a session has told of it, else as last stored."""
        live = self._around.live.device(device_id)
        if live is not None and live.state.status is not DeviceStatus.UNKNOWN:
            return live
        for stored in await self._devices.query(ALL_DEVICES.only(device_id)):
            return stored
        raise not_found(f"No device has the id '{visible(device_id)}'")

    async def _location(self, name: str | None) -> LocationId | None:
        """The id of the location of that name, made when missing."""
        if name is None or not name.strip():
            return None
        found = await self._locations.find(name)
        if not found.success and found.error.code is ErrorCode.LOCATION_NOT_FOUND:
            found = await self._locations.create(name)
        return unwrapped(found).id

    async def _resolve(self, host: str) -> None:
        if is_address(host):
            return
        try:
            with anyio.fail_after(self._around.options.connect_timeout_s):
                await self._around.resolve(host)
        except TimeoutError as error:
            raise DeviceError(
                ErrorCode.HOST_NOT_RESOLVED,
                f"The name service does not answer for {host}",
                hint="Use the address from the device's network menu",
            ) from error

    async def _changed(self) -> None:
        if self._around.synchronization is not None:
            await self._around.synchronization.refresh()

    async def _read(self, known: Sequence[DeviceSnapshot], timeout_s: float) -> Sequence[DeviceSnapshot]:
        """Ask, and store what came of it. A device in session is not asked: that goes on all the time."""
        live = {each.device.id: self._around.live.device(each.device.id) for each in known}
        told = {key: each for key, each in live.items() if each is not None and each.state.is_online}
        locations = unwrapped(await self._locations.list_locations())
        journal = self._around.journal
        said = await journal.said() if journal is not None else ()
        readings = await self._reader.read(
            [each for each in known if each.device.id not in told], locations, said, timeout_s
        )
        if readings.dropped:
            await self._devices.drop_channels(readings.dropped)
        await self._devices.store(
            [each.state for each in readings.devices],
            [channel for each in readings.devices for channel in each.channels],
        )
        told.update((each.device.id, each) for each in readings.devices)
        return [told[each.device.id] for each in known]

    def _show(self, after: DeviceSnapshot, correction: Correction) -> None:
        """Let whoever looks at the live state see it too, where there is one."""
        device_id, live = after.device.id, self._around.live
        shown = live.device(device_id)
        if shown is None or shown.state.status is DeviceStatus.UNKNOWN:
            return
        if correction.is_online is False:
            live.status(device_id, DeviceStatus.OFFLINE)
        elif after.state.is_online:
            changed = [each for each in after.channels if each.number == correction.channel]
            facts = [FactsHeard(each.number, each.facts) for each in changed]
            live.heard(device_id, [*facts, *(MetersHeard(each.number, each.meters) for each in changed)])
