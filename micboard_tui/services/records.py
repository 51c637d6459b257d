"""Where everything is kept that a step can change."""

from dataclasses import dataclass

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.location import LocationRepository
from micboard_tui.contracts.show import ShowRepository


@dataclass(frozen=True, slots=True)
class Records:
    devices: DeviceRepository
    locations: LocationRepository
    assignments: AssignmentRepository
    shows: ShowRepository
