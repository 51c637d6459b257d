"""Asks devices once, side by side, and says what is known of each afterwards: reached or not."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import structlog

from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import WallClock
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.location import Location
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.parallel import run_side_by_side
from micboard_tui.services.synchronization.driver_opener import Key, Opener
from micboard_tui.services.synchronization.refusal import status_after

MAX_AT_ONCE = 32

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Readings:
    """What one pass over some devices gave."""

    devices: tuple[DeviceSnapshot, ...]
    dropped: tuple[ChannelRef, ...]
    """Channels that a device had before and has no longer."""


class Reader:
    """Reads devices through their drivers. What drivers report becomes states where it always does."""

    def __init__(self, opener: Opener, clock: WallClock) -> None:
        self._opener, self._clock = opener, clock

    async def read(
        self,
        known: Sequence[DeviceSnapshot],
        locations: Sequence[Location],
        said: Sequence[Assignment],
        timeout_s: float,
    ) -> Readings:
        """Ask the devices of ``known`` anew. No failure disturbs another; each is in its device's state.

        ``said`` is what people say of channels.
        """
        present = LiveState(self._clock)
        present.place([each.device for each in known], locations)
        present.cast((), said)
        present.recall(known)

        async def read_one(device: Device) -> None:
            fault = await self._fault_of(device, present, timeout_s)
            if fault is not None:
                present.status(device.id, status_after(ErrorCode(fault.code)), fault)

        await run_side_by_side(read_one, [each.device for each in known], min(MAX_AT_ONCE, len(known)))
        return Readings(tuple(present.snapshot()), tuple(present.take_dropped()))

    async def execute(self, device: Device, command: Command) -> Confirmation:
        """Connect for one command. Raises MicboardError, also for a driver that crashes."""
        try:
            key = await self._opener.key(device)
            driver = self._opener.open(device, key)
            async with self._remembering(device, key):
                return await driver.execute_once(command)
        except MicboardError:
            raise
        except Exception as error:
            log.exception("command_crashed", device=device.host)
            raise unreadable(_crashed(error)) from None

    @asynccontextmanager
    async def _remembering(self, device: Device, key: Key) -> AsyncGenerator[None]:
        """A key that the device refuses is not tried again, by this program or the next."""
        try:
            yield
        except DeviceError as error:
            if error.code is ErrorCode.CREDENTIALS_REFUSED:
                await self._opener.refused(device, key)
            raise

    async def _fault_of(self, device: Device, present: LiveState, timeout_s: float) -> DeviceFault | None:
        """Read one device into ``present``; None when it told everything."""
        try:
            with anyio.fail_after(timeout_s):
                key = await self._opener.key(device)
                driver = self._opener.open(device, key)
                async with self._remembering(device, key):
                    await driver.read_once(lambda observations: present.heard(device.id, observations))
        except TimeoutError:
            return DeviceFault(
                ErrorCode.DEVICE_UNREACHABLE,
                f"{device.host}:{device.port} did not answer within {timeout_s:g} s",
                "Check that it is switched on, its cable, and that this machine is in its network",
            )
        except MicboardError as error:
            return DeviceFault(error.code, error.info.message, error.info.hint)
        except Exception as error:  # One device's trouble must not end the others' turn.
            log.exception("reading_crashed", device=device.host)
            return _crashed(error)
        return _silent(device, present)


def _crashed(error: Exception) -> DeviceFault:
    return DeviceFault(
        ErrorCode.API_ERROR,
        f"It said something that could not be read ({type(error).__name__})",
        "See the log; please report it with the device's model and firmware",
    )


def _silent(device: Device, present: LiveState) -> DeviceFault | None:
    """A driver that returns has heard its device; whoever reported nothing has not."""
    snapshot = present.device(device.id)
    if snapshot is not None and snapshot.state.is_online:
        return None
    return DeviceFault(
        ErrorCode.DEVICE_SILENT,
        f"{device.host}:{device.port} accepts the connection and says nothing",
        "Check that the device lets controllers in, and the port",
    )


def unreadable(error: DeviceFault) -> MicboardError:
    """The error that a fault is when only one device was asked for."""
    return DeviceError(ErrorCode(error.code), error.message, hint=error.hint)
