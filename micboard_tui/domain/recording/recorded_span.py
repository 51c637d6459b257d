"""What was recorded, as it is given to those who ask: columns of a span, and the window of an alarm. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.second_summary import ChannelSummary

WINDOW_BEFORE_S = 60.0
WINDOW_AFTER_S = 15.0
"""Every raised alarm keeps so much at full rate."""
MAX_WINDOW_CHANNELS = 64
MAX_COLUMNS = 2000
"""A span is given in so many columns at most."""


@dataclass(frozen=True, slots=True)
class RecordedSpan:
    """One channel from ``start`` to ``end``, in columns of equal length."""

    start: float
    end: float
    columns: Sequence[ChannelSummary]
    """Of each column what the records that touch it say; ``EMPTY``: nothing was recorded then.

    A record longer than a column fills all columns that it touches.
    """
    step_s: float
    """The longest record used: nothing can be placed more exactly. 0: there is none."""

    @property
    def column_s(self) -> float:
        """The length of a column."""
        return (self.end - self.start) / len(self.columns)


@dataclass(frozen=True, slots=True)
class WindowTitle:
    """Which alarm a window was kept for, without its samples."""

    key: AlarmKey
    raised_at: float
    start: float
    end: float
    """Before it, the window is still being recorded."""


@dataclass(frozen=True, slots=True)
class AlarmWindow:
    """The seconds around an alarm at full rate; of an alarm of a device, all channels of it.

    One of a location or of the whole rig has those of ``MAX_WINDOW_CHANNELS`` channels at most.
    """

    title: WindowTitle
    samples: Mapping[ChannelRef, Sequence[Sample]] = field(default_factory=dict)
    """A channel of which nothing was received then has none."""
