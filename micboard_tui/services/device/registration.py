"""Which devices are registered, and how: every change is a step that undo knows.

Undoing a registration takes the device away, redoing it brings it back under the same id; a location that was
made on the way belongs to the same step. The name service and the device itself are asked before the lock of
the steps is taken, since they may take seconds; what they say is checked against the records afterwards.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from micboard_tui.contracts.device import ALL_DEVICES, DeviceChange
from micboard_tui.contracts.ports import ManufacturerRegistry
from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.device import Device, DeviceSnapshot, device_title
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.assignment.assignment_changes import changes_of_removal
from micboard_tui.services.device.certificate import require_certificate
from micboard_tui.services.device.device_network import DeviceNetwork
from micboard_tui.services.device.driver_detection import choose_driver, detect_driver
from micboard_tui.services.device.lookup import check_address_is_free, names_of_others
from micboard_tui.services.discovery.found_devices import Registered
from micboard_tui.services.field_validation import (
    clean_fingerprint,
    clean_host,
    clean_name,
    clean_port,
    clean_zone,
    is_address,
)
from micboard_tui.services.location.device_placement import (
    NOWHERE,
    place_devices,
    require_device,
    target_named,
)
from micboard_tui.services.records import Records
from micboard_tui.services.steps import PlannedStep, Steps


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What a person says of a device that is to be registered, as it was typed."""

    manufacturer: str
    host: str
    driver: str | None = None
    port: int | None = None
    name: str | None = None
    location: str | None = None
    fingerprint: str | None = None
    zone: str | None = None


class DeviceRegistration:
    """All methods raise MicboardError with the codes of ``DeviceContract``."""

    def __init__(
        self, records: Records, steps: Steps, manufacturers: ManufacturerRegistry, network: DeviceNetwork
    ) -> None:
        self._records, self._steps = records, steps
        self._manufacturers, self._network = manufacturers, network

    async def register(self, new: NewDevice, *, actor: str) -> tuple[Device, str | None]:
        """The registered device, and what its user should know of it."""
        manufacturer = self._manufacturers.get(new.manufacturer.strip().lower())
        spec = choose_driver(manufacturer, new.driver, new.port)
        host = clean_host(new.host)
        port = clean_port(spec.default_port if new.port is None else new.port)
        name, fingerprint = _clean_device_name(new.name or ""), clean_fingerprint(new.fingerprint or "")
        zone = clean_zone(new.zone or "")
        rack = await self._records.devices.all()
        check_address_is_free(rack, host, port)
        warning = await self._look_up(host, zone)
        registered = Registered((device.host, device.port) for device in rack)
        if (
            new.driver is None
            and len(manufacturer.drivers) > 1
            and not registered.is_listened_to(host, manufacturer)
        ):
            spec, port, warning = await detect_driver(self._network, manufacturer, host, new.port, zone)
        if fingerprint is not None:
            require_certificate(spec, f"{host}:{port}")
        async with self._steps.lock:
            rack = await self._records.devices.all()
            check_address_is_free(rack, host, port)
            target = NOWHERE
            if new.location is not None:
                target = target_named(await self._records.locations.all(), new.location)
            device = Device(
                DeviceId(secrets.token_hex(4)),
                manufacturer.code,
                spec.name,
                host,
                port,
                name,
                target.location.id if target.location is not None else None,
                max((other.position for other in rack), default=0) + 1,
                fingerprint,
                zone=zone,
            )
            changes = [*target.changes, Change(None, device)]
            await self._steps.make(
                PlannedStep(f"Device {visible(device_title(device))} added", changes), actor
            )
        return device, warning

    async def describe_namesakes(self, device: Device) -> str | None:
        """A warning when other devices have the name of this one; None when none has, or it has no name."""
        if not device.name:
            return None
        others = names_of_others(await self._rack(), device)
        if not others:
            return None
        verb = "is" if len(others) == 1 else "are"
        return f"{', '.join(others)} {verb} called {visible(device.name)}, too; another name tells them apart"

    async def update(
        self, device_id: DeviceId, change: DeviceChange, *, actor: str
    ) -> tuple[Device, str | None]:
        """The device as it is registered now, and what its user should know of it."""
        warning = None
        if change.host is not None:
            known = require_device(await self._rack(), device_id)
            warning = await self._look_up(clean_host(change.host), change.zone or known.device.zone)
        async with self._steps.lock:
            rack = await self._rack()
            known = require_device(rack, device_id)
            after = _edit(known.device, change)
            self._check_trust(known.device, after)
            others = [snapshot.device for snapshot in rack]
            check_address_is_free(others, after.host, after.port, besides=device_id)
            steps = [_edit_step(known, after)]
            if change.location is not None:
                target = target_named(await self._records.locations.all(), change.location)
                steps.append(place_devices(rack, [device_id], target))
                after = replace(after, location_id=target.location.id if target.location else None)
            made = [step for step in steps if step.changes]
            changes = [part for step in made for part in step.changes]
            await self._steps.make(PlannedStep(", ".join(step.text for step in made), changes), actor)
        return after, warning

    async def trust(self, device_id: DeviceId, fingerprint: str, *, actor: str) -> tuple[Device, bool]:
        """The device, and whether the certificate is another one than was trusted before."""
        trusted = clean_fingerprint(fingerprint)
        async with self._steps.lock:
            known = require_device(await self._rack(), device_id)
            before, after = known.device, replace(known.device, fingerprint=trusted)
            self._check_trust(before, after)
            if after != before:
                await self._steps.make(
                    PlannedStep(f"Certificate of {visible(known.title)} trusted", [Change(before, after)]),
                    actor,
                )
        return after, after != before

    async def remove(self, device_id: DeviceId, *, actor: str) -> Device:
        """The device that is gone, with what is recorded of its channels."""
        async with self._steps.lock:
            known = require_device(await self._rack(), device_id)
            device = known.device
            now = self._steps.clock()
            changes = [
                change
                for assignment in await self._records.assignments.assignments()
                if assignment.channel.device_id == device_id
                for change in changes_of_removal(assignment, now)
            ]
            changes.append(Change(device, None))
            await self._steps.make(PlannedStep(f"Device {visible(known.title)} removed", changes), actor)
        return device

    def _check_trust(self, before: Device, after: Device) -> None:
        """Raises COMMAND_NOT_SUPPORTED where a certificate is to be trusted of a device that has none."""
        if after.fingerprint not in (None, before.fingerprint):
            manufacturer = self._manufacturers.get(after.manufacturer)
            require_certificate(choose_driver(manufacturer, after.driver, None), after.address)

    async def _look_up(self, host: str, zone: str) -> str | None:
        """As ``DeviceNetwork.check_host``, which an address does not need."""
        return None if is_address(host) else await self._network.check_host(host, zone)

    async def _rack(self) -> Sequence[DeviceSnapshot]:
        """All devices with what they call themselves: a step names them as the board does."""
        return await self._records.devices.query(ALL_DEVICES)


