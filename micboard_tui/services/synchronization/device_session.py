"""One device's session, from finding what lets us in to its last goodbye.

The states, in order; each may be left for CLOSED at any time:

    PENDING   the session that this one replaces has not said goodbye yet: a device never has two of ours
    OPENING   what lets us in is looked up, and the driver opened with it
    RUNNING   a ``Supervisor`` connects, and connects again when the connection is lost
    STOPPED   only a person can help: there is no driver, no readable secret, or the device refuses the one
              that we have. The session waits to be replaced
    CLOSED    it has said goodbye

``SynchronizationService`` makes a session, runs ``run`` as a task of its own and calls ``close`` to end it;
a session that takes its place waits for its ``wait_closed``. It asks ``is_outdated`` whenever secrets may
have changed, calls ``count_observations`` for each report and ``measure_rate`` every now and then. Kept
between these calls: the credentials that the session was opened with, to compare them, and counters for
``health``. A password that the device has refused is remembered, here and for later runs of the program.
"""

from collections.abc import Sequence
from enum import Enum, auto

import anyio
import structlog

from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.ports import Driver, Report
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault
from micboard_tui.domain.observation import Alive, Observation
from micboard_tui.services.synchronization.driver_opener import NO_CREDENTIALS, Credentials, DriverOpener
from micboard_tui.services.synchronization.failure_status import status_after
from micboard_tui.services.synchronization.supervisor import Announce, Supervisor

log = structlog.get_logger(__name__)


class SessionState(Enum):
    PENDING = auto()
    OPENING = auto()
    RUNNING = auto()
    STOPPED = auto()
    CLOSED = auto()


class Session:
    """Runs until it is closed, or until only a person can help; then it waits to be replaced."""

    def __init__(
        self,
        device: Device,
        opener: DriverOpener,
        report: Report,
        announce: Announce,
        predecessor: "Session | None",
        known_model: str | None,
    ) -> None:
        """``predecessor``: the session whose place this one takes; None for a device that has none.

        ``known_model``: what the device was when it was last heard; None: not known.
        """
        self.device = device
        self.state = SessionState.PENDING
        self._opener, self._announce = opener, announce
        self._predecessor = predecessor
        self._known_model = known_model
        self._supervisor = Supervisor(device.host, report, announce)
        self._credentials: Credentials | DeviceFault = NO_CREDENTIALS
        """What the session was opened with, or why nothing could be found; looked up while OPENING."""
        self._driver: Driver | None = None
        """Open from RUNNING on."""
        self._scope = anyio.CancelScope()
        self._closed = anyio.Event()
        self._observations = 0
        self._measured_observations = 0
        self._observations_per_s = 0.0
        self._round_trip_s: float | None = None

    async def run(self) -> None:
        try:
            with self._scope, structlog.contextvars.bound_contextvars(device=self.device.host):
                if self._predecessor is not None:
                    await self._predecessor.wait_closed()
                    self._predecessor = None
                await self._open_and_supervise()
        finally:
            self.state = SessionState.CLOSED
            self._driver = None
            self._closed.set()

    def close(self) -> None:
        """Have it say goodbye and end."""
        self._scope.cancel()

    @property
    def was_closed(self) -> bool:
        """Whether it has ended because it was closed, and not by itself, as one that waits for a person."""
        return self._scope.cancel_called and self._closed.is_set()

    async def wait_closed(self) -> None:
        """Wait until it has ended, even if the waiting task is cancelled: a goodbye never takes long."""
        with anyio.CancelScope(shield=True):
            await self._closed.wait()

    async def is_outdated(self) -> bool:
        """Whether it was opened, and with other credentials than those that are there now.

        One that runs is not while those cannot be read, as from a locked keyring: its own may be right still.
        """
        if self.state is SessionState.PENDING:
            return False
        found = await self._find_credentials()
        is_unread = isinstance(found, DeviceFault) and found.code == ErrorCode.SECRETS_UNREADABLE
        return found != self._credentials and not (is_unread and self.state is SessionState.RUNNING)

    async def execute(self, command: Command) -> Confirmation | None:
        """None when none is open and only a person can help. Raises DeviceError."""
        if self.state in {SessionState.PENDING, SessionState.OPENING}:
            # A connection of its own would be the second one a moment later.
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"{self.device.host} is not connected yet",
                hint="Wait until it is online and try again",
            )
        return None if self._driver is None else await self._driver.execute(command)

    @property
    def fault(self) -> DeviceFault | None:
        """Why the last attempt to stay connected ended; None while the device speaks, or before the first."""
        return self._supervisor.fault

    def count_observations(self, observations: Sequence[Observation]) -> None:
        self._observations += len(observations)
        first = observations[0] if observations else None
        if isinstance(first, Alive) and first.round_trip_s is not None:
            self._round_trip_s = first.round_trip_s

    def measure_rate(self, period_s: float) -> None:
        """Find out how many observations came in a second since the last call, ``period_s`` ago."""
        self._observations_per_s = (self._observations - self._measured_observations) / period_s
        self._measured_observations = self._observations

    def health(self, last_heard_at: float | None) -> DeviceHealth:
        return DeviceHealth(
            self.device.id,
            messages=self._observations,
            messages_per_s=self._observations_per_s,
            connects=self._supervisor.connects,
            failures=self._supervisor.failures,
            last_heard_at=last_heard_at,
            round_trip_s=self._round_trip_s,
        )

    async def _open_and_supervise(self) -> None:
        self.state = SessionState.OPENING
        self._credentials = credentials = await self._find_credentials()
        if isinstance(credentials, DeviceFault):
            self._stop(credentials)
            return
        try:
            self._driver = self._opener.open(self.device, credentials, self._known_model)
        except Exception as error:  # A plugin in trouble must not end the sessions of the others.
            log.exception("driver_crashed", driver=self.device.driver)
            message = f"Its driver cannot be started ({type(error).__name__})"
            self._stop(
                DeviceFault(ErrorCode.API_ERROR, message, "See the log; update the plugin that brings it")
            )
            return
        self.state = SessionState.RUNNING
        await self._supervisor.run(self._driver)
        self.state = SessionState.STOPPED
        fault = self._supervisor.fault
        if fault is not None and fault.code == ErrorCode.CREDENTIALS_REFUSED:
            await self._opener.remember_refusal(self.device, credentials)

    async def _find_credentials(self) -> Credentials | DeviceFault:
        try:
            return await self._opener.find_credentials(self.device)
        except MicboardError as error:
            return DeviceFault(error.code, error.info.message, error.info.hint)

    def _stop(self, fault: DeviceFault) -> None:
        self.state = SessionState.STOPPED
        log.warning("session_not_opened", code=fault.code, reason=fault.message)
        self._announce(status_after(ErrorCode(fault.code)), fault)
