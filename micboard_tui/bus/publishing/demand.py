"""What boards show at present, from the interests that they send."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from micboard_tui.bus.wire.interest import FULL_RATE_HZ, INTEREST_ENDS_S, MAX_FOLLOWED, Interest
from micboard_tui.bus.wire.subjects import SWEEP_TIERS_S
from micboard_tui.domain.identity import DeviceId

MAX_BOARDS = 1000
"""Of more the newest are served."""


@dataclass(slots=True)
class _Board:
    interest: Interest
    heard_at: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What all boards need together; another object whenever it changed."""

    fast: frozenset[DeviceId] = frozenset()
    """Devices that are followed at the full rate."""
    slow: frozenset[DeviceId] = frozenset()
    """Devices that are followed twice a second, and not at the full rate."""
    tiers: Mapping[int, int] = field(default_factory=dict)
    """The sweeps that are read, and by how many boards."""


class DemandWatch:
    """``take`` each interest as it comes; ``look`` says what is needed now."""

    def __init__(self) -> None:
        self._boards: dict[str, _Board] = {}
        self._demand = Demand()
        self._has_changed = False
        self._full: set[DeviceId] = set()
        self._new_tiers: set[int] = set()

    def take(self, board: str, interest: Interest, now: float) -> bool:
        """Whether the board has just come, or has lost what it had. ``now``: seconds that only grow."""
        known = self._boards.pop(board, None)
        # The one that was heard last stands last.
        self._boards[board] = _Board(interest, now)
        if len(self._boards) > MAX_BOARDS:
            del self._boards[next(iter(self._boards))]
        if known is None or known.interest != interest:
            self._has_changed = True
        is_anew = known is None or known.interest.serial != interest.serial
        before = frozenset() if is_anew or known is None else frozenset(known.interest.devices)
        self._full |= frozenset(interest.devices[:MAX_FOLLOWED]) - before
        if known is None or is_anew or known.interest.tier_s != interest.tier_s:
            self._new_tiers.add(interest.tier_s)
        return is_anew

    def look(self, now: float) -> Demand:
        """What is needed at ``now``; interests that were not sent again have ended."""
        while self._boards:
            board, oldest = next(iter(self._boards.items()))
            if now - oldest.heard_at <= INTEREST_ENDS_S:
                break
            del self._boards[board]
            self._has_changed = True
        if self._has_changed:
            self._has_changed = False
            self._demand = self._join()
        return self._demand

    def take_full(self) -> frozenset[DeviceId]:
        """The devices of which all channels are needed once, however long ago they changed."""
        full, self._full = frozenset(self._full), set()
        return full

    def take_new_tiers(self) -> frozenset[int]:
        """The sweeps that a board has just begun to read."""
        tiers, self._new_tiers = frozenset(self._new_tiers), set()
        return tiers

    def forget(self) -> None:
        """After the connection was lost all of it is needed anew."""
        self._boards, self._has_changed = {}, True
        self._full, self._new_tiers = set(), set()

    def _join(self) -> Demand:
        fast: set[DeviceId] = set()
        slow: set[DeviceId] = set()
        tiers: dict[int, int] = {}
        for board in self._boards.values():
            interest = board.interest
            (fast if interest.rate_hz >= FULL_RATE_HZ else slow).update(interest.devices[:MAX_FOLLOWED])
            if interest.tier_s in SWEEP_TIERS_S:
                tiers[interest.tier_s] = tiers.get(interest.tier_s, 0) + 1
        return Demand(frozenset(fast), frozenset(slow - fast), tiers)
