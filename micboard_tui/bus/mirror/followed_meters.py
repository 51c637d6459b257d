"""Subscribes to the meters of what is shown, and tells publishers what that is."""

from collections.abc import Sequence
from functools import partial

import anyio
import structlog

from micboard_tui.bus.connection import Connection, Handler, Message, Subscription
from micboard_tui.bus.mirror.mirrored_devices import MirroredDevices
from micboard_tui.bus.wire.interest import FULL_RATE_HZ, NO_SWEEP, Detail, Interest, choose_tier
from micboard_tui.bus.wire.meter_frame import decode_frame, decode_sweep
from micboard_tui.bus.wire.raw_values import decode_raw_values, digest_raw_values
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.bus.wire.value_codec import WireError, codec_of
from micboard_tui.domain.identity import DeviceId

log = structlog.get_logger(__name__)
_interest_codec = codec_of(Interest)


class FollowedMeters:
    def __init__(
        self, connection: Connection, subjects: Subjects, name: str, devices: MirroredDevices, rate_hz: int
    ) -> None:
        """``name``: of this board; ``rate_hz``: how often meters come."""
        self._connection, self._subjects, self._devices = connection, subjects, devices
        self._subject, self._rate_hz = subjects.interest(name), rate_hz
        self._subscriptions: dict[str, Subscription] = {}
        """By subject."""
        self._exact: set[DeviceId] = set()
        """Devices of which meters have come since they are followed."""
        self._followed: frozenset[DeviceId] = frozenset()
        self._digests: dict[DeviceId, bytes] = {}
        """Of the raw values that are there."""
        self._serial = 0
        self.first_taken = anyio.Event()
        """Set once meters of a followed device have come."""

    def ask_anew(self) -> None:
        """Meters may have been lost, so all are needed with the next interest."""
        self._serial += 1

    async def follow(
        self, followed: Sequence[DeviceId], detailed: Sequence[DeviceId], *, is_complete: bool
    ) -> None:
        """These are shown, and these closely. ``is_complete``: all devices are known. Raises BusError."""
        tier_s = choose_tier(self._devices.channel_count) if is_complete else NO_SWEEP
        await self._subscribe(followed, detailed, tier_s)
        self._forget(frozenset(followed), frozenset(detailed))
        self._devices.expect(tier_s, self._exact)
        details = tuple(Detail(device_id, self._digests.get(device_id, b"")) for device_id in detailed)
        interest = Interest(tuple(followed), self._rate_hz, tier_s, self._serial, details)
        await self._connection.publish(self._subject, _interest_codec.encode(interest))

    async def _subscribe(
        self, followed: Sequence[DeviceId], detailed: Sequence[DeviceId], tier_s: int
    ) -> None:
        wanted: dict[str, Handler] = {}
        if tier_s != NO_SWEEP:
            wanted[self._subjects.sweep(tier_s)] = self._take_sweep
        for device_id in followed:
            wanted[self._subjects.meters(device_id)] = partial(self._take_frame, device_id)
        for device_id in detailed:
            wanted[self._subjects.raw_values(device_id)] = partial(self._take_raw, device_id)
        for subject, handler in wanted.items():
            if subject not in self._subscriptions:
                self._subscriptions[subject] = await self._connection.subscribe(subject, handler)
        for subject in self._subscriptions.keys() - wanted.keys():
            await self._subscriptions.pop(subject).end()

    def _forget(self, followed: frozenset[DeviceId], detailed: frozenset[DeviceId]) -> None:
        """What is not followed any more comes with the sweep alone, and raw values age unseen."""
        self._followed = followed
        for device_id in self._exact - followed:
            self._exact.discard(device_id)
            self._devices.expect_of(device_id, None)
        for device_id in self._digests.keys() - detailed:
            del self._digests[device_id]
            self._devices.take_raw(device_id, None)

    async def _take_frame(self, device_id: DeviceId, message: Message) -> None:
        try:
            frame = decode_frame(message.payload)
        except WireError as error:
            log.warning("meters_not_understood", reason=str(error))
            return
        is_taken = self._devices.take_frame(device_id, frame)
        if is_taken and device_id not in self._exact and device_id in self._followed:
            self._exact.add(device_id)
            self.first_taken.set()
            self._devices.expect_of(device_id, 0.0 if self._rate_hz >= FULL_RATE_HZ else 1 / self._rate_hz)

    async def _take_sweep(self, message: Message) -> None:
        try:
            swept = decode_sweep(message.payload)
        except WireError as error:
            log.warning("meters_not_understood", reason=str(error))
            return
        for device in swept:
            self._devices.take_swept(device.digest, device.frame)

    async def _take_raw(self, device_id: DeviceId, message: Message) -> None:
        try:
            values = decode_raw_values(message.payload)
        except WireError as error:
            log.warning("raw_values_not_understood", reason=str(error))
            return
        self._digests[device_id] = digest_raw_values(message.payload)
        self._devices.take_raw(device_id, values)
