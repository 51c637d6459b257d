"""The sessions of this process: one with each device that is to have one, and never two with one device.

``SynchronizationService`` says which devices there are (``adjust``), ``DeviceHolding`` which of them are ours
to speak with. A session is opened where a device is held and has none, replaced where its address
changed (the new one waits for the goodbye of the old one), and closed where the device went. ``close_lost``
closes those with devices that nothing may be sent to any more, which ends their connections without a
goodbye. ``close`` is for a device that is given away: it returns after the goodbye.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from anyio.abc import TaskGroup

from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.synchronization.device_session import Session, SessionState
from micboard_tui.services.synchronization.driver_opener import DriverOpener

Take: TypeAlias = Callable[[DeviceId, Sequence[Observation]], None]


class DeviceSessions:
    """They run in one task group, from ``begin`` to ``end``."""

    def __init__(self, live: LiveState, opener: DriverOpener, take: Take) -> None:
        """``take``: called with what each read from a device brought."""
        self._live, self._opener, self._take = live, opener, take
        self._holding = opener.holding
        self._group: TaskGroup | None = None
        self._sessions: dict[DeviceId, Session] = {}
        self._closing: dict[DeviceId, Session] = {}
        """The last session with a device that has none now; the next one waits for it."""

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, group: TaskGroup) -> None:
        self._group = group

    def end(self) -> None:
        """The task group has ended, and all sessions with it."""
        self._group = None
        self._sessions.clear()
        self._closing.clear()

    def find(self, device_id: DeviceId) -> Session | None:
        return self._sessions.get(device_id)

    def find_ours(self) -> AbstractSet[DeviceId] | None:
        """The devices to be shown: also one that is being given away, until it is; None: all."""
        held = self._holding.held
        return None if held is None else held | set(filter(self._holding.may_send, self._sessions))

    def adjust(self, wanted: Mapping[DeviceId, Device]) -> None:
        """Open a session with each of these devices that is held and has none; end what does not fit."""
        if self._group is None:
            return
        for device_id, session in list(self._sessions.items()):
            device = wanted.get(device_id)
            if device is None:
                self._drop(device_id)
            elif _address_of(device) != _address_of(session.device):
                self.reopen(session, device)
        held = self._holding.held
        for device_id, device in wanted.items():
            if held is None or device_id in held:
                self._open_missing(device)

    def close_lost(self) -> None:
        """Close those that may send nothing any more."""
        for device_id in list(self._sessions):
            if not self._holding.may_send(device_id):
                self._drop(device_id)

    async def close(self, device_id: DeviceId) -> None:
        """Say goodbye to a device, and return when that is done. Its session stays among those known."""
        session = self._sessions.get(device_id) or self._closing.get(device_id)
        if session is not None:
            session.close()
            await session.wait_closed()

    def reopen(self, session: Session, device: Device) -> None:
        """Replace a session. Nothing happens when it is no longer the device's."""
        if self._sessions.get(device.id) is session:
            session.close()
            self._open(device, predecessor=session)

    async def reopen_outdated(self, session: Session) -> None:
        if await session.is_outdated():
            self.reopen(session, session.device)

    def reopen_all_outdated(self) -> None:
        """Replace those that were opened with other secrets than there are now."""
        if self._group is not None:
            for session in self._sessions.values():
                # Each by itself: a keyring may take its time.
                self._group.start_soon(self.reopen_outdated, session)

    def measure_rates(self, period_s: float) -> None:
        for session in self._sessions.values():
            session.measure_rate(period_s)

    def health(self) -> tuple[DeviceHealth, ...]:
        """How each session has been doing."""
        return tuple(map(self._health, self._sessions.values()))

    def _health(self, session: Session) -> DeviceHealth:
        snapshot = self._live.device(session.device.id)
        return session.health(snapshot.state.last_seen_at if snapshot else None)

    def _drop(self, device_id: DeviceId) -> None:
        self._closing = {
            found: each for found, each in self._closing.items() if each.state is not SessionState.CLOSED
        }
        session = self._closing[device_id] = self._sessions.pop(device_id)
        session.close()

    def _open_missing(self, device: Device) -> None:
        session = self._sessions.get(device.id)
        if session is None or session.was_closed:
            self._open(device, predecessor=self._closing.pop(device.id, None))

    def _open(self, device: Device, predecessor: Session | None) -> None:
        if self._group is None:
            return
        known = self._live.device(device.id)
        session = Session(
            device,
            self._opener,
            lambda observations: self._take(device.id, observations),
            lambda status, fault: self._live.status(device.id, status, fault),
            predecessor,
            None if known is None else known.state.model,
        )
        self._sessions[device.id] = session
        self._group.start_soon(session.run)


def _address_of(device: Device) -> tuple[str, str, str, int, str | None]:
    """What a session depends on: with another one it is replaced."""
    return device.manufacturer, device.driver, device.host, device.port, device.fingerprint
