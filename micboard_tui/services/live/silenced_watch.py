"""Which channels that are expected to be off are live with sound again.

A channel is either as it was when it was marked, or it has rested since: its receiver had no carrier of it,
or nothing was heard on it for ``QUIET_S``. While its device cannot be read, nothing is known of it, and so it
does not rest. ``judge`` is called every few seconds with all channels; what has rested and has sound again is
returned once, and is as if marked just now. What is not marked is not remembered.
"""

from collections.abc import Iterable

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import ON_AIR, WITHOUT_CARRIER
from micboard_tui.domain.thresholds import QUIET_S


class SilencedWatch:
    def __init__(self) -> None:
        self._silent_since: dict[ChannelRef, float | None] = {}
        """Of each marked channel on the air since when nothing is heard; None while something is."""
        self._rested: set[ChannelRef] = set()

    def judge(self, states: Iterable[ChannelState], now: float) -> list[ChannelRef]:
        """The channels that came back since the last time."""
        marked = {state.ref: state for state in states if state.expected_off}
        self._rested &= marked.keys()
        since = self._silent_since
        self._silent_since = {}
        back = []
        for ref, state in marked.items():
            if state.has_sound():
                self._silent_since[ref] = None
                if ref in self._rested:
                    self._rested.discard(ref)
                    back.append(ref)
            elif state.link_state in WITHOUT_CARRIER:
                self._rested.add(ref)
            elif state.link_state in ON_AIR:
                silent_since = self._silent_since[ref] = since.get(ref) or now
                if now - silent_since >= QUIET_S:
                    self._rested.add(ref)
        return back

    def keep(self, refs: Iterable[ChannelRef]) -> None:
        """To be called for what ``judge`` returned: it returns it again, until it is forgotten."""
        self._rested.update(refs)

    def forget(self, refs: Iterable[ChannelRef]) -> None:
        """To be called for what was marked as expected on."""
        self._rested.difference_update(refs)