def _clean_device_name(name: str) -> str | None:
    return clean_name(name, "A device") if name.strip() else None


def _edit(device: Device, change: DeviceChange) -> Device:
    """``device`` with what ``change`` gives; its location is a matter of its own."""
    if change.name is not None:
        device = replace(device, name=_clean_device_name(change.name))
    if change.port is not None:
        device = replace(device, port=clean_port(change.port))
    if change.host is not None:
        device = replace(device, host=clean_host(change.host))
    if change.fingerprint is not None:
        device = replace(device, fingerprint=clean_fingerprint(change.fingerprint))
    if change.out_of_service is not None:
        device = replace(device, out_of_service=change.out_of_service)
    if change.zone is not None:
        device = replace(device, zone=clean_zone(change.zone))
    return device


def _edit_step(known: DeviceSnapshot, after: Device) -> PlannedStep:
    before = known.device
    if before == after:
        return PlannedStep("", ())
    edits = []
    if before.name != after.name:
        edits.append(f"renamed to {after.name}" if after.name else "name removed")
    if (before.host, before.port) != (after.host, after.port):
        edits.append(f"address changed to {after.host}:{after.port}")
    if before.fingerprint != after.fingerprint:
        edits.append("certificate trusted" if after.fingerprint else "certificate no longer trusted")
    if before.out_of_service != after.out_of_service:
        edits.append("out of service" if after.out_of_service else "back in service")
    if before.zone != after.zone:
        edits.append(f"moved to zone {after.zone}")
    return PlannedStep(f"Device {visible(known.title)} {', '.join(edits)}", [Change(before, after)])
