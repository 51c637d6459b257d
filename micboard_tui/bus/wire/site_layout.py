"""Which devices there are, in rack order, where they can stand, and who may wear a transmitter."""

from dataclasses import dataclass

from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.location import Location


@dataclass(frozen=True, slots=True)
class SiteLayout:
    """Under ``subjects.LAYOUT_KEY``. A device that is not named here has gone."""

    devices: tuple[DeviceId, ...] = ()
    locations: tuple[Location, ...] = ()
    performers: tuple[Performer, ...] = ()
