"""Writes into the list of events what becomes of links and sessions, and when the program started and ended.

``run`` looks once a second while the process holds sessions; another process, such as a command that only
reads, writes nothing. A look compares what is now with what the last one saw, so that what changes and
changes back within a second is no event. The links of a device that cannot be read are not compared: its
session ended, which is one event and not one for each channel. What its links have become meanwhile is found
when it answers again.
"""

from collections.abc import Callable, Container
from typing import NoReturn

import anyio

from micboard_tui.contracts.events import EventSink
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceStatus
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId, channel_label
from micboard_tui.domain.link_state import OUT_OF_REACH, LinkState
from micboard_tui.services.live.state import LiveState

LOOK_S = 1.0
_TEXTS = {
    DeviceStatus.ONLINE: "Session opened",
    DeviceStatus.OFFLINE: "Session ended",
    DeviceStatus.REFUSED: "Session refused",
}


class LinkWatch:
    def __init__(
        self,
        live: LiveState,
        events: EventSink,
        has_sessions: Callable[[], bool],
        version: str,
        collector: str = "",
    ) -> None:
        """``has_sessions`` says whether this process holds sessions with devices.

        ``collector``: its name, where it is one of several; then it does not say since when all is observed.
        """
        self._collector = collector
        self._live, self._events, self._has_sessions = live, events, has_sessions
        self._version = version
        self._links: dict[ChannelRef, LinkState] = {}
        self._statuses: dict[DeviceId, DeviceStatus] = {}
        self._link_changes: int | None = None
        self._has_started = False
        self._looked_at = live.now()

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await anyio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """Write what changed since the last look."""
        looked_at, self._looked_at = self._looked_at, self._live.now()
        if not self._has_sessions():
            return
        if not self._has_started:
            self._has_started = True
            self._append_program("started")
        link_changes = self._live.link_changes.count
        if link_changes == self._link_changes:
            return
        self._link_changes = link_changes
        devices = self._live.snapshot()
        self._forget({device.device.id for device in devices})
        for device in devices:
            self._compare(device, looked_at)

    def _forget(self, shown: Container[DeviceId]) -> None:
        """What was seen of devices that another collector, or none, has had since."""
        self._statuses = {found: status for found, status in self._statuses.items() if found in shown}
        self._links = {ref: link for ref, link in self._links.items() if ref.device_id in shown}

    def close(self) -> None:
        """Write that the program ends."""
        if self._has_started:
            self._append_program("ended")

    def _append_program(self, happened: str) -> None:
        name, details = f"micboard-tui {self._version}", {"program": happened}
        if self._collector:
            name, details = f"Collector {self._collector}", {"collector": happened}
        self._events.append(
            Event(self._live.now(), EventKind.PROGRAM, f"{name} {happened}"[:MAX_EVENT_TEXT], details=details)
        )

    def _compare(self, device: DeviceSnapshot, looked_at: float) -> None:
        status = device.state.status
        if status in _TEXTS and self._statuses.get(device.device.id) is not status:
            self._statuses[device.device.id] = status
            self._events.append(session_event(device, looked_at, self._live.now()))
        for channel in device.channels:
            self._compare_link(device, channel)

    def _compare_link(self, device: DeviceSnapshot, channel: ChannelState) -> None:
        link = channel.link_state
        if link is LinkState.UNKNOWN or link in OUT_OF_REACH:
            return
        before = self._links.get(channel.ref)
        if before is link:
            return
        self._links[channel.ref] = link
        if before is not None:
            self._events.append(link_event(device, channel, before, self._live.now()))


def session_event(device: DeviceSnapshot, looked_at: float, now: float) -> Event:
    """The session with a device opened, ended or was refused, since the last look.

    A device that answered already when another process held its session has a status that is older than the
    session that opened here.
    """
    state = device.state
    since = state.status_since
    text, details = _TEXTS[state.status], {"status": state.status.value}
    if state.fault is not None and state.status is not DeviceStatus.ONLINE:
        text, details = f"{text}: {state.fault.message}", {**details, "code": state.fault.code}
    return Event(
        now if since is None or since < looked_at else since,
        EventKind.SESSION,
        text[:MAX_EVENT_TEXT],
        device.device.id,
        details=details,
        subject=device.title,
    )


def link_event(device: DeviceSnapshot, channel: ChannelState, before: LinkState, now: float) -> Event:
    """The link state of a channel became another."""
    link = channel.link_state
    return Event(
        now if channel.link_since is None else channel.link_since,
        EventKind.LINK,
        f"{link.text}, was {before.text}",
        channel.device_id,
        channel.number,
        details={"link": link.value, "before": before.value},
        subject=channel_label(device.title, channel.number),
    )
