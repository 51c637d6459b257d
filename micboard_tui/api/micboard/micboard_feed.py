"""What clients of micboard's WebSocket must be sent next, made once for all of them. Pure: it sends nothing.

A client that has its message up to one tick gets the same message at the next as all others that have. One
that was slow gets what is different since the rack that it was sent last, in one message.
"""

from micboard_tui.api.live.subscription import TICK_S
from micboard_tui.api.live.written_json import dump
from micboard_tui.contracts.documents.micboard_data import MicboardRack, read_rack, update_message
from micboard_tui.contracts.live import LiveContract

CHANNELS_PER_TICK = 100
"""micboard sends every 50 ms; with more channels than these it is less often, since each is read anew."""


class MicboardFeed:
    """Time goes in ticks, which callers count by one clock."""

    def __init__(self, live: LiveContract) -> None:
        self._live = live
        self._rack = MicboardRack()
        self._version = 0
        self._read_at: int | None = None
        self._messages: dict[int, tuple[MicboardRack, str | None]] = {}

    @property
    def every(self) -> int:
        """Ticks from message to message."""
        return 1 + len(self._rack.channels) // CHANNELS_PER_TICK

    def next_tick(self, now: float) -> int:
        """When to take the next message; ``now`` in seconds."""
        # A timer may end a hair before its time.
        return (int(now / TICK_S + 0.01) // self.every + 1) * self.every

    def read(self, tick: int) -> MicboardRack:
        """All as it is at a tick; the same object for all who ask, and while nothing changes."""
        if tick != self._read_at:
            self._read_at = tick
            if self._live.version != self._version:
                self._version = self._live.version
                self._rack = read_rack(self._live.snapshot(), self._live.now())
                self._messages.clear()
        return self._rack

    def message_since(self, before: MicboardRack, rack: MicboardRack) -> str | None:
        """What is different in the rack of now, as JSON; None: nothing is."""
        if before is rack:
            return None
        if (known := self._messages.get(id(before))) is None:
            update = update_message(before, rack)
            # The rack is kept beside the message, so that no other one can get its id meanwhile.
            known = self._messages[id(before)] = before, dump(update) if update else None
        return known[1]
