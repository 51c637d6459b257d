"""The present of all devices as services have it, which conclude something of it."""

from typing import Protocol

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdSet
from micboard_tui.services.device.live_devices import LiveDevices
from micboard_tui.services.live.link_changes import LinkChanges
from micboard_tui.services.live.recorder_feed import RecorderFeed


class LiveSite(LiveContract, LiveDevices, Protocol):
    """Where the sessions are that is ``LiveState``, and where other programs have them ``SiteState``.

    No service knows which of the two it has.
    """

    findings: Findings
    """Replaced as a whole by the services that conclude them."""

    @property
    def feed(self) -> RecorderFeed:
        """What was read from devices by this program, for the flight recorder."""
        ...

    @property
    def clock_set_by_s(self) -> float:
        """By how much the clock of ``now`` was set since the program started."""
        ...

    @property
    def link_changes(self) -> LinkChanges:
        """How often the link state of any channel, or the status of any device, has changed."""
        ...

    def judge_by(self, numbers: ThresholdSet, profile: ShowProfile) -> None:
        """Judge everything by these numbers from now on, where this program judges."""
        ...
