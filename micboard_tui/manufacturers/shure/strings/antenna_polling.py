"""Asks an SLX-D+ which antennas receive, which its samples do not contain.

Source: docs/reference/protocols/shure.md 6.3, 7.1.

A session that stays calls ``ask`` every second, and every ``EVERY_S`` each channel is asked once. The
conversation keeps the answer for the meters that follow; an answer that fails to come for ``KEEP_S`` is
forgotten, and a receiver that does not answer at all is left alone.
"""

from micboard_tui.manufacturers.session_timing import IntervalTimer
from micboard_tui.manufacturers.shure.strings.conversation import Conversation
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.protocols.shure_strings.messages import Get

EVERY_S = 3.0
KEEP_S = 10.0
TRIES = 3
"""So often a receiver is asked that never answered."""


class AntennaPolling:
    """The antennas of one session."""

    def __init__(self, conversation: Conversation, dialect: Dialect | None) -> None:
        self._conversation = conversation
        self._is_needed = dialect is not None and dialect.has_links
        self._timer = IntervalTimer(conversation.now, EVERY_S)
        self._tries = 0

    async def ask(self) -> None:
        """Ask every channel when it is time to. Cheap otherwise."""
        if not self._is_needed or not self._timer.has_elapsed():
            return
        conversation = self._conversation
        conversation.forget_antennas(older_than_s=KEEP_S)
        if any("ANTENNA_STATUS" in channel.values for channel in conversation.channels.values()):
            self._tries = 0
        elif self._tries >= TRIES:
            return
        self._tries += 1
        for number in conversation.channels:
            await conversation.send(Get(number, "ANTENNA_STATUS"))
