"""Everything that the board shows, as one value. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from micboard_tui.domain.alarm_list import NO_ALARMS, AlarmList
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.show import ShowProfile, ShowProgress
from micboard_tui.tui.arrange.arrangement import Arrangement
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.draw.alarm_sign import NO_SIGNS, AlarmSign, AlarmSigns
from micboard_tui.tui.draw.lasting import Lasting
from micboard_tui.tui.draw.next_user import NextUser


@dataclass(frozen=True)
class BoardContents:
    """What the board shows at one moment; a newer one replaces it. Without slots, for ``frozen_copy``.

    A part that did not change is the same object as before: so the board finds out without comparing
    everything what is to be drawn anew.
    """

    arrangement: Arrangement = field(default_factory=Arrangement)
    """The headings and channels from top to bottom."""
    layout: Layout = Layout.ROWS
    number_cells: int = 0
    """Of the widest mic number of all channels; 0: none was given."""
    has_two_names: bool = False
    """Whether any channel has a name beside that of its performer."""
    states: Mapping[ChannelRef, ChannelState] = field(default_factory=dict)
    """Of every channel of every device, shown or not."""
    problems: Mapping[ChannelRef, Sequence[ProblemCode]] = field(default_factory=dict)
    """Of every channel that has any, worst first. Another object whenever all channels were judged anew."""
    lost_since: Mapping[ChannelRef, float] = field(default_factory=dict)
    """Since when each channel is offline, refused or without its carrier, drop-outs of that left out."""
    lasting: Mapping[ChannelRef, Lasting] = field(default_factory=dict)
    """How long packs last beside what the show needs; empty: no show is on. Replaced when any says other."""
    has_show: bool = False
    """Whether a show is on whose end or next break is known."""
    show: ShowProgress | None = None
    """The current show."""
    profile: ShowProfile = ShowProfile.SHOW
    """By which alarms and thresholds go."""
    next_users: Mapping[ChannelRef, NextUser] = field(default_factory=dict)
    """Who has a mic next by its plot; empty: no show is current. Replaced when any is another."""
    devices: Mapping[DeviceId, DeviceSnapshot] = field(default_factory=dict)
    """The devices with a line of their own: those without a channel, and those with a problem."""
    device_problems: Mapping[DeviceId, Sequence[DeviceProblem]] = field(default_factory=dict)
    """Of every device that has any itself, worst first."""
    alarms: AlarmList = NO_ALARMS
    alarm_signs: AlarmSigns = NO_SIGNS
    """What the rows say of these alarms; another object with them."""
    flash_sign: AlarmSign | None = None
    """What stands at this moment in place of each sign that flashes; None: the sign itself."""
    empty_text: str = ""
    """Stands in place of channels where there are none; may be several lines."""
    trends_version: int = 0
    """Grows when the trend of every channel has become another."""
    now: float = 0.0
    """The moment itself, in seconds since the epoch: ages are counted up to it."""
