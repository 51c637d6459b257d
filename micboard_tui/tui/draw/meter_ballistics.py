"""How bars move: up at once, down slowly, so that an eye can follow. Pure; numbers are the true ones."""

from collections.abc import Container

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef

RELEASE_DB_PER_S = 40.0
STEP_DB = 0.5
"""A bar has no finer steps than these."""


class Ballistics:
    """The audio bars of the channels that are shown."""

    def __init__(self) -> None:
        self._bars: dict[ChannelRef, tuple[float, float]] = {}
        self.falling: set[ChannelRef] = set()
        """Those whose bars have not come to rest."""

    def bar(self, ref: ChannelRef, state: ChannelState, now: float) -> float | None:
        """Where the bar of the channel stands at ``now`` (seconds), in dBFS; None without a level."""
        level = state.meters.audio_dbfs
        if level is None:
            self._bars.pop(ref, None)
            self.falling.discard(ref)
            return None
        before = self._bars.get(ref)
        if before is not None and before[0] > level:
            fallen = before[0] - RELEASE_DB_PER_S * max(0.0, now - before[1])
            if fallen > level + STEP_DB:
                self.falling.add(ref)
                self._bars[ref] = fallen, now
                return round(fallen / STEP_DB) * STEP_DB
        self.falling.discard(ref)
        self._bars[ref] = level, now
        return level

    def keep(self, shown: Container[ChannelRef]) -> None:
        """Forget the channels that are not shown any more."""
        self._bars = {ref: bar for ref, bar in self._bars.items() if ref in shown}
        self.falling &= self._bars.keys()
