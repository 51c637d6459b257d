"""The best ready spare of channels that need one, as a short name; remembered, since ranking costs much."""

from collections.abc import Callable, Sequence
from math import inf
from typing import TypeAlias

from micboard_tui.contracts.assignment import Spare
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.spare import SpareCandidate

REMEMBERED_S = 5.0
MOST_A_TURN = 2
"""So many channels are ranked between two calls of ``start_turn``; all others have the name from before."""
FORGOTTEN_S = 30.0
"""A spare that was ranked so long ago may not be ready any more, and is not named."""
SWAP_HELPS = frozenset(
    {
        ProblemCode.RF_LOST,
        ProblemCode.BATTERY_EMPTY,
        ProblemCode.BATTERY_CRITICAL,
        ProblemCode.WILL_NOT_LAST,
        ProblemCode.BATTERY_LOW,
    }
)
"""Of these alarms a spare is the cure."""
ListSpares: TypeAlias = Callable[[ChannelRef], Sequence[Spare] | Sequence[SpareCandidate]]


def name_spare(spares: Sequence[Spare] | Sequence[SpareCandidate]) -> str:
    """``S2 bay 3``: the best that is live and silent, or full in a charger; empty: none is ready."""
    for spare in spares:
        state = spare.state
        if spare.is_ready or _is_charged(state):
            name = state.display_name or f"channel {state.number}"
            return f"{name} bay {state.dock.bay.number}" if state.dock is not None else name
    return ""


def _is_charged(state: ChannelState) -> bool:
    return state.dock is not None and state.dock.bay.state is BayState.READY


class SpareNames:
    def __init__(self, list_spares: ListSpares, now: Callable[[], float]) -> None:
        self._list_spares, self._now = list_spares, now
        self._names: dict[ChannelRef, tuple[float, str]] = {}
        self._left = MOST_A_TURN

    def start_turn(self) -> None:
        """Some more channels may be ranked from now on."""
        self._left = MOST_A_TURN

    def find(self, cause: ProblemCode, state: ChannelState | None) -> str:
        """The spare for an alarm of this channel; empty where none helps, or it is not known yet."""
        if cause not in SWAP_HELPS or state is None or state.performer is None:
            return ""
        now = self._now()
        at, name = self._names.get(state.ref, (-inf, ""))
        age_s = now - at
        if self._left and not 0 <= age_s < REMEMBERED_S:
            self._left -= 1
            name = name_spare(self._list_spares(state.ref))
            self._names[state.ref] = now, name
            return name
        return name if 0 <= age_s < FORGOTTEN_S else ""
