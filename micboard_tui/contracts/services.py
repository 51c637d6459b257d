"""All services under one name: what a front end receives, and all that it receives."""

from collections.abc import Mapping
from typing import Final, Protocol, get_type_hints

from micboard_tui.contracts.access import AccessContract
from micboard_tui.contracts.alarms import AlarmContract
from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.audit import AuditContract
from micboard_tui.contracts.control import ControlContract
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.forecasts import ForecastContract
from micboard_tui.contracts.handover import HandoverContract
from micboard_tui.contracts.health import HealthContract
from micboard_tui.contracts.line_check import LineCheckContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.manufacturers import ManufacturerContract
from micboard_tui.contracts.recap import RecapContract
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.secrets import SecretContract
from micboard_tui.contracts.show import ShowContract
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.contracts.thresholds import ThresholdContract
from micboard_tui.contracts.users import UserContract
from micboard_tui.contracts.walks import WalkContract


class Services(Protocol):
    @property
    def live(self) -> LiveContract:
        """The present."""
        ...

    @property
    def devices(self) -> DeviceContract:
        """Devices."""
        ...

    @property
    def control(self) -> ControlContract:
        """What can be changed on devices, previews, and plans."""
        ...

    @property
    def locations(self) -> LocationContract:
        """Locations."""
        ...

    @property
    def assignments(self) -> AssignmentContract:
        """Performers, who has which channel, and undo."""
        ...

    @property
    def synchronization(self) -> SynchronizationContract:
        """The sessions."""
        ...

    @property
    def health(self) -> HealthContract:
        """Health."""
        ...

    @property
    def secrets(self) -> SecretContract:
        """Passwords and keys of devices."""
        ...

    @property
    def events(self) -> EventContract:
        """What happened."""
        ...

    @property
    def alarms(self) -> AlarmContract:
        """What is done about alarms, and what became of them."""
        ...

    @property
    def shows(self) -> ShowContract:
        """Shows and their clock."""
        ...

    @property
    def forecasts(self) -> ForecastContract:
        """How long packs last."""
        ...

    @property
    def recorder(self) -> RecorderContract:
        """Recorded meters, from 75 seconds at full rate to 90 days."""
        ...

    @property
    def walks(self) -> WalkContract:
        """Walk tests."""
        ...

    @property
    def line_check(self) -> LineCheckContract:
        """Whether every line was heard before the show."""
        ...

    @property
    def handover(self) -> HandoverContract:
        """Notes for the next shift."""
        ...

    @property
    def manufacturers(self) -> ManufacturerContract:
        """The manufacturers whose devices can be read."""
        ...

    @property
    def thresholds(self) -> ThresholdContract:
        """The numbers that channels are judged by."""
        ...

    @property
    def recaps(self) -> RecapContract:
        """What became of a show."""
        ...

    @property
    def users(self) -> UserContract:
        """Who may watch, write and control."""
        ...

    @property
    def audit(self) -> AuditContract:
        """Who changed what from where."""
        ...

    @property
    def access(self) -> AccessContract:
        """The lock of the show."""
        ...


CONTRACTS: Final[Mapping[str, type]] = {
    name: get_type_hints(value.fget)["return"]
    for name, value in vars(Services).items()
    if isinstance(value, property)
}
"""The contract of each property of ``Services``."""
