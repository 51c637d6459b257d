"""What a program publishes for boards: devices, the layout and findings of the site, or both.

Theory of operation. ``run`` looks ten times a second, and does nothing while the connection is lost. What is
written and sent of devices is told in ``device_publisher``. Layout and findings are written as entries when
they have changed. **Signs of life** tell once a second that we are there, and our clock.

After the connection was lost all boards ask anew, and ``EntryWriter`` writes what the store lacks.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Connection, EntryStore, Message, Subscription
from micboard_tui.bus.publishing.demand import DemandWatch
from micboard_tui.bus.publishing.device_publisher import DevicePublisher
from micboard_tui.bus.publishing.entry_writer import EntryWriter
from micboard_tui.bus.publishing.published_findings import PublishedFindings
from micboard_tui.bus.publishing.published_layout import PublishedLayout
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.publishing.sign_maker import SignMaker
from micboard_tui.bus.site_stores import open_state_store
from micboard_tui.bus.wire.device_entry import token_of_entry
from micboard_tui.bus.wire.interest import Interest
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, HUB
from micboard_tui.bus.wire.subjects import Subjects, parse_device_key
from micboard_tui.bus.wire.value_codec import WireError, codec_of
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import DeviceId

LOOK_S = 0.1

log = structlog.get_logger(__name__)
_interest_codec = codec_of(Interest)


class SitePublisher:
    """Layout and findings."""

    def __init__(self, live: LiveContract, writer: EntryWriter, *, fills_gaps: bool) -> None:
        self._layout = PublishedLayout(live, writer, fills_gaps=fills_gaps)
        self._findings = PublishedFindings(live, writer)

    def look(self, layout_version: int, now: float) -> None:
        self._layout.look(layout_version, now)
        self._findings.look(now)


class Publisher:
    def __init__(
        self,
        connection: Connection,
        subjects: Subjects,
        live: LiveContract,
        options: PublisherOptions,
        steady: Callable[[], float],
    ) -> None:
        """``steady``: seconds that only grow."""
        self._connection, self._subjects, self._live = connection, subjects, live
        self._steady, role = steady, options.role
        self._writer = EntryWriter(connection, self._open_store, _token_in)
        self._devices = (
            None if role == HUB else DevicePublisher(connection, subjects, live, self._writer, options)
        )
        self._site = None if role == COLLECTOR else SitePublisher(live, self._writer, fills_gaps=role == HUB)
        self._signs, self._demand = SignMaker(live, options, steady), DemandWatch()
        connection.on_change(self._take_change)

    async def run(self) -> NoReturn:
        """Until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._writer.run)
            interests = await self._listen()
            try:
                await self._keep_looking()
            finally:
                with anyio.CancelScope(shield=True):
                    await interests.end()
        raise AssertionError

    async def free(self, device_id: DeviceId) -> None:
        """Tell boards that no collector holds the device, before it is given away.

        It returns when that is in the store, or cannot be written within two seconds. It raises nothing.
        """
        if self._devices is not None:
            await self._devices.free(device_id)

    async def _keep_looking(self) -> NoReturn:
        due_at = self._steady()
        while True:
            if self._connection.lost_since is None:
                await self._look()
            now = self._steady()
            due_at = max(due_at + LOOK_S, now)
            await anyio.sleep(due_at - now)

    async def _listen(self) -> Subscription:
        while True:
            try:
                return await self._connection.subscribe(self._subjects.interests, self._take_interest)
            except BusError:
                await anyio.sleep(LOOK_S)

    async def _open_store(self) -> EntryStore:
        return await open_state_store(self._connection, self._subjects)

    async def _look(self) -> None:
        now = self._steady()
        version = self._live.changed_since(self._live.version).layout_version
        try:
            # Before it is known which devices there are, nothing is known of any.
            if version > 0:
                await self._publish(version, now)
            await self._send_sign()
        except BusError as error:
            if self._connection.lost_since is None:
                log.warning("present_not_sent", reason=str(error))

    async def _publish(self, layout_version: int, now: float) -> None:
        if self._site is not None:
            self._site.look(layout_version, now)
        if self._devices is not None:
            demand, new_tiers = self._demand.look(now), self._demand.take_new_tiers()
            await self._devices.look(layout_version, demand, new_tiers, now)

    async def _send_sign(self) -> None:
        devices = self._devices
        counts = (0, 0) if devices is None else (devices.device_count, devices.channel_count)
        if (sign := self._signs.take_due(self._steady(), *counts)) is not None:
            await self._connection.publish(self._signs.subject(self._subjects), sign)

    # What boards ask for.

    def _take_change(self) -> None:
        if self._connection.lost_since is not None:
            self._demand.forget()

    async def _take_interest(self, message: Message) -> None:
        try:
            interest: Interest = _interest_codec.decode(message.payload)
        except WireError as error:
            log.warning("interest_not_understood", reason=str(error))
            return
        board = message.subject.rpartition(".")[2]
        is_new = self._demand.take(board, interest, self._steady())
        with suppress(BusError):
            if is_new:
                self._signs.hurry()
                await self._send_sign()
            full = self._demand.take_full()
            if self._devices is not None:
                await self._devices.answer(interest, full)


def _token_in(key: str, value: bytes) -> int:
    """Of entries of devices only; layout and findings are written by one process at a time."""
    return 0 if parse_device_key(key) is None else token_of_entry(value)
