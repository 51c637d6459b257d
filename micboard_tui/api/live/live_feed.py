"""What each client of live updates must be sent next, made once for all of them. It sends nothing.

Every client waits for ``next_tick`` of the feed and then takes what is new for it by ``take``. Between two
looks nothing runs, and nothing is kept for a client but which changes it knows (``LiveClient``): one that is
slow comes late, and gets the newest of all that it missed.

* A little more than three times a second, and less often in a large rack, the first that comes lets the feed
  compare the rack with what it was before (``RackLog``, ``Conclusions``). All others share what that found.
* A client without a snapshot, or with one from before the layout changed, gets a snapshot, and changes only
  after it. Snapshots are written once a second at most: who comes in between is given the last one, or waits
  for the next.
* Meters are made for each set of channels that any client watches. Clients with the same set and rate come at
  the same ticks and so have the same version: they share one text.
* ``version`` of a message is that of the snapshot or the changes which the client was sent last. So
  ``since`` of changes equals ``version`` of the message before, of any type.
"""

import math

import anyio

from micboard_tui.api.device_documents import DeviceDocuments
from micboard_tui.api.live.conclusions import Conclusions
from micboard_tui.api.live.live_client import LiveClient
from micboard_tui.api.live.meter_rows import MeterRows
from micboard_tui.api.live.rack_log import RackLog
from micboard_tui.api.live.snapshots import Snapshots
from micboard_tui.api.live.subscription import TICK_S, TICKS_PER_S, Subscription
from micboard_tui.api.live.watched_set import WatchedSet, WatchedSets
from micboard_tui.api.live.written_json import LiveMessage, dump, write_message
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import LocationId

CHANGES_EVERY = 6
"""Ticks from changes to changes at least: more than three times a second, and where most meters are due."""
CHANNELS_PER_TICK = 200
"""In a rack with more than a thousand channels changes come less often: to compare it takes long."""
ALIVE_EVERY = 2 * TICKS_PER_S


