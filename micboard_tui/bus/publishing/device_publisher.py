"""Sends the present of devices to all boards: what changes seldom as entries, meters to those who show them.

Theory of operation. ``look`` is called ten times a second while the connection stands.

* **Followed** devices, which some board shows (``DemandWatch``): channels that changed since the last look
  are sent in a frame a device, and what is no meter is compared with the entry, which is so written within
  a tenth of a second.
* **Everything else** is compared whenever there is another judgement, which is two and a half times a second:
  all services share judgements, so it costs no second look at the channels.
* **Sweeps** send the meters of all devices in the time of a tier, if any board reads it.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from micboard_tui.bus.connection import Connection
from micboard_tui.bus.publishing.demand import Demand
from micboard_tui.bus.publishing.entry_writer import EntryWriter
from micboard_tui.bus.publishing.judged_problems import is_same, judgements_of
from micboard_tui.bus.publishing.published_devices import PublishedDevices
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.publishing.raw_answers import RawAnswers
from micboard_tui.bus.publishing.sweep import Sweep, keep_sweeps
from micboard_tui.bus.wire.interest import Interest
from micboard_tui.bus.wire.meter_frame import RUNS, encode_frame, encode_sweep, make_frame, make_swept
from micboard_tui.bus.wire.meter_row import make_row
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.judgement import Judgement

SLOW_LOOKS = 5
"""Every so many looks, devices that are followed over a slow line are sent."""
LATER_SPAN_S = 60.0
"""In such a time the entries of which only a charge has changed are written, one after the other ..."""
MIN_LATER_S, MAX_LATER_S = 0.2, 1.0
"""... so long after each other, be there many devices or few."""
JUDGED_AGE_S = 0.4
"""With the time until the next look, all that is not followed is written within half a second."""


class DevicePublisher:
    """Its methods that wait raise BusError."""

    def __init__(
        self,
        connection: Connection,
        subjects: Subjects,
        live: LiveContract,
        writer: EntryWriter,
        options: PublisherOptions,
    ) -> None:
        self._connection, self._subjects, self._live = connection, subjects, live
        self._run = options.run % RUNS
        self._devices = PublishedDevices(live, writer, options.publisher, self._run, options.token_of)
        self._raw, self._sweeps = RawAnswers(live), dict[int, Sweep]()
        self._layout_version = self._version = self._slow_version = 0
        self._looks, self._later_at = 0, 0.0
        self._judgement: Judgement | None = None

    @property
    def device_count(self) -> int:
        return len(self._devices.by_id)

    @property
    def channel_count(self) -> int:
        return self._devices.channel_count

    async def look(self, layout_version: int, demand: Demand, new_tiers: Iterable[int], now: float) -> None:
        """Send what is due at ``now``, in seconds that only grow.

        ``new_tiers``: the sweeps that a board has just begun to read.
        """
        self._looks += 1
        if layout_version != self._layout_version or self._devices.has_other_owners():
            self._layout_version = layout_version
            self._devices.place(self._live.snapshot())
        self._take_judgement()
        await self._send_followed(demand)
        self._devices.write_due()
        if now >= self._later_at and self._devices.write_later(demand.fast):
            span_s = LATER_SPAN_S / max(1, self.device_count)
            self._later_at = now + min(max(span_s, MIN_LATER_S), MAX_LATER_S)
        await self._send_sweeps(demand, new_tiers, now)

    async def answer(self, interest: Interest, full: Iterable[DeviceId]) -> None:
        """Send what a board lacks; ``full``: devices of which it needs all channels."""
        for device_id in full:
            await self._send_all(device_id)
        for device_id, payload in self._raw.answers(interest.details):
            await self._connection.publish(self._subjects.raw_values(device_id), payload)

    async def free(self, device_id: DeviceId) -> None:
        """Write that no collector holds the device; raises nothing."""
        await self._devices.free(device_id)

    # What is written as entries.

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
        frame = make_frame(self._devices.by_id[device_id].head(self._run).brief, at, rows)
        await self._connection.publish(self._subjects.meters(device_id), encode_frame(frame))

    async def _send_all(self, device_id: DeviceId) -> None:
        device, snapshot = self._devices.by_id.get(device_id), self._live.device(device_id)
        if device is not None and snapshot is not None:
            frame = encode_frame(self._devices.frame_of(device, snapshot))
            await self._connection.publish(self._subjects.meters(device_id), frame)

    async def _send_sweeps(self, demand: Demand, new_tiers: Iterable[int], now: float) -> None:
        keep_sweeps(self._sweeps, demand.tiers)
        for tier_s in self._sweeps.keys() & new_tiers:
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
