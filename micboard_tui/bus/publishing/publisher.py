"""Sends the present to all boards: what changes seldom as entries, meters to those who show them.

Theory of operation. ``run`` looks ten times a second, and does nothing while the connection is lost.

* **Followed** devices, which some board shows (``DemandWatch``): channels that changed since the last look
  are sent in a frame a device, and what is no meter is compared with the entry, which is so written within
  a tenth of a second.
* **Everything else** is compared whenever there is another judgement, which is two and a half times a second:
  all services share judgements, so it costs no second look at the channels.
* **Sweeps** send the meters of all devices in the time of a tier, if any board reads it.
* **Signs of life** tell once a second that we are there, and our clock.

After the connection was lost all boards ask anew, and ``EntryWriter`` writes what the store lacks.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import NoReturn

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Connection, EntryStore, Message, Subscription
from micboard_tui.bus.publishing.demand import Demand, DemandWatch
from micboard_tui.bus.publishing.entry_writer import EntryWriter
from micboard_tui.bus.publishing.judged_problems import is_same, judgements_of
from micboard_tui.bus.publishing.published_devices import PublishedDevices
from micboard_tui.bus.publishing.published_findings import PublishedFindings
from micboard_tui.bus.publishing.raw_answers import RawAnswers
from micboard_tui.bus.publishing.sign_maker import SignMaker
from micboard_tui.bus.publishing.sweep import Sweep, keep_sweeps
from micboard_tui.bus.wire.interest import Interest
from micboard_tui.bus.wire.meter_frame import RUNS, encode_frame, encode_sweep, make_frame, make_swept
from micboard_tui.bus.wire.meter_row import make_row
from micboard_tui.bus.wire.sign_of_life import RACK
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.bus.wire.value_codec import WireError, codec_of
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.judgement import Judgement

LOOK_S = 0.1
SLOW_LOOKS = 5
"""Every so many looks, devices that are followed over a slow line are sent."""
LATER_LOOKS = 2
"""Every so many looks one entry is written of which only a charge has changed."""
JUDGED_AGE_S = 0.4
"""With the time until the next look, all that is not followed is written within half a second."""

log = structlog.get_logger(__name__)
_interest_codec = codec_of(Interest)


@dataclass(frozen=True, slots=True)
class PublisherOptions:
    publisher: str
    """The name of this program among those that publish: a token, and the same after a restart."""
    run: int
    """Tells this process from the one that had the name before: its process number, for example."""
    version: str
    """Of the program."""
    health: Callable[[], HealthSnapshot]
    walk: Callable[[], RunningWalk | None]
    token_of: Callable[[DeviceId], int | None] = lambda _: 1
    """That of a device that is ours to publish, which grows with each owner; None: it is not ours."""
    role: str = RACK
    """``RACK``, ``HUB`` or ``COLLECTOR``."""
    zone: str = ""
    """Of the network, whose devices a collector reaches."""
    host: str = ""
    """The name of this computer."""
    load: Callable[[], int] = lambda: 0
    """By how many channels we are counted when devices are shared out."""


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
        self._steady, self._run_number = steady, options.run % RUNS
        self._writer = EntryWriter(connection, self._open_store)
        self._devices = PublishedDevices(
            live, self._writer, options.publisher, self._run_number, options.token_of
        )
        self._findings = PublishedFindings(live, self._writer)
        self._signs = SignMaker(live, options, steady)
        self._raw = RawAnswers(live)
        self._demand, self._sweeps = DemandWatch(), dict[int, Sweep]()
        self._layout_version = self._version = self._slow_version = 0
        self._looks = 0
        self._judgement: Judgement | None = None
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
        return await self._connection.open_store(self._subjects.state_store)

    async def _look(self) -> None:
        self._looks += 1
        now = self._steady()
        try:
            if self._take_layout():
                self._take_judgement()
                self._findings.look(now)
                await self._send_followed(self._demand.look(now))
                self._devices.write_due()
                if self._looks % LATER_LOOKS == 0:
                    self._devices.write_later(self._demand.look(now).fast)
                await self._send_sweeps(now)
            await self._send_sign()
        except BusError as error:
            if self._connection.lost_since is None:
                log.warning("present_not_sent", reason=str(error))

    async def _send_sign(self) -> None:
        if (sign := self._signs.take_due(self._steady(), self._devices)) is not None:
            await self._connection.publish(self._signs.subject(self._subjects), sign)

    # What is written as entries.

    def _take_layout(self) -> bool:
        """Whether it is known which devices there are."""
        version = self._live.changed_since(self._live.version).layout_version
        if version != self._layout_version:
            self._layout_version = version
            snapshots = self._live.snapshot()
            self._devices.place(snapshots)
            self._findings.place(snapshots)
        if version > 0:
            self._devices.drop_gone()
        return version > 0

    def _take_judgement(self) -> None:
        judgement, last = self._live.judge(JUDGED_AGE_S), self._judgement
        if judgement is last:
            return
        self._judgement = judgement
        if not is_same(last, judgement):
            self._devices.judge(judgements_of(judgement))
        known = {} if last is None else last.states
        changed = (state for ref, state in judgement.states.items() if known.get(ref) is not state)
        self._devices.look_at(changed, (device.state for device in judgement.devices.values()))

    # Meters.

    async def _send_followed(self, demand: Demand) -> None:
        self._version = await self._send_changed(demand.fast, self._version)
        if self._looks % SLOW_LOOKS == 0:
            self._slow_version = await self._send_changed(demand.slow, self._slow_version)

    async def _send_changed(self, followed: Iterable[DeviceId], version: int) -> int:
        """Send what changed after a version; that of the next time."""
        found = (self._devices.by_id.get(device_id) for device_id in followed)
        refs = [ref for device in found if device is not None for ref in device.refs]
        changes = self._live.changed_since(version, refs)
        # An entry that is due has its number before the frames that follow it.
        self._devices.look_at(changes.channels, ())
        self._devices.write_due()
        for device_id, states in groupby(changes.channels, key=lambda state: state.device_id):
            await self._send_frame(device_id, list(states))
        return changes.version

    async def _send_frame(self, device_id: DeviceId, states: Sequence[ChannelState]) -> None:
        at = max((state.observed_at or 0.0 for state in states), default=0.0)
        rows = [make_row(state, at) for state in states]
        frame = make_frame(self._devices.by_id[device_id].head(self._run_number), at, rows)
        await self._connection.publish(self._subjects.meters(device_id), encode_frame(frame))

    async def _send_all(self, device_id: DeviceId) -> None:
        device, snapshot = self._devices.by_id.get(device_id), self._live.device(device_id)
        if device is not None and snapshot is not None:
            frame = encode_frame(self._devices.frame_of(device, snapshot))
            await self._connection.publish(self._subjects.meters(device_id), frame)

    async def _send_sweeps(self, now: float) -> None:
        keep_sweeps(self._sweeps, self._demand.look(now).tiers)
        for tier_s in self._demand.take_new_tiers() & self._sweeps.keys():
            self._sweeps[tier_s].hurry(now)
        if not self._sweeps:
            return
        devices = tuple(self._devices.by_id)
        for tier_s, sweep in self._sweeps.items():
            for part in sweep.take_due(devices, now):
                await self._connection.publish(self._subjects.sweep(tier_s), self._swept(part))

    def _swept(self, devices: Sequence[DeviceId]) -> bytes:
        found = ((self._devices.by_id[device_id], self._live.device(device_id)) for device_id in devices)
        return encode_sweep(
            make_swept(device.digest, self._devices.frame_of(device, snapshot))
            for device, snapshot in found
            if snapshot is not None
        )

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
            for device_id in self._demand.take_full():
                await self._send_all(device_id)
            for device_id, payload in self._raw.answers(interest.details):
                await self._connection.publish(self._subjects.raw_values(device_id), payload)
