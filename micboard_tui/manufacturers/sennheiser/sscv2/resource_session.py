"""One session with an SSCv2 device: which resources it sends of its own accord, and which are requested.

Theory of operation. A session passes through these states, in the order in which the driver calls it:

- ``UNOPENED``: only requests are possible. A one-shot reading or command never gets further, having no
  stream.
- ``OPENED``: the event stream has named the session (``handle_event``). ``read_everything`` then requests
  each resource once and has the tracker report; from now on the session has to be given back.
- ``WATCHING``: begins with ``subscribe``, which adds all resources to the stream. Commands are taken. At
  every tick ``keep_up`` adds those of transmitters that came, and requests again what could not be
  subscribed; ``request_levels`` asks for one level of channels that sent none, ``ping`` for anything at all.
- ``ENDED``: ``end`` has given the session back, or the device has forgotten it.

Remembered between calls: the session's name, the subscribed and the refused paths, when a path may be
requested again, and whose turn it is among the levels of a channel.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum, auto

import anyio
import httpx

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import Command
from micboard_tui.manufacturers.sennheiser.sscv2.change_tracker import ChangeTracker
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import PreparedCommand
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import RequestQueue
from micboard_tui.manufacturers.transport.https import Answer, ask
from micboard_tui.protocols.sscv2 import path
from micboard_tui.protocols.sscv2.message import Event, News, Opened, read_refusal

MAX_CHANNELS = 8
"""More than any EW-DX has; counting stops at the first that does not exist."""
RETRY_S = 5.0
"""Between two requests for a transmitter that its channel names, or for what cannot be subscribed."""


class SessionState(Enum):
    UNOPENED = auto()
    OPENED = auto()
    WATCHING = auto()
    ENDED = auto()


class ResourceSession:
    """Reads, subscribes and keeps up with transmitters that come and go."""

    def __init__(
        self, requests: RequestQueue, tracker: ChangeTracker, clock: Callable[[], float], *, has_meters: bool
    ) -> None:
        self.requests = requests
        self.tracker = tracker
        self.state = SessionState.UNOPENED
        self._uuid: str | None = None
        self._opened = anyio.Event()
        self._clock = clock
        self.has_meters = has_meters
        self._subscribed: set[str] = set()
        self._refused: set[str] = set()
        """Paths that this device does not have or not send, and that are not tried again."""
        self._next_request_at: dict[str, float] = {}
        self._level_turn = 0

    @property
    def uuid(self) -> str | None:
        """The name of the open session; None before and after."""
        return self._uuid

    def handle_event(self, event: Event) -> None:
        """Called by the stream."""
        if isinstance(event, Opened):
            self._uuid = event.uuid
            if self.state is SessionState.UNOPENED:
                self.state = SessionState.OPENED
            self._opened.set()
        elif isinstance(event, News):
            self.tracker.apply_event(event.values)

    async def wait_until_opened(self) -> None:
        await self._opened.wait()

    async def read_everything(self) -> None:
        """Request every resource once, and report what came. Raises DeviceError."""
        await self.count_channels()
        tracker = self.tracker
        for resource in tracker.family.device_paths():
            await self._request(resource)
        numbers = tracker.counted_numbers
        for resource in self._channel_paths(numbers):
            if resource not in tracker.tree:
                await self._request(resource)
        for number in numbers:
            for resource in tracker.family.transmitter_paths(tracker.tree, number):
                await self._request(resource)
        tracker.start_reporting()

    async def count_channels(self) -> None:
        """Request one channel after the other until there is none. Raises DeviceError API_ERROR for none."""
        count = 0
        while count < MAX_CHANNELS:
            channel_path = self.tracker.family.channel_path(count)
            if channel_path is None:
                return
            if not await self._request(channel_path):
                break
            count += 1
            self.tracker.add_channel(count)
        if not count:
            raise DeviceError(
                ErrorCode.API_ERROR,
                f"{self.requests.address} has no channel",
                hint=hints.RESTART_UNSUPPORTED,
            )

    def prepare_command(self, command: Command) -> PreparedCommand:
        """Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED."""
        return self.tracker.family.prepare_command(command, self.tracker.counted_numbers)

    async def subscribe(self) -> None:
        """Have the device send whatever changes of its own accord."""
        self.state = SessionState.WATCHING
        resources = [*self.tracker.family.device_paths(), *self._channel_paths(self.tracker.numbers)]
        await self._add(dict.fromkeys(resources))
        await self.keep_up()

    async def keep_up(self) -> None:
        """Learn of transmitters that came: subscribe to them, and request what they do not send."""
        for number in self.tracker.present_numbers:
            resources = self.tracker.family.transmitter_paths(self.tracker.tree, number)
            missing = [
                resource
                for resource in resources
                if resource not in self._subscribed or resource not in self.tracker.tree
            ]
            due = self._take_due(missing)
            # In a list of their own, since one that is not linked may have all of it refused
            # (docs/reference/protocols/sennheiser.md 6.3).
            await self._add(resource for resource in due if resource not in self._subscribed)
            for resource in due:
                if resource not in self.tracker.tree or resource not in self._subscribed:
                    await self._request(resource)
        await self._request_unsubscribed()

    async def _request_unsubscribed(self) -> None:
        """What is there but was not subscribed would stay what it was for ever; a few at a time."""
        family = self.tracker.family
        resources = [
            *family.device_paths(),
            *(resource for number in self.tracker.numbers for resource in family.fact_paths(number)),
        ]
        unsubscribed = [
            resource
            for resource in resources
            if resource not in self._subscribed and resource in self.tracker.tree
        ]
        for resource in self._take_due(unsubscribed, limit=path.GROUP):
            await self._request(resource)

    def _take_due(self, resources: Sequence[str], limit: int | None = None) -> Sequence[str]:
        """Those that may be requested now, at most ``limit``; they may again after a while."""
        now = self._clock()
        due = [resource for resource in resources if now >= self._next_request_at.get(resource, 0.0)][:limit]
        self._next_request_at.update(dict.fromkeys(due, now + RETRY_S))
        return due

    async def request_levels(self, numbers: Iterable[int]) -> bool:
        """Request one level of each channel; whether any differs from what the stream has sent."""
        requested: set[str] = set()
        is_missed, now, tree = False, self._clock(), self.tracker.tree
        # Another one each time: a dead stream is betrayed by whichever level moves.
        self._level_turn -= 1
        for number in numbers:
            paths = self.tracker.family.meter_paths(number)
            levels = [level for level in paths if now >= self._next_request_at.get(level, 0.0)]
            level = levels[self._level_turn % len(levels)] if levels else None
            if level is None or level in requested:
                continue
            requested.add(level)
            events_before = self.tracker.events
            is_changed = await self._request(level)
            is_missed = is_missed or (is_changed and self.tracker.events == events_before)
            if level not in tree and not tree.items(level):
                # A device that does not have it is not asked for it at every tick.
                self._next_request_at[level] = now + RETRY_S
        self.tracker.report_levels()
        return is_missed

    async def ping(self) -> None:
        """Request something that costs nothing, to get any answer at all."""
        await self.requests.get(path.VERSION)
        self.tracker.mark_alive(self.requests.round_trip_s)

    async def end(self) -> None:
        """Give the session back; there are only a few (docs/reference/protocols/sennheiser.md 10).

        Called again it does nothing, even when the first call failed.
        """
        uuid, self._uuid = self._uuid, None
        self.state = SessionState.ENDED
        if uuid is not None:
            # Past the queue, where a command may still wait for its answer.
            await ask(self.requests.client, "DELETE", path.session(uuid))

    async def _request(self, resource: str) -> bool:
        """Request one resource; whether it changed."""
        value = await self.requests.get(resource)
        if value is None:
            self.tracker.mark_alive()
            self.tracker.remove_resource(resource)
            return False
        return self.tracker.apply_answer(resource, value)

    def _channel_paths(self, numbers: Iterable[int]) -> Sequence[str]:
        family = self.tracker.family
        return [
            resource
            for number in numbers
            for resource in (
                *family.fact_paths(number),
                *(family.meter_paths(number) if self.has_meters else ()),
            )
        ]

    async def _add(self, resources: Iterable[str]) -> None:
        """Subscribe in small groups, so that a bad path takes few others with it."""
        remaining = [resource for resource in resources if resource not in self._refused]
        for first in range(0, len(remaining), path.GROUP):
            await self._add_group(remaining[first : first + path.GROUP])

    async def _add_group(self, group: Sequence[str]) -> None:
        if not group or self._uuid is None:
            return
        answer = await self.requests.send(
            "PUT", path.session_addition(self._uuid), list(group), may_forbid=True
        )
        self.tracker.mark_alive()
        if httpx.codes.is_success(answer.status):
            self._subscribed.update(group)
            return
        await self._check_session(answer)
        refused = read_refusal(answer.body)
        if refused is not None and refused.path in group:
            if refused.error != httpx.codes.UNPROCESSABLE_ENTITY:
                self._refused.add(refused.path)
            await self._add_group([resource for resource in group if resource != refused.path])
        elif len(group) > 1:
            for resource in group:
                await self._add_group([resource])

    async def _check_session(self, answer: Answer) -> None:
        """A 422 is about the session or about a path; the device is asked which.

        Source: docs/reference/protocols/sennheiser.md 6.1.
        """
        if answer.status not in {httpx.codes.UNPROCESSABLE_ENTITY, httpx.codes.NOT_FOUND} or not self._uuid:
            return
        listed = await self.requests.send("GET", path.session(self._uuid), may_forbid=True)
        if not httpx.codes.is_success(listed.status):
            self._uuid = None
            self.state = SessionState.ENDED
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"{self.requests.address} has closed the session",
                hint="It may have been restarted; the connection is tried again by itself",
            )
