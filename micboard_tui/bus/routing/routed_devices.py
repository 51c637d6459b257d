"""Devices of a site with collectors: implements ``DeviceContract`` where the record is.

What concerns the record is done here, by ``record``. What speaks with a device goes to the collector that
holds it, and what asks a network to one that is in it, in the name of who asked; its progress comes back, and
it is cancelled there when it is cancelled here.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from micboard_tui.bus.routing.collectors import Collector, Collectors
from micboard_tui.bus.routing.side_by_side import ask_all
from micboard_tui.contracts.bus_errors import (
    describe_ended_collector,
    describe_missing_collector,
    describe_unheld_device,
)
from micboard_tui.contracts.device import (
    ALL_DEVICES,
    LISTEN,
    DeviceChange,
    DeviceContract,
    DeviceQuery,
    Findings,
    FindingsListener,
    Search,
    SyncReport,
)
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import DeviceId

T = TypeVar("T")


class RoutedDevices:
    def __init__(self, record: DeviceContract, collectors: Collectors) -> None:
        self._record, self._collectors = record, collectors

    # The record.

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
        return await self._record.register(
            manufacturer,
            host,
            driver=driver,
            port=port,
            name=name,
            location=location,
            fingerprint=fingerprint,
            zone=zone,
            actor=actor,
        )

    async def update(self, device_id: DeviceId, change: DeviceChange, *, actor: str) -> ServiceResult[Device]:
        return await self._record.update(device_id, change, actor=actor)

    async def trust(self, device_id: DeviceId, fingerprint: str, *, actor: str) -> ServiceResult[Device]:
        return await self._record.trust(device_id, fingerprint, actor=actor)

    async def remove(self, device_id: DeviceId, *, actor: str) -> ServiceResult[Device]:
        return await self._record.remove(device_id, actor=actor)

    async def find(self, name: str) -> ServiceResult[Device]:
        return await self._record.find(name)

    async def list_devices(
        self, filters: DeviceQuery = ALL_DEVICES
    ) -> ServiceResult[Sequence[DeviceSnapshot]]:
        return await self._record.list_devices(filters)

    async def get_device_status(self, device_id: DeviceId) -> ServiceResult[DeviceSnapshot]:
        return await self._record.get_device_status(device_id)

    async def check_command(self, device_id: DeviceId, command: Command) -> ServiceResult[DeviceSnapshot]:
        return await self._record.check_command(device_id, command)

    # Devices.

    async def fetch_certificate(self, device_id: DeviceId) -> ServiceResult[str]:
        found = await self._collectors.reach(device_id, self._record)
        if not found.success:
            return found
        return self._name_ended(found.data, await found.data.devices.fetch_certificate(device_id))

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
        holder = self._collectors.holder_of(device_id)
        # What nobody reads is corrected in the record alone.
        devices = self._record if holder is None else holder.devices
        answer = await devices.update_device_state(
            device_id,
            channel,
            battery_percent=battery_percent,
            rf_dbm=rf_dbm,
            is_online=is_online,
            actor=actor,
        )
        return answer if holder is None else self._name_ended(holder, answer)

    async def sync_device(self, manufacturer_code: str, device_id: DeviceId) -> ServiceResult[DeviceSnapshot]:
        found = await self._collectors.reach(device_id, self._record)
        if not found.success:
            return found
        answer = await found.data.devices.sync_device(manufacturer_code, device_id)
        return self._name_ended(found.data, answer)

    async def sync_all_devices(
        self, manufacturer_code: str | None = None, *, timeout_s: float = 10.0
    ) -> ServiceResult[SyncReport]:
        query = ALL_DEVICES if manufacturer_code is None else ALL_DEVICES.of(manufacturer_code)
        known = await self._record.list_devices(query)
        if not known.success:
            return known
        answers = await ask_all(
            self._collectors.all(),
            lambda each: each.devices.sync_all_devices(manufacturer_code, timeout_s=timeout_s),
        )
        failures = [answer for _, answer in answers if not answer.success]
        read = {
            snapshot.device.id: snapshot
            for _, answer in answers
            if answer.success
            for snapshot in answer.data.devices
        }
        if failures and not read:
            return failures[0]
        warning = None if not failures else "; ".join(each.error.message for each in failures)
        devices = (read.get(each.device.id) or self._describe_unread(each) for each in known.data)
        return Success(SyncReport(tuple(devices)), warning=warning)

    async def execute(
        self, device_id: DeviceId, command: Command, *, actor: str
    ) -> ServiceResult[Confirmation]:
        found = await self._collectors.reach(device_id, self._record)
        if not found.success:
            return found
        answer = await found.data.devices.execute(device_id, command, actor=actor)
        return self._name_ended(found.data, answer)

    # Networks.

    async def discover(
        self, search: Search = LISTEN, listener: FindingsListener | None = None
    ) -> ServiceResult[Findings]:
        found = self._collectors.of_zone(search.zone)
        if not found.success:
            return found
        answer = await found.data.devices.discover(replace(search, zone=""), listener)
        return self._name_ended(found.data, answer)

    async def probe(
        self, manufacturer: str, host: str, *, port: int | None = None, zone: str = ""
    ) -> ServiceResult[FoundDevice | None]:
        found = self._collectors.of_zone(zone)
        if not found.success:
            return found
        return self._name_ended(found.data, await found.data.devices.probe(manufacturer, host, port=port))

    async def check_host(self, host: str, *, zone: str = "") -> ServiceResult[None]:
        found = self._collectors.of_zone(zone)
        if not found.success:
            return found
        return self._name_ended(found.data, await found.data.devices.check_host(host))

    async def list_interfaces(self, zone: str = "") -> ServiceResult[Sequence[Interface]]:
        found = self._collectors.of_zone(zone)
        if not found.success:
            return found
        return self._name_ended(found.data, await found.data.devices.list_interfaces())

    def _name_ended(self, collector: Collector, answer: ServiceResult[T]) -> ServiceResult[T]:
        """The answer, where the collector has not just ended."""
        if answer.success or answer.error.code is not ErrorCode.NOT_SERVED:
            return answer
        return Failure(describe_ended_collector(self._collectors.zone_of(collector)))

    def _describe_unread(self, known: DeviceSnapshot) -> DeviceSnapshot:
        """A device that no collector has read, with why."""
        zone = known.device.zone
        is_reached = any(sign.zone == zone for sign in self._collectors.heard.values())
        info = describe_unheld_device() if is_reached else describe_missing_collector(zone)
        fault = DeviceFault(info.code.value, info.message, info.hint)
        return replace(known, state=replace(known.state, status=DeviceStatus.OFFLINE, fault=fault))
