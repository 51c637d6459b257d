"""How bars move: up at once, down slowly, so that an eye can follow. Pure; numbers are the true ones."""

from collections.abc import Container

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef

RELEASE_DB_PER_S = 40.0
STEP_DB = 0.5
"""A bar that falls has no finer steps than these."""


class _Bar:
    """Where a bar stood last, and when."""

    __slots__ = ("at", "dbfs", "is_falling")

    def __init__(self, dbfs: float) -> None:
        self.dbfs, self.at, self.is_falling = dbfs, 0.0, False


class Ballistics:
    """The audio bars of the channels that are shown."""

    def __init__(self) -> None:
        self._bars: dict[ChannelRef, _Bar] = {}
        self.falling: set[ChannelRef] = set()
        """Those whose bars have not come to rest."""

    def bar(self, ref: ChannelRef, state: ChannelState, now: float) -> float | None:
        """Where the bar of the channel stands at ``now`` (seconds), in dBFS; None without a level."""
        level = state.meters.audio_dbfs
        bar = self._bars.get(ref)
        if level is None:
            self._forget(ref)
            return None
        if bar is None:
            bar = self._bars[ref] = _Bar(level)
        if bar.dbfs > level:
            fallen = bar.dbfs - RELEASE_DB_PER_S * max(0.0, now - bar.at)
            if fallen > level + STEP_DB:
                bar.dbfs, bar.at = fallen, now
                if not bar.is_falling:
                    bar.is_falling = True
                    self.falling.add(ref)
                return round(fallen / STEP_DB) * STEP_DB
        if bar.is_falling:
            bar.is_falling = False
            self.falling.discard(ref)
        bar.dbfs, bar.at = level, now
        return level

    def _forget(self, ref: ChannelRef) -> None:
        self._bars.pop(ref, None)
        self.falling.discard(ref)

    def keep(self, shown: Container[ChannelRef]) -> None:
        """Forget the channels that are not shown any more."""
        self._bars = {ref: bar for ref, bar in self._bars.items() if ref in shown}
        self.falling &= self._bars.keys()
