"""What is concluded of all channels, and the show, replaced as a whole. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from micboard_tui.domain.alarm_list import NO_ALARMS, AlarmList
from micboard_tui.domain.arming import Arming
from micboard_tui.domain.battery_forecast import BatteryForecast
from micboard_tui.domain.bus_loss import BusLoss
from micboard_tui.domain.conflict import LastingConflict
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.line_check import LineCheck
from micboard_tui.domain.rack_notices import AskedJump, EndedSilence
from micboard_tui.domain.session_holder import SessionHolder
from micboard_tui.domain.show import ShowProfile, ShowProgress
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.domain.storage_cause import StorageCause


@dataclass(frozen=True, slots=True)
class Findings:
    """Of one moment. A part that nothing was concluded of yet is empty."""

    alarms: AlarmList = NO_ALARMS
    forecasts: Mapping[ChannelRef, BatteryForecast] = field(default_factory=dict)
    """Minutes left of the packs on the air; a channel without one is unknown."""
    unknown_cells: frozenset[ChannelRef] = frozenset()
    """Packs on the air of which a person has to say which cells they have."""
    profile: ShowProfile = ShowProfile.SHOW
    """The one that is active: of the show, or chosen by a person."""
    line_check: LineCheck | None = None
    """The line check; None: none is on."""
    show: ShowProgress | None = None
    """The current show, planned or on; None: there is none. ``Show.plot`` says who has which mic."""
    ended_silences: tuple[EndedSilence, ...] = ()
    """The newest channels that are expected on again, the oldest of them first."""
    asked_jump: AskedJump | None = None
    """The last jump that show control asked for; None: none yet."""
    storage_cause: StorageCause | None = None
    """Why nothing can be stored, or could not the last time; None: it always could, or it is not known."""
    lost_collector: BusLoss | None = None
    """The collector that the alarm of a lost one is, or was, about; None: none was lost."""
    conflicts: Mapping[ChannelRef, tuple[LastingConflict, ...]] = field(default_factory=dict)
    """Of channels with each other, also of devices that different programs read; worst first.

    Empty where one program reads all devices: then they are a part of what it judges.
    """
    docks: Mapping[ChannelRef, Dock] = field(default_factory=dict)
    """Of channels whose packs are in a charger that another program reads; empty where one reads all."""
    show_lock: ShowLock | None = None
    """The show is locked; None: it is not, or it is not known yet."""
    armings: tuple[Arming, ...] = ()
    """For whom control is armed, in the order in which they armed it."""
    holder: SessionHolder | None = None
    """Another process that reads the devices; all states are what it stored, as past. None: none does."""
    lost: BusLoss | None = None
    """Nothing is heard of the process that reads the devices, so all of it is past; None: it is heard."""
