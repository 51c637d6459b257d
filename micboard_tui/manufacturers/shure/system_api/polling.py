"""What to ask next once everything is known: what is not pushed, round and round."""

import anyio

from micboard_tui.manufacturers.session_timing import ASK_AFTER
from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server
from micboard_tui.manufacturers.shure.system_api.timing import Pace
from micboard_tui.protocols.shure_system_api.paths import Topic


class PollingRounds:
    def __init__(
        self, conversation: Conversation, server: Server, pace: Pace, silence_limit_s: float
    ) -> None:
        self._conversation = conversation
        self._server = server
        self._pace = pace
        self._quiet_limit_s = silence_limit_s * ASK_AFTER
        self._listed_at = self._next_at = conversation.now()
        self._turn = 0

    async def read_list_if_due(self) -> bool:
        """Read the list of devices if it is due; False: it is not."""
        since_s = self._conversation.now() - self._listed_at
        due_s = self._pace.list_pace_s if self._conversation.list_is_due else self._pace.list_every_s
        if since_s < due_s:
            return False
        await self._read_list()
        return True

    async def ask_one(self) -> None:
        """Wait for the next turn and ask for a value that is not pushed, or for any if it is quiet."""
        self._next_at = max(self._conversation.now(), self._next_at + self._pace.poll_s)
        await anyio.sleep(max(0.0, self._next_at - self._conversation.now()))
        topics = [topic for topic in self._conversation.topics if topic not in self._conversation.pushed]
        if not topics:
            if self._conversation.now() - self._conversation.heard_at < self._quiet_limit_s:
                return
            topics = list(self._conversation.topics)
        if topics:
            await self._ask(topics)
        else:
            # No device is online behind it: the list is the only question there is
            # (docs/reference/protocols/shure.md 14.4).
            await self._read_list()

    async def _ask(self, topics: list[Topic]) -> None:
        self._turn += 1
        await self._conversation.read(self._server, topics[self._turn % len(topics)])

    async def _read_list(self) -> None:
        self._listed_at = self._conversation.now()
        await self._conversation.read_devices(self._server)
        values = self._conversation.site.values
        await self._conversation.read_values(
            self._server, [topic for topic in self._conversation.topics if topic not in values]
        )
