"""One session with a device: which resources it tells by itself, and which have to be asked for."""

from collections.abc import Callable, Iterable, Sequence

import anyio
import httpx

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.sscv2.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import Desk
from micboard_tui.manufacturers.transport.https import Answer, ask
from micboard_tui.protocols.sscv2 import path
from micboard_tui.protocols.sscv2.message import Event, News, Opened, read_refusal

MAX_CHANNELS = 8
"""More than any EW-DX has; asking stops at the first that does not exist."""
AGAIN_S = 5.0
"""Between two tries to learn of a transmitter that its channel names, or of what is not told by itself."""


class Session:
    """Reads, subscribes and keeps up with transmitters that come and go."""

    def __init__(self, desk: Desk, talk: Conversation, clock: Callable[[], float], *, metering: bool) -> None:
        self.desk = desk
        self.talk = talk
        self.uuid: str | None = None
        self.opened = anyio.Event()
        self._clock = clock
        self._metering = metering
        self._subscribed: set[str] = set()
        self._refused: set[str] = set()
        """Paths that this device does not have or not tell, and is not asked for again."""
        self._again_at: dict[str, float] = {}
        self._turn = 0

    @property
    def numbers(self) -> Sequence[int]:
        """The channels found so far."""
        return self.talk.family.numbers(self.talk.tree, self.talk.known)

    def heard(self, event: Event) -> None:
        """Told by the stream."""
        if isinstance(event, Opened):
            self.uuid = event.uuid
            self.opened.set()
        elif isinstance(event, News):
            self.talk.news(event.values)

    async def read_everything(self) -> None:
        """Ask for every resource once, and tell what came. Raises DeviceError."""
        await self.count_channels()
        for each in self.talk.family.device_paths():
            await self._ask(each)
        numbers = self.numbers
        for each in self._paths(numbers):
            if each not in self.talk.tree:
                await self._ask(each)
        for number in numbers:
            for each in self.talk.family.linked_paths(self.talk.tree, number):
                await self._ask(each)
        self.talk.open()

    async def count_channels(self) -> None:
        """Ask for one channel after the other until there is none. Raises DeviceError API_ERROR for none."""
        for index in range(MAX_CHANNELS):
            numbered = self.talk.family.numbered(index)
            if numbered is None:
                return
            if not await self._ask(numbered):
                break
            self.talk.known.append(index + 1)
        if not self.talk.known:
            raise DeviceError(
                ErrorCode.API_ERROR,
                f"{self.desk.address} has no channel",
                hint="Restart the receiver; if it stays so, its firmware speaks another dialect",
            )

    async def subscribe(self) -> None:
        """Have the device tell by itself whatever changes."""
        wanted = [*self.talk.family.device_paths(), *self._paths(self.talk.numbers)]
        await self._add(dict.fromkeys(wanted))
        await self.keep_up()

    async def keep_up(self) -> None:
        """Learn of transmitters that came: subscribe to them, and ask for what they do not tell."""
        for number in self.talk.here:
            linked = self.talk.family.linked_paths(self.talk.tree, number)
            wanted = [each for each in linked if each not in self._subscribed or each not in self.talk.tree]
            due = [each for each in wanted if self._clock() >= self._again_at.get(each, 0.0)]
            if not due:
                continue
            self._again_at.update(dict.fromkeys(due, self._clock() + AGAIN_S))
            # In a list of their own, since one that is not linked may have all of it refused
            # (docs/reference/protocols/sennheiser.md 6.3).
            await self._add(each for each in due if each not in self._subscribed)
            for each in due:
                if each not in self.talk.tree or each not in self._subscribed:
                    await self._ask(each)
        await self._ask_untold()

    async def _ask_untold(self) -> None:
        """What is there but was not subscribed would stay what it was for ever; a few at a time."""
        family = self.talk.family
        known = [
            *family.device_paths(),
            *(each for number in self.talk.numbers for each in family.fact_paths(number)),
        ]
        now = self._clock()
        untold = [
            each
            for each in known
            if each not in self._subscribed
            and each in self.talk.tree
            and now >= self._again_at.get(each, 0.0)
        ]
        for each in untold[: path.GROUP]:
            self._again_at[each] = now + AGAIN_S
            await self._ask(each)

    async def sample(self, numbers: Iterable[int]) -> bool:
        """Ask for one level of some channels that told none; whether any differs from what was told."""
        asked: set[str] = set()
        missed = False
        # Another one each time: a dead stream is betrayed by whichever level moves.
        self._turn -= 1
        for number in numbers:
            levels = self.talk.family.meter_paths(number)
            level = levels[self._turn % len(levels)]
            if level in asked:
                continue
            asked.add(level)
            before = self.talk.events
            is_news = await self._ask(level)
            missed = missed or (is_news and self.talk.events == before)
        self.talk.tell_levels()
        return missed

    async def ping(self) -> None:
        """Ask something that costs nothing, to hear anything at all."""
        await self.desk.call("GET", path.VERSION)
        self.talk.heard(self.desk.round_trip_s)

    async def end(self) -> None:
        """Give the session back; there are only a few (docs/reference/protocols/sennheiser.md 10)."""
        if self.uuid is not None:
            # Past the desk, where a command may still wait for its answer.
            await ask(self.desk.client, "DELETE", path.session(self.uuid))
            self.uuid = None

    async def _ask(self, each: str) -> bool:
        """Ask for one resource; whether it was news."""
        value = await self.desk.get(each)
        if value is None:
            self.talk.heard()
            self.talk.forgot(each)
            return False
        return self.talk.answered(each, value)

    def _paths(self, numbers: Iterable[int]) -> Sequence[str]:
        family = self.talk.family
        return [
            each
            for number in numbers
            for each in (
                *family.fact_paths(number),
                *(family.meter_paths(number) if self._metering else ()),
            )
        ]

    async def _add(self, paths: Iterable[str]) -> None:
        """Subscribe in small groups, so that a bad path takes few others with it."""
        left = [each for each in paths if each not in self._refused]
        for first in range(0, len(left), path.GROUP):
            await self._add_group(left[first : first + path.GROUP])

    async def _add_group(self, group: Sequence[str]) -> None:
        if not group or self.uuid is None:
            return
        answer = await self.desk.call("PUT", path.adding(self.uuid), list(group), may_forbid=True)
        self.talk.heard()
        if httpx.codes.is_success(answer.status):
            self._subscribed.update(group)
            return
        await self._check_session(answer)
        refused = read_refusal(answer.body)
        if refused is not None and refused.path in group:
            if refused.error != httpx.codes.UNPROCESSABLE_ENTITY:
                self._refused.add(refused.path)
            await self._add_group([each for each in group if each != refused.path])
        elif len(group) > 1:
            for each in group:
                await self._add_group([each])

    async def _check_session(self, answer: Answer) -> None:
        """A 422 is about the session or about a path; the device is asked which.

        Source: docs/reference/protocols/sennheiser.md 6.1.
        """
        if answer.status not in {httpx.codes.UNPROCESSABLE_ENTITY, httpx.codes.NOT_FOUND} or not self.uuid:
            return
        listed = await self.desk.call("GET", path.session(self.uuid), may_forbid=True)
        if not httpx.codes.is_success(listed.status):
            self.uuid = None
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"{self.desk.address} has forgotten the session",
                hint="It may have been restarted; the connection is tried again by itself",
            )
