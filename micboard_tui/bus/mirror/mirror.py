"""The present of a program elsewhere: implements ``LiveContract`` with what comes over the bus.

Theory of operation. ``run`` keeps three things going; everything that is read is answered from memory.

* **Entries** (``_watch``): all of them, and then every change. It is known which devices there are when the
  layout has come and, of each device in it, an entry; or when no more came for ``COMPLETE_AFTER_S``.
  After the connection was lost they are read again; what was known stays until then.
* **What is shown** (``_follow``): who asks for channels shows them (``AskedDevices``). Their meters are
  subscribed to, and publishers are told, at once when that changes and every two seconds. All other meters
  come in a sweep.
* **Signs of life** (``PublisherWatch``): while none comes of a publisher that has devices, or the connection
  is lost, ``findings.lost`` says since when. Five seconds later all devices of that publisher are past
  (``UnheardDevices``, ``past_values``), and nothing of them is live.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import NoReturn

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Connection, Entry, Message, Subscription
from micboard_tui.bus.mirror.asked_devices import USUAL_METERS, AskedDevices, MeterPlan
from micboard_tui.bus.mirror.followed_meters import FollowedMeters
from micboard_tui.bus.mirror.mirrored_device import MirroredDevice
from micboard_tui.bus.mirror.mirrored_devices import MirroredDevices
from micboard_tui.bus.mirror.mirrored_judgement import MirroredJudgement
from micboard_tui.bus.mirror.publisher_health import PublisherHealth, describe_collector
from micboard_tui.bus.mirror.publisher_watch import PublisherWatch, is_same_loss
from micboard_tui.bus.mirror.unheard_devices import UnheardDevices
from micboard_tui.bus.wire.compression import expand
from micboard_tui.bus.wire.device_entry import decode_entry
from micboard_tui.bus.wire.findings_fields import FINDING_CODECS
from micboard_tui.bus.wire.interest import INTEREST_INTERVAL_S
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, SignOfLife, decode_sign
from micboard_tui.bus.wire.site_layout import SiteLayout
from micboard_tui.bus.wire.subjects import LAYOUT_KEY, Subjects, parse_device_key, parse_finding_key
from micboard_tui.bus.wire.value_codec import WireError, codec_of
from micboard_tui.contracts.health import CollectorHealth, HealthSnapshot
from micboard_tui.contracts.live import Changes, LinkChange
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.location import Location

RETRY_S = 0.25
LOOK_S = 0.25
STOOD_STILL_S = 1.0
"""Who has not looked for so long stood still: what is shown first then may be past."""
COMPLETE_AFTER_S = 3.0
"""Without another entry. A hub writes one for each device that has none, but there may be no hub."""

log = structlog.get_logger(__name__)
_layout_codec = codec_of(SiteLayout)


class Mirror:
    def __init__(
        self,
        connection: Connection,
        subjects: Subjects,
        name: str,
        steady: Callable[[], float],
        wall: Callable[[], float],
        meters: MeterPlan = USUAL_METERS,
    ) -> None:
        """``name``: of this board among all, a token.

        ``steady``: seconds that only grow; ``wall``: since the epoch, while no other clock is known.
        """
        self._connection, self._subjects, self._steady = connection, subjects, steady
        self._devices = MirroredDevices()
        self._judgement = MirroredJudgement(self._devices, lambda: self._findings.conflicts)
        self._asked = AskedDevices()
        self._publishers, self._health = PublisherWatch(steady, wall), PublisherHealth()
        self._unheard = UnheardDevices(self._devices, self._publishers)
        self._followed = FollowedMeters(connection, subjects, name, self._devices, meters.rate_hz)
        self._layout: SiteLayout | None = None
        self._is_all_read, self._progress, self._progress_at = False, -1, 0.0
        """Whether all entries came once; how many devices there were then, and when the last one came."""
        self._complete, self._wake = anyio.Event(), anyio.Event()
        self._findings, self._looked_at, self._first_shown = Findings(), steady(), meters.first_shown
        connection.on_change(self._take_change)

    async def run(self) -> NoReturn:
        """Until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch)
            signs = await self._listen()
            tasks.start_soon(self._follow)
            try:
                while True:
                    self._look()
                    await anyio.sleep(LOOK_S)
            finally:
                with anyio.CancelScope(shield=True):
                    await signs.end()
        raise AssertionError

    async def wait_complete(self) -> None:
        """Until it is known which devices there are, and what the publishers know of them."""
        await self._complete.wait()

    async def wait_followed(self) -> None:
        """Until meters of a device that is followed have come."""
        await self._followed.first_taken.wait()

    # What front ends see.

    @property
    def version(self) -> int:
        return self._devices.version if self._complete.is_set() else 0

    @property
    def findings(self) -> Findings:
        return self._findings

    def now(self) -> float:
        return self._publishers.now()

    def changed_since(self, version: int, among: Iterable[ChannelRef] | None = None) -> Changes:
        if among is not None:
            among = among if isinstance(among, Collection) else tuple(among)
            if self._asked.ask_among(among, self._steady()):
                self._wake.set()
        if self._steady() - self._looked_at > STOOD_STILL_S:
            self._look()
        if not self._complete.is_set():
            return Changes(0)
        return self._devices.changed_since(version, among)

    def snapshot(self) -> Sequence[DeviceSnapshot]:
        return tuple(device.snapshot() for device in self._shown())

    def locations(self) -> Sequence[Location]:
        return () if self._layout is None else self._layout.locations

    def performers(self) -> Sequence[Performer]:
        return () if self._layout is None else self._layout.performers

    def history(self, ref: ChannelRef) -> Sequence[LinkChange]:
        found = self._devices.find(ref)
        return () if found is None else found[1].entry.judged.history

    def channel(self, ref: ChannelRef) -> ChannelState | None:
        self._ask_closely(ref.device_id)
        found = self._devices.find(ref)
        return None if found is None else found[0].detailed_state_of(found[1])

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        self._ask_closely(device_id)
        found = self._devices.by_id.get(device_id)
        return None if found is None else found.detailed_snapshot()

    def judge(self, max_age_s: float = 0.0) -> Judgement:
        return self._judgement.judge(self.now(), max_age_s) if self._complete.is_set() else Judgement()

    # What else the signs of life tell.

    def publisher_of(self, device_id: DeviceId) -> str:
        """The one that published the device last; empty: no collector holds it, or it is not known."""
        found = self._devices.by_id.get(device_id)
        return "" if found is None else found.publisher

    def heard_signs(self) -> Sequence[SignOfLife]:
        """The last one of each publisher that is heard now."""
        heard = self._publishers.find_heard()
        return [sign for sign in self.signs if sign.publisher in heard]

    @property
    def signs(self) -> Sequence[SignOfLife]:
        """The last one of each publisher."""
        return self._publishers.signs

    @property
    def health(self) -> HealthSnapshot:
        """Of the hub, or the publisher that was heard first, with the devices of all."""
        return self._health.snapshot(self._publishers.signs, self.collectors)

    @property
    def collectors(self) -> Sequence[CollectorHealth]:
        """Those that are heard, and those that are not while they have devices; by name."""
        publishers, heard = self._publishers, self._publishers.find_heard()
        found = [
            describe_collector(sign, publishers.heard_at(sign.publisher), is_heard=sign.publisher in heard)
            for sign in publishers.signs
            if sign.role == COLLECTOR
        ]
        return sorted(found, key=lambda collector: collector.name)

    @property
    def running_walk(self) -> RunningWalk | None:
        """The walk test that goes on."""
        return next((sign.walk for sign in self._publishers.signs if sign.walk is not None), None)

    def _shown(self) -> Iterable[MirroredDevice]:
        return self._devices if self._complete.is_set() else ()

    def _ask_closely(self, device_id: DeviceId) -> None:
        if self._asked.ask_closely(device_id, self._steady()):
            self._wake.set()

    # Entries.

    async def _watch(self) -> NoReturn:
        while True:
            with suppress(BusError):
                entries = self._connection.find_store(self._subjects.state_store).watch()
                async with aclosing(entries):  # type: ignore[type-var] # all of them can be closed
                    async for entry in entries:
                        self._take(entry)
            await anyio.sleep(RETRY_S)

    def _take(self, entry: Entry | None) -> None:
        if entry is None:
            self._is_all_read = True
            self._devices.forget_gone()
        elif entry.value is not None:
            try:
                self._take_value(entry.key, entry.value)
            except WireError as error:
                log.warning("entry_not_understood", key=entry.key, reason=str(error))
        elif (device_id := parse_device_key(entry.key)) is not None:
            self._devices.forget(device_id)
        self._look_whether_complete()

    def _look_whether_complete(self) -> None:
        # Of a program that has just started there is no layout yet.
        if self._complete.is_set() or not self._is_all_read or self._layout is None:
            return
        now, known = self._steady(), len(self._devices.known)
        if self._progress != known:
            self._progress, self._progress_at = known, now
        if self._devices.has_all or now - self._progress_at >= COMPLETE_AFTER_S:
            self._asked.assume(self._devices.list_first(self._first_shown), now)
            self._complete.set()
            self._wake.set()

    def _take_value(self, key: str, value: bytes) -> None:
        if (device_id := parse_device_key(key)) is not None:
            device = self._devices.take_entry(device_id, decode_entry(value), self._steady())
            self._note_heard(device)
            self._look_at([device])
        elif key == LAYOUT_KEY:
            layout = _layout_codec.decode(expand(value))
            if layout != self._layout:
                self._layout = layout
                self._devices.take_layout(layout.devices)
        elif (codec := FINDING_CODECS.get(name := parse_finding_key(key) or "")) is not None:
            found = codec.decode(expand(value))
            if found != getattr(self._findings, name):
                self._findings = replace(self._findings, **{name: found})

    # What is shown.

    async def _follow(self) -> NoReturn:
        while True:
            self._wake = anyio.Event()
            if self._connection.lost_since is None:
                now = self._steady()
                followed, detailed = self._asked.followed(now), self._asked.detailed(now)
                with suppress(BusError):
                    # Publishers answer the first one, before anything is known, with a sign of life.
                    await self._followed.follow(followed, detailed, is_complete=self._complete.is_set())
            with anyio.move_on_after(INTEREST_INTERVAL_S):
                await self._wake.wait()

    # Signs of life.

    async def _listen(self) -> Subscription:
        while True:
            try:
                return await self._connection.subscribe(self._subjects.signs_of_life, self._take_sign)
            except BusError:
                await anyio.sleep(RETRY_S)

    async def _take_sign(self, message: Message) -> None:
        try:
            sign = decode_sign(message.payload)
        except WireError as error:
            log.warning("sign_not_understood", reason=str(error))
            return
        self._health.take(sign)
        for health in sign.device_health:
            if (device := self._devices.by_id.get(health.device_id)) is not None:
                self._note_heard(device)
        if self._publishers.take(sign):
            self._look()

    def _note_heard(self, device: MirroredDevice) -> None:
        """Meters of what is not shown come seldom, and an entry only when something else changed."""
        heard_at = self._health.last_heard_at(device.device_id, device.publisher)
        if heard_at is not None and heard_at > (device.last_seen_at or 0.0):
            device.note_heard(heard_at, self._devices.next_version())

    def _take_change(self) -> None:
        if self._connection.lost_since is None:
            self._followed.ask_anew()
            self._wake.set()
        else:
            self._devices.read_anew()
        self._look()

    def _look(self) -> None:
        connection, self._looked_at = self._connection, self._steady()
        loss, before = (
            self._publishers.find_loss(
                connection.lost_since, self._devices.channel_counts, is_refused=connection.is_refused
            ),
            self._findings.lost,
        )
        if not is_same_loss(before, loss):
            self._findings = replace(self._findings, lost=loss)
        self._look_at(self._devices.known)
        self._look_whether_complete()

    def _look_at(self, devices: Iterable[MirroredDevice]) -> None:
        is_connected = self._connection.lost_since is None
        self._unheard.look(devices, self._steady(), self._findings.lost, is_connected=is_connected)
