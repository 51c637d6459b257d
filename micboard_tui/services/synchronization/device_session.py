"""One device's session, from finding what lets us in to its last goodbye."""

from collections.abc import Sequence

import anyio
import structlog

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.ports import Driver, Report
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault
from micboard_tui.domain.observation import Alive, Observation
from micboard_tui.services.synchronization.driver_opener import Key, Opener
from micboard_tui.services.synchronization.refusal import status_after
from micboard_tui.services.synchronization.supervisor import Announce, Supervisor

log = structlog.get_logger(__name__)


class Session:
    """Runs until it is closed, or until only a person can help; then it waits to be replaced."""

    def __init__(
        self,
        device: Device,
        opener: Opener,
        report: Report,
        announce: Announce,
        before: "Session | None" = None,
    ) -> None:
        """``before``: the session whose place this one takes; a device never has two of ours."""
        self.device = device
        self._opener, self._report, self._announce = opener, report, announce
        self._before = before
        self._scope = anyio.CancelScope()
        self._ended = anyio.Event()
        self._found: Key | DeviceFault | None = None
        """None: not looked for yet."""
        self._driver: Driver | None = None
        self._supervisor: Supervisor | None = None
        self._observations = 0
        self._counted = 0
        """Observations at the last look."""
        self._per_s = 0.0
        self._round_trip_s: float | None = None

    async def run(self) -> None:
        try:
            with self._scope, structlog.contextvars.bound_contextvars(device=self.device.host):
                if self._before is not None:
                    await self._before.goodbye()
                    self._before = None
                await self._keep()
        finally:
            self._ended.set()

    def close(self) -> None:
        """Have it say goodbye and end."""
        self._scope.cancel()

    async def goodbye(self) -> None:
        """Wait until it has ended, whatever happens to whoever waits: a goodbye never takes long."""
        with anyio.CancelScope(shield=True):
            await self._ended.wait()

    async def is_outdated(self) -> bool:
        """Whether what lets us in is not what it was opened with."""
        return await self._find() != self._found

    async def execute(self, command: Command) -> Confirmation | None:
        """None when there is nobody to tell. Raises DeviceError."""
        return None if self._driver is None else await self._driver.execute(command)

    @property
    def fault(self) -> DeviceFault | None:
        """Why it does not speak with the device; None when it does, or has not tried."""
        return self._supervisor.fault if self._supervisor is not None else None

    def heard(self, observations: Sequence[Observation]) -> None:
        """Count what came."""
        self._observations += len(observations)
        first = observations[0] if observations else None
        if isinstance(first, Alive) and first.round_trip_s is not None:
            self._round_trip_s = first.round_trip_s

    def count(self, period_s: float) -> None:
        """How much came since the last look, ``period_s`` ago."""
        self._per_s = (self._observations - self._counted) / period_s
        self._counted = self._observations

    def health(self, last_heard_at: float | None) -> DeviceHealth:
        supervisor = self._supervisor
        return DeviceHealth(
            self.device.id,
            messages=self._observations,
            messages_per_s=self._per_s,
            connects=supervisor.connects if supervisor is not None else 0,
            failures=supervisor.failures if supervisor is not None else 0,
            last_heard_at=last_heard_at,
            round_trip_s=self._round_trip_s,
        )

    async def _keep(self) -> None:
        self._found = found = await self._find()
        if isinstance(found, DeviceFault):
            self._tell(found)
            return
        try:
            self._driver = self._opener.open(self.device, found)
        except Exception as error:  # A plugin in trouble must not end the sessions of the others.
            log.exception("driver_crashed", driver=self.device.driver)
            message = f"Its driver cannot be started ({type(error).__name__})"
            self._tell(
                DeviceFault(ErrorCode.API_ERROR, message, "See the log; update the plugin that brings it")
            )
            return
        self._supervisor = Supervisor(self._driver, self._report, self._announce, device=self.device.host)
        await self._supervisor.run()
        fault = self._supervisor.fault
        if fault is not None and fault.code == ErrorCode.CREDENTIALS_REFUSED:
            await self._opener.refused(self.device, found)

    async def _find(self) -> Key | DeviceFault:
        try:
            return await self._opener.key(self.device)
        except MicboardError as error:
            return DeviceFault(error.code, error.info.message, error.info.hint)

    def _tell(self, fault: DeviceFault) -> None:
        log.warning("session_not_opened", code=fault.code, reason=fault.message)
        self._announce(status_after(ErrorCode(fault.code)), fault)
