"""How the levels of every channel have been in the last minutes, as far as this screen has watched."""

from array import array
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from math import isnan, nan
from typing import NamedTuple

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.draw.formats import rf_share
from micboard_tui.tui.draw.glyphs import Glyphs

SLOT_S = 10.0
SLOTS = 30
"""Five minutes."""
POINT_S = 2.0
POINTS = 150
"""Five minutes too."""


class Curves(NamedTuple):
    """Levels every ``POINT_S`` seconds, the newest last; None where there was none."""

    rf_dbm: Sequence[float | None]
    audio_dbfs: Sequence[float | None]


class Trends:
    """Keeps the lowest level of every ten seconds: a dip of one moment is what one looks for."""

    def __init__(self) -> None:
        self._past: dict[ChannelRef, deque[float | None]] = {}
        self._lowest: dict[ChannelRef, float] = {}
        self._slot_ends: float | None = None
        self._texts: dict[tuple[ChannelRef, int], str] = {}
        self._points: dict[ChannelRef, tuple[array[float], array[float]]] = {}
        self._point_ends = 0.0
        self.version = 0
        """Grows whenever a slot is closed, so that all texts are others."""

    def take(self, states: Iterable[tuple[ChannelRef, ChannelState]]) -> None:
        """Remember the levels of states that have just changed."""
        lowest = self._lowest
        for ref, state in states:
            level = state.rf_low_dbm
            if level is not None:
                before = lowest.get(ref)
                if before is None or level < before:
                    lowest[ref] = level

    def turn(self, states: Mapping[ChannelRef, ChannelState], now: float) -> None:
        """Close the slots that are over at ``now``, for these channels; the others are forgotten."""
        self._note_points(states, now)
        if self._slot_ends is None:
            self._slot_ends = now + SLOT_S
        if now < self._slot_ends:
            return
        over = min(SLOTS, 1 + int((now - self._slot_ends) // SLOT_S))
        self._slot_ends = now + SLOT_S
        past: dict[ChannelRef, deque[float | None]] = {}
        for ref, state in states.items():
            # What did not change was not taken, and is as it was.
            steady = None if state.is_stale(now) else state.meters.rf_dbm
            levels = past[ref] = self._past.get(ref) or deque(maxlen=SLOTS)
            levels.append(self._lowest.get(ref, steady))
            levels.extend([None] * (over - 1))
        self._past, self._lowest = past, {}
        self._texts.clear()
        self.version += 1

    def curves(self, ref: ChannelRef) -> Curves:
        """The lowest RF and the highest audio of every two seconds."""
        rf, audio = self._points.get(ref, ((), ()))
        return Curves(*([None if isnan(level) else level for level in curve] for curve in (rf, audio)))

    def _note_points(self, states: Mapping[ChannelRef, ChannelState], now: float) -> None:
        if now < self._point_ends:
            return
        missed = int((now - self._point_ends) // POINT_S) if self._point_ends else 0
        self._point_ends = now + POINT_S
        points: dict[ChannelRef, tuple[array[float], array[float]]] = {}
        gap = array("f", [nan] * min(missed, POINTS))
        for ref, state in states.items():
            rf, audio = points[ref] = self._points.get(ref) or (array("f"), array("f"))
            rf_dbm, audio_dbfs = state.rf_low_dbm, state.audio_peak_dbfs
            if state.is_stale(now):
                rf_dbm = audio_dbfs = None
            if gap:
                rf += gap
                audio += gap
            rf.append(nan if rf_dbm is None else rf_dbm)
            audio.append(nan if audio_dbfs is None else audio_dbfs)
            if len(rf) > POINTS:
                del rf[:-POINTS], audio[:-POINTS]
        self._points = points

    def text(self, ref: ChannelRef, width: int, glyphs: Glyphs) -> str:
        """The newest slots, right-aligned in ``width`` cells; a blank is a time without a level."""
        text = self._texts.get((ref, width))
        if text is None:
            levels = list(self._past.get(ref, ()))[-width:] if width else []
            text = "".join(map(glyphs.level, map(rf_share, levels))).rjust(width)
            self._texts[ref, width] = text
        return text
