"""Devices: registers, lists, reads, corrects and commands them. Implements ``DeviceContract``."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from micboard_tui.contracts.device import (
    ALL_DEVICES,
    LISTEN,
    DeviceChange,
    DeviceQuery,
    Findings,
    FindingsListener,
    Search,
    SyncReport,
)
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.command_values import is_as_asked
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.device.command_check import check_command
from micboard_tui.services.device.device_access import READ_TIMEOUT_S, DeviceAccess
from micboard_tui.services.device.live_devices import LiveDevices
from micboard_tui.services.device.lookup import find_device
from micboard_tui.services.device.registration import DeviceRegistration, NewDevice
from micboard_tui.services.device.state_correction import Correction, apply_correction, check_correction
from micboard_tui.services.device.stored_devices import StoredDevices, judge_age
from micboard_tui.services.discovery.device_search import DeviceSearch, ignore_findings
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.field_validation import clean_actor
from micboard_tui.services.not_found import unknown_device_id

log = structlog.get_logger(__name__)


class DeviceService:
    def __init__(
        self,
        stored: StoredDevices,
        live: LiveDevices,
        registration: DeviceRegistration,
        access: DeviceAccess,
        search: DeviceSearch,
    ) -> None:
        self._stored, self._live = stored, live
        self._devices, self._clock = stored.devices, stored.clock
        self._registration, self._access, self._search = registration, access, search

    @translate_errors
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
        new = NewDevice(manufacturer, host, driver, port, name, location, fingerprint, zone)
        device, warning = await self._registration.register(new, actor=actor)
        namesakes = await self._registration.describe_namesakes(device)
        return Success(device, warning=_join(warning, namesakes))

    @translate_errors
    async def update(self, device_id: DeviceId, change: DeviceChange, *, actor: str) -> ServiceResult[Device]:
        device, warning = await self._registration.update(device_id, change, actor=actor)
        namesakes = None if change.name is None else await self._registration.describe_namesakes(device)
        return Success(device, warning=_join(warning, namesakes))

    @translate_errors
    async def fetch_certificate(self, device_id: DeviceId) -> ServiceResult[str]:
        return Success(await self._access.fetch_certificate(await self._get(device_id)))

    @translate_errors
    async def trust(self, device_id: DeviceId, fingerprint: str, *, actor: str) -> ServiceResult[Device]:
        device, is_new = await self._registration.trust(device_id, fingerprint, actor=actor)
        if not is_new:
            # The device shows the certificate again that was trusted before.
            await self._access.retry(device_id)
        return Success(device)

    @translate_errors
    async def remove(self, device_id: DeviceId, *, actor: str) -> ServiceResult[Device]:
        return Success(await self._registration.remove(device_id, actor=actor))

    @translate_errors
    async def find(self, name: str) -> ServiceResult[Device]:
        return Success(find_device(await self._devices.query(ALL_DEVICES), name.strip()))

    @translate_errors
    async def list_devices(
        self, filters: DeviceQuery = ALL_DEVICES
    ) -> ServiceResult[Sequence[DeviceSnapshot]]:
        return Success(await self._stored.query(filters))

    @translate_errors
    async def get_device_status(self, device_id: DeviceId) -> ServiceResult[DeviceSnapshot]:
        snapshot = await self._newest_snapshot(device_id)
        return Success(judge_age(snapshot, self._clock(), self._stored.past_after_s))

    @translate_errors
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
        before = await self._newest_snapshot(device_id)
        correction = Correction(channel, battery_percent, rf_dbm, is_online)
        check_correction(correction, before)
        after = apply_correction(before, correction, self._clock())
        log.info("state_corrected", device=device_id, channel=channel, actor=clean_actor(actor))
        self._show_live(after, correction)
        await self._devices.store([after.state], after.channels)
        return Success(after)

    @translate_errors
    async def sync_device(self, manufacturer_code: str, device_id: DeviceId) -> ServiceResult[DeviceSnapshot]:
        return Success(await self._access.read_device(manufacturer_code, device_id))

    @translate_errors
    async def sync_all_devices(
        self, manufacturer_code: str | None = None, *, timeout_s: float = READ_TIMEOUT_S
    ) -> ServiceResult[SyncReport]:
        return Success(await self._access.read_all(manufacturer_code, timeout_s))

    @translate_errors
    async def check_command(self, device_id: DeviceId, command: Command) -> ServiceResult[DeviceSnapshot]:
        known = await self._newest_snapshot(device_id)
        check_command(command, known, self._access.command_check_of(known.device))
        return Success(known)

    @translate_errors
    async def execute(
        self, device_id: DeviceId, command: Command, *, actor: str
    ) -> ServiceResult[Confirmation]:
        known = await self._newest_snapshot(device_id)
        confirmation = await self._access.execute(known, command, clean_actor(actor))
        if not is_as_asked(command, confirmation.value):
            confirmation = replace(confirmation, adapted=True)
        adapted = f"The device has {visible(confirmation.value)} instead" if confirmation.adapted else None
        return Success(confirmation, warning=adapted)

    @translate_errors
    async def discover(
        self, search: Search = LISTEN, listener: FindingsListener | None = None
    ) -> ServiceResult[Findings]:
        findings, warning = await self._search.run(search, listener or ignore_findings)
        return Success(findings, warning=warning)

    @translate_errors
    async def probe(
        self, manufacturer: str, host: str, *, port: int | None = None, zone: str = ""
    ) -> ServiceResult[FoundDevice | None]:
        return Success(await self._search.probe(manufacturer, host, port, zone))

    @translate_errors
    async def check_host(self, host: str, *, zone: str = "") -> ServiceResult[None]:
        await self._search.check_host(host, zone)
        return Success(None)

    @translate_errors
    async def list_interfaces(self, zone: str = "") -> ServiceResult[Sequence[Interface]]:
        return Success(await self._search.list_interfaces(zone))

    async def _get(self, device_id: DeviceId) -> Device:
        if (device := await self._devices.get(device_id)) is None:
            raise unknown_device_id(device_id)
        return device

    async def _newest_snapshot(self, device_id: DeviceId) -> DeviceSnapshot:
        """The live status once a session has read the device, else the stored one."""
        live = self._live.device(device_id)
        if live is not None and live.state.status is not DeviceStatus.UNKNOWN:
            return live
        for stored in await self._devices.query(ALL_DEVICES.only(device_id)):
            return stored
        raise unknown_device_id(device_id)

    def _show_live(self, after: DeviceSnapshot, correction: Correction) -> None:
        """Let the live state have the correction too, where it shows the device."""
        device_id, live = after.device.id, self._live
        shown = live.device(device_id)
        if shown is None or shown.state.status is DeviceStatus.UNKNOWN:
            return
        if correction.is_online is False:
            live.status(device_id, DeviceStatus.OFFLINE)
        elif after.state.is_online:
            changed = [channel for channel in after.channels if channel.number == correction.channel]
            facts = [FactsHeard(channel.number, channel.facts) for channel in changed]
            meters = [MetersHeard(channel.number, channel.meters) for channel in changed]
            live.take_observations(device_id, [*facts, *meters])


def _join(*warnings: str | None) -> str | None:
    return ". ".join(filter(None, warnings)) or None
