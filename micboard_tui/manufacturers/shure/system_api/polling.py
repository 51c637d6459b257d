"""Whose turn it is to be asked, once everything is known: what nobody pushes, round and round."""

import anyio

from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server
from micboard_tui.manufacturers.shure.system_api.timing import Pace
from micboard_tui.protocols.shure_system_api.paths import Topic

ASK_AFTER = 0.4
"""Of the silence limit: then the server is asked for a word, even if it pushes everything."""


class Rounds:
    def __init__(self, talk: Conversation, server: Server, pace: Pace, silence_limit_s: float) -> None:
        self._talk = talk
        self._server = server
        self._pace = pace
        self._patience_s = silence_limit_s * ASK_AFTER
        self._listed_at = self._next_at = talk.now()
        self._turn = 0

    async def keep_list(self) -> bool:
        """Read the list of devices if it is due; False: it is not."""
        since_s = self._talk.now() - self._listed_at
        due_s = self._pace.list_pace_s if self._talk.list_is_due else self._pace.list_every_s
        if since_s < due_s:
            return False
        await self._read_list()
        return True

    async def ask_one(self) -> None:
        """Wait for the next turn and ask for one value, or for a word if the server has been quiet."""
        self._next_at = max(self._talk.now(), self._next_at + self._pace.poll_s)
        await anyio.sleep(max(0.0, self._next_at - self._talk.now()))
        topics = [topic for topic in self._talk.topics if topic not in self._talk.pushed]
        if not topics:
            if self._talk.now() - self._talk.heard_at < self._patience_s:
                return
            topics = list(self._talk.topics)
        if topics:
            await self._ask(topics)
        else:
            # Nobody is online behind it: the list is the only question there is
            # (docs/reference/protocols/shure.md 14.4).
            await self._read_list()

    async def _ask(self, topics: list[Topic]) -> None:
        self._turn += 1
        await self._talk.read(self._server, topics[self._turn % len(topics)])

    async def _read_list(self) -> None:
        self._listed_at = self._talk.now()
        await self._talk.read_devices(self._server)
        values = self._talk.site.values
        await self._talk.read_values(self._server, [each for each in self._talk.topics if each not in values])