class LiveFeed:
    """``documents`` write snapshots. Time goes in ticks, which callers count by one clock."""

    def __init__(self, live: LiveContract, documents: DeviceDocuments) -> None:
        self._live = live
        self._rack = RackLog(live)
        self._conclusions = Conclusions(live)
        self._rows = MeterRows(live)
        self._sets = WatchedSets(live, self._rack)
        self._snapshots = Snapshots(live, documents, self._rack, self._conclusions)
        self._compared_at = -math.inf
        self._comparing = anyio.Lock()
        self._changes: dict[tuple[int, int, frozenset[LocationId] | None], LiveMessage | None] = {}
        self._meters_at = -1
        self._meters: dict[tuple[int, int, WatchedSet], tuple[LiveMessage | None, int]] = {}

    @staticmethod
    def join(subscription: Subscription, now: float) -> LiveClient:
        """A client that knows nothing yet; ``now`` in seconds."""
        return LiveClient(subscription, _tick_of(now))

    @staticmethod
    def next_tick(client: LiveClient, now: float) -> int:
        """When to take messages next; ``now`` in seconds."""
        now_tick, every = _tick_of(now), client.subscription.every
        return min((now_tick // every + 1) * every, (now_tick // CHANGES_EVERY + 1) * CHANGES_EVERY)

    async def take(self, client: LiveClient, tick: int) -> list[LiveMessage]:
        """What a client must be sent now, in this order; it counts as sent.

        What takes long, in a large rack, is done in parts, between which the event loop gets its turn.
        """
        await self._compare(tick)
        messages: list[LiveMessage] = []
        if client.layout == self._rack.layout != 0:
            self._add_changes(client, messages)
        else:
            await self._add_snapshot(client, tick, messages)
        if client.version and tick % client.subscription.every == 0:
            self._add_meters(client, tick, messages)
        if not messages and tick - client.sent_at >= ALIVE_EVERY:
            at = dump(format_timestamp(self._live.now()))
            messages.append(write_message("alive", at=at, version=str(client.version)))
        if messages:
            client.sent_at = tick
        return messages

    async def _compare(self, tick: int) -> None:
        rack = self._rack
        every = max(CHANGES_EVERY, len(rack.channels) // CHANNELS_PER_TICK)
        async with self._comparing:
            if 0 <= tick - self._compared_at < every:
                return
            self._compared_at = tick
            layout = rack.layout
            await rack.follow()
            self._changes.clear()
            self._conclusions.follow(rack.layout)
            if rack.layout != layout:
                self._rows.forget(rack.channels)

    def _watched_by(self, client: LiveClient) -> WatchedSet:
        if client.watched is None or client.layout != self._rack.layout:
            client.watched = self._sets.find(client.subscription)
        return client.watched

    def _add_changes(self, client: LiveClient, messages: list[LiveMessage]) -> None:
        rack, found, watched = self._rack, self._conclusions, self._watched_by(client)
        if client.serial != rack.serial:
            key = client.serial, client.version, watched.locations
            if key not in self._changes:
                self._changes[key] = self._write_changes(client, watched)
            if (message := self._changes[key]) is not None:
                messages.append(message)
                client.version = rack.version
            client.serial = rack.serial
        if client.alarms_serial != found.alarms_serial:
            messages.append(write_message("alarms", alarms=found.alarms(watched)))
            client.alarms_serial = found.alarms_serial
        if client.show_serial != found.show_serial:
            messages.append(write_message("show", show=found.show))
            client.show_serial = found.show_serial
        if client.lost_serial != found.lost_serial:
            messages.append(write_message("lost", lost=found.lost))
            client.lost_serial = found.lost_serial

    def _write_changes(self, client: LiveClient, watched: WatchedSet) -> LiveMessage | None:
        """None: nothing of what is watched changed."""
        devices, channels = self._rack.changes_since(client.serial, watched.devices)
        if not (devices or channels):
            return None
        return write_message(
            "changes",
            version=str(self._rack.version),
            since=str(client.version),
            generated_at=dump(format_timestamp(self._rack.now)),
            devices=f"[{devices}]",
            channels=f"[{channels}]",
        )

    async def _add_snapshot(self, client: LiveClient, tick: int, messages: list[LiveMessage]) -> None:
        if 0 <= tick - client.snapshot_at < self._snapshots.every:
            return
        if not await self._snapshots.prepare(tick):
            return
        # Of what the client watches now: it may have changed that while the snapshot was written.
        watched = self._sets.find(client.subscription)
        snapshot = self._snapshots.read(watched)
        messages.append(snapshot.message)
        client.layout, client.serial, client.version = snapshot.layout, snapshot.serial, snapshot.version
        client.alarms_serial, client.show_serial = snapshot.alarms_serial, snapshot.show_serial
        client.lost_serial = snapshot.lost_serial
        client.watched, client.meters_version, client.snapshot_at = watched, 0, tick

    def _add_meters(self, client: LiveClient, tick: int, messages: list[LiveMessage]) -> None:
        if tick != self._meters_at:
            self._meters_at = tick
            self._meters.clear()
        watched = self._watched_by(client)
        key = client.meters_version, client.version, watched
        if (written := self._meters.get(key)) is None:
            written = self._meters[key] = self._write_meters(client, watched)
        message, client.meters_version = written
        if message is not None:
            messages.append(message)

    def _write_meters(self, client: LiveClient, watched: WatchedSet) -> tuple[LiveMessage | None, int]:
        rows, version = self._rows.rows_since(client.meters_version, watched.channels)
        if not rows:
            return None, version
        message = write_message(
            "meters",
            version=str(client.version),
            generated_at=dump(format_timestamp(self._live.now())),
            rows=f"[{rows}]",
        )
        return message, version


def _tick_of(now: float) -> int:
    # A hair before a tick is that tick: timers may be so early.
    return math.floor(now / TICK_S + 0.01)
