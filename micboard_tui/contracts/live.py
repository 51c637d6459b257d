"""What front ends see of the present: they sample it, nothing is pushed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location


@dataclass(frozen=True, slots=True)
class Changes:
    """What is newer than the version that was asked with."""

    version: int
    """Ask with this next time."""
    channels: Sequence[ChannelState] = ()
    devices: Sequence[DeviceState] = ()
    layout_version: int = 0
    """Grows when devices, channels, names or locations come, go or move: then read ``snapshot``.

    0: it is not known yet which devices there are.
    """


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A channel's link state became another."""

    link: LinkState
    at: float
    """Seconds since the epoch."""


class LiveContract(Protocol):
    """The current state of everything, in memory. Reading it never waits and never fails.

    Each process holds all of it: the one with the sessions as they bring it, any other one as a replica.
    """

    @property
    def version(self) -> int:
        """Grows with every change."""
        ...

    @property
    def findings(self) -> Findings:
        """Alarms and forecasts as they were concluded last; another object after each change."""
        ...

    def now(self) -> float:
        """Seconds since the epoch by the clock that the states are stamped with; it never jumps."""
        ...

    def changed_since(self, version: int, among: Iterable[ChannelRef] | None = None) -> Changes:
        """Every channel and device that changed after ``version``; 0 gives all.

        With ``among`` only these channels and no devices: what a screen shows, at the price of what it shows.
        """
        ...

    def snapshot(self) -> Sequence[DeviceSnapshot]:
        """All devices in rack order with their channels, as they are now."""
        ...

    def locations(self) -> Sequence[Location]:
        """All locations, in no order."""
        ...

    def performers(self) -> Sequence[Performer]:
        """Everybody who may wear a transmitter, in no order."""
        ...

    def history(self, ref: ChannelRef) -> Sequence[LinkChange]:
        """The last link states of a channel since the program started, newest first."""
        ...

    def channel(self, ref: ChannelRef) -> ChannelState | None:
        """One channel as it is now; None when there is no such channel."""
        ...

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        """One device as it is now; None when there is no such device."""
        ...

    def judge(self, max_age_s: float = 0.0) -> Judgement:
        """What is wrong with all channels and devices, and since when, also from before the program started.

        It was judged ``max_age_s`` ago at most; all who ask share one judgement.
        """
        ...
