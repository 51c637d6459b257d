"""Reads devices once, side by side, and answers with what is known of each afterwards, reached or not."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import structlog

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import NO_ANSWER, DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import WallClock
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.location import Location
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.parallel import run_side_by_side
from micboard_tui.services.synchronization.crash_error import crash_error
from micboard_tui.services.synchronization.driver_opener import Credentials, DriverOpener
from micboard_tui.services.synchronization.failure_status import status_after
from micboard_tui.services.threshold.numbers_reader import ReadNumbers

MAX_PARALLEL_READS = 32

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Readings:
    """What one pass over some devices gave."""

    devices: tuple[DeviceSnapshot, ...]
    dropped: tuple[ChannelRef, ...]
    """Channels that a device had before and has no longer."""


class DeviceReader:
    """Reads devices through their drivers, each pass into a live state of its own."""

    def __init__(self, opener: DriverOpener, clock: WallClock, read_numbers: ReadNumbers) -> None:
        self._opener, self._clock, self._read_numbers = opener, clock, read_numbers

    async def read(
        self,
        known: Sequence[DeviceSnapshot],
        locations: Sequence[Location],
        assignments: Sequence[Assignment],
        timeout_s: float,
    ) -> Readings:
        """Read the devices of ``known`` anew. One that fails has its fault in its state; the others go on."""
        current = await self._read_numbers()
        live = LiveState(self._clock, thresholds=current.numbers.base)
        live.judge_by(current.numbers, current.profile)
        devices = [snapshot.device for snapshot in known]
        live.place(devices, locations)
        live.cast((), assignments)
        live.recall(known)

        async def read_one(device: Device) -> None:
            fault = await self._read_into(live, device, timeout_s)
            if fault is None:
                return
            code = ErrorCode(fault.code)
            # What was heard before the answers failed to come is current; the fault stands beside it.
            was_heard = code in NO_ANSWER and _was_heard(device, live)
            live.status(device.id, DeviceStatus.ONLINE if was_heard else status_after(code), fault)

        await run_side_by_side(read_one, devices, min(MAX_PARALLEL_READS, len(devices)))
        return Readings(tuple(live.snapshot()), tuple(live.take_dropped()))

    async def execute(self, device: Device, command: Command) -> Confirmation:
        """Connect for one command. Raises MicboardError, also for a driver that crashes."""
        try:
            credentials = await self._opener.find_credentials(device)
            driver = self._opener.open(device, credentials, None)
            async with self._remembering_refusal(device, credentials):
                return await driver.execute_once(command)
        except MicboardError:
            raise
        except Exception as error:  # A plugin in trouble must end in an answer, not in a crash.
            log.exception("command_crashed", device=device.host)
            raise crash_error(error) from None

    @asynccontextmanager
    async def _remembering_refusal(self, device: Device, credentials: Credentials) -> AsyncGenerator[None]:
        try:
            yield
        except DeviceError as error:
            if error.code is ErrorCode.CREDENTIALS_REFUSED:
                await self._opener.remember_refusal(device, credentials)
            raise

    async def _read_into(self, live: LiveState, device: Device, timeout_s: float) -> DeviceFault | None:
        """Read one device into ``live``; None when it was read completely."""
        try:
            # A keyring may take its time, which is not the device's; it has a limit of its own.
            credentials = await self._opener.find_credentials(device)
            with anyio.fail_after(timeout_s):
                snapshot = live.device(device.id)
                model = None if snapshot is None else snapshot.state.model
                driver = self._opener.open(device, credentials, model)
                async with self._remembering_refusal(device, credentials):
                    await driver.read_once(
                        lambda observations: live.take_observations(device.id, observations)
                    )
        except TimeoutError:
            return _timeout_fault(device, live, timeout_s)
        except MicboardError as error:
            return DeviceFault(error.code, error.info.message, error.info.hint)
        except Exception as error:  # One device's trouble must not end the others' turn.
            log.exception("reading_crashed", device=device.host)
            crash = crash_error(error).info
            return DeviceFault(crash.code, crash.message, crash.hint)
        return _silence_fault(device, live)


def _was_heard(device: Device, live: LiveState) -> bool:
    """Whether its driver has reported anything."""
    snapshot = live.device(device.id)
    return snapshot is not None and snapshot.state.is_online


def _timeout_fault(device: Device, live: LiveState, timeout_s: float) -> DeviceFault:
    """The fault of a device that did not answer everything in time; what it did answer is kept."""
    address = f"{device.host}:{device.port}"
    if _was_heard(device, live):
        return DeviceFault(
            ErrorCode.DEVICE_UNREACHABLE,
            f"{address} answered only in part within {timeout_s:g} s",
            "What it answered is shown; try again, or give it more time with --timeout",
        )
    return late_fault(device, timeout_s)


def late_fault(device: Device, timeout_s: float) -> DeviceFault:
    """The fault of a device that has answered nothing for ``timeout_s``."""
    return DeviceFault(
        ErrorCode.DEVICE_UNREACHABLE,
        f"{device.host}:{device.port} did not answer within {timeout_s:g} s",
        hints.CHECK_REACHABILITY,
    )


def _silence_fault(device: Device, live: LiveState) -> DeviceFault | None:
    """The fault of a device whose driver returned without a report; None after any report."""
    if _was_heard(device, live):
        return None
    return DeviceFault(
        ErrorCode.DEVICE_SILENT,
        f"{device.host}:{device.port} accepts the connection but does not answer",
        "Check the port, and that the device allows controllers",
    )


def error_of(fault: DeviceFault) -> MicboardError:
    """The error that a fault is when only one device was asked for."""
    return DeviceError(ErrorCode(fault.code), fault.message, hint=fault.hint)
