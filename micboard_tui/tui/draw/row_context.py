"""One channel at one moment, with all that its picture needs. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.draw.alarm_sign import AlarmSign
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.lasting import Lasting
from micboard_tui.tui.draw.next_user import NextUser


class RowContext(NamedTuple):
    """One channel at one moment, and what else its picture needs."""

    state: ChannelState
    device: str
    """What the receiver is called."""
    trend: str
    """How the RF has been, as wide as there is room for it."""
    now: float
    glyphs: Glyphs
    bar_dbfs: float | None = None
    """Where the audio bar stands that still falls; None: at the level."""
    problems: Sequence[ProblemCode] = ()
    """What is wrong with it, worst first."""
    lost_since: float | None = None
    """Since when it is offline, refused or without its carrier; None: since its link state changed."""
    lasting: Lasting | None = None
    """How long its pack lasts beside what the show needs; None: not known, or no show is on."""
    sign: AlarmSign | None = None
    """Whether its alarm is new, seen or shelved; None: it has none."""
    next_user: NextUser | None = None
    """Who has the mic next; None: no other person has it, or no show is current."""

    @property
    def link(self) -> LinkState:
        """The link state as it is shown."""
        return self.state.shown_link_state
