"""Talks with registered devices on request: reads them once, sends a command, fetches a certificate.

A device that a session is open with is not connected to a second time: its readings are taken from the live
state, and commands go through its session, which connects anew where the device is not online.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from micboard_tui.contracts.device import ALL_DEVICES, SyncReport
from micboard_tui.contracts.errors import MicboardError, StorageError
from micboard_tui.contracts.ports import CommandCheck, ManufacturerRegistry
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.command_words import kind_of
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.judgement import judge_problems
from micboard_tui.domain.problem_start import ProblemStart, ProblemStarts
from micboard_tui.services.device.certificate import fetch_fingerprint
from micboard_tui.services.device.driver_check import safe_check
from micboard_tui.services.device.live_devices import LiveDevices
from micboard_tui.services.not_found import unknown_device_id
from micboard_tui.services.parallel import run_side_by_side
from micboard_tui.services.records import Records
from micboard_tui.services.synchronization.driver_opener import DriverOpener
from micboard_tui.services.synchronization.read_once import DeviceReader, Readings, error_of, late_fault
from micboard_tui.services.synchronization.session_lease import SessionLease

READ_TIMEOUT_S = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drivers:
    """What reaches a device without a session."""

    manufacturers: ManufacturerRegistry
    opener: DriverOpener
    reader: DeviceReader
    connect_timeout_s: float
    lease: SessionLease


class DeviceAccess:
    """All methods raise MicboardError with the codes of ``DeviceContract``."""

    def __init__(
        self,
        records: Records,
        live: LiveDevices,
        sessions: SynchronizationContract,
        drivers: Drivers,
    ) -> None:
        self._records, self._live = records, live
        self._sessions, self._drivers = sessions, drivers

    async def read_device(self, manufacturer_code: str, device_id: DeviceId) -> DeviceSnapshot:
        self._drivers.manufacturers.get(manufacturer_code)
        known = await self._records.devices.query(ALL_DEVICES.only(device_id).of(manufacturer_code))
        if not known:
            raise unknown_device_id(device_id, manufacturer_code)
        (snapshot,) = await self._read(known, READ_TIMEOUT_S)
        if snapshot.state.fault is not None:
            raise error_of(snapshot.state.fault)
        return snapshot

    async def read_all(self, manufacturer_code: str | None, timeout_s: float) -> SyncReport:
        query = ALL_DEVICES
        if manufacturer_code is not None:
            query = query.of(self._drivers.manufacturers.get(manufacturer_code).code)
        async with self._drivers.lease.held():
            if (held := self._drivers.opener.holding.held) is not None:
                query = query.only(*held)
            known = await self._records.devices.query(query)
            return SyncReport(tuple(await self._read(known, timeout_s)))

    async def execute(self, known: DeviceSnapshot, command: Command, actor: str) -> Confirmation:
        """Have a device do what ``actor`` asks for."""
        device, kind = known.device, kind_of(command)
        log.info("command_sent", device=device.host, command=kind, actor=actor)
        try:
            confirmation = await self._sessions.execute(device.id, command)
            if confirmation is None:
                confirmation = await self._drivers.reader.execute(device, command)
        except MicboardError as error:
            log.info("command_failed", device=device.host, command=kind, actor=actor, code=error.code)
            raise
        return confirmation

    def command_check_of(self, device: Device) -> CommandCheck:
        """What the driver of a device checks of a command without a connection."""
        return safe_check(self._drivers.opener.spec_of(device))

    async def fetch_certificate(self, device: Device) -> str:
        spec = self._drivers.opener.spec_of(device)
        return await fetch_fingerprint(spec, device, self._drivers.connect_timeout_s)

    async def retry(self, device_id: DeviceId) -> None:
        """Open the session of a device anew, where one waits for a person."""
        await self._sessions.retry(device_id)

    async def _read(self, known: Sequence[DeviceSnapshot], timeout_s: float) -> Sequence[DeviceSnapshot]:
        """What is known of the devices afterwards, in the same order; it is stored, too, where it can be."""
        current = await self._read_in_sessions(known, timeout_s)
        readings = await self._drivers.reader.read(
            [each for each in known if each.device.id not in current],
            await self._records.locations.all(),
            await self._records.assignments.assignments(),
            timeout_s,
        )
        snapshots = [_as_current(snapshot) for snapshot in readings.devices]
        if snapshots:
            # Where sessions run, they judge and store.
            await self._store(readings, None if current else snapshots)
        current.update((snapshot.device.id, snapshot) for snapshot in snapshots)
        return [current[each.device.id] for each in known]

    async def _read_in_sessions(
        self, known: Sequence[DeviceSnapshot], timeout_s: float
    ) -> dict[DeviceId, DeviceSnapshot]:
        """What is known afterwards of those that are online or have sessions; the others are left out."""
        found: dict[DeviceId, DeviceSnapshot] = {}

        async def read(snapshot: DeviceSnapshot) -> None:
            device = snapshot.device
            try:
                if not self._is_online(device.id) and not await self._sessions.read(device.id, timeout_s):
                    return
            except MicboardError as error:
                fault = DeviceFault(error.code, error.info.message, error.info.hint)
                found[device.id] = replace(snapshot, state=replace(snapshot.state, fault=fault))
                return
            found[device.id] = _with_fault(self._live.device(device.id) or snapshot, timeout_s)

        await run_side_by_side(read, known, len(known))
        return found

    def _is_online(self, device_id: DeviceId) -> bool:
        live = self._live.device(device_id)
        return live is not None and live.state.is_online

    async def _store(self, readings: Readings, judged: Sequence[DeviceSnapshot] | None) -> None:
        """Store what was read, and the problems of ``judged``.

        That it cannot be stored is logged, and what was read still counts.
        """
        try:
            devices = [snapshot.device.id for snapshot in judged or ()]
            problems = None if judged is None else await self._judge(judged)
            if readings.dropped:
                await self._records.devices.drop_channels(readings.dropped)
            await self._records.devices.store(
                [snapshot.state for snapshot in readings.devices],
                [channel for snapshot in readings.devices for channel in snapshot.channels],
                problems,
                devices,
            )
        except StorageError as failure:
            log.warning("readings_not_stored", code=failure.code.value, reason=failure.info.message)

    async def _judge(self, snapshots: Sequence[DeviceSnapshot]) -> Sequence[ProblemStart]:
        """The problems of these devices as they are to be stored."""
        devices = {snapshot.device.id: snapshot for snapshot in snapshots}
        states = {state.ref: state for snapshot in snapshots for state in snapshot.channels}
        stored, now = await self._stored_problems(), self._live.now()
        known = ProblemStarts().recall((start for start in stored if start.key.device_id in devices), now)
        return judge_problems(states, devices, now, known).starts.unended()

    async def _stored_problems(self) -> Sequence[ProblemStart]:
        try:
            return await self._records.devices.open_problems()
        except StorageError as failure:
            # They are replaced with what is judged now.
            log.warning("past_not_read", code=failure.code.value, reason=failure.info.message)
            return ()


def _with_fault(snapshot: DeviceSnapshot, timeout_s: float) -> DeviceSnapshot:
    """A device that its session could not read owes a fault, also where its first attempt still lasts."""
    if snapshot.state.is_online or snapshot.state.fault is not None:
        return snapshot
    return replace(snapshot, state=replace(snapshot.state, fault=late_fault(snapshot.device, timeout_s)))


def _as_current(snapshot: DeviceSnapshot) -> DeviceSnapshot:
    """A device that was read a moment ago owes no meters while slower ones are still waited for.

    Source: docs/explanation/truth.md.
    """
    channels = tuple(replace(channel, expected_period_s=None) for channel in snapshot.channels)
    return replace(snapshot, channels=channels) if snapshot.state.is_online else snapshot
