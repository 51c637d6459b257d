"""Thresholds in memory, where steps put them."""

from micboard_tui.contracts.thresholds import StoredThresholds
from micboard_tui.domain.threshold_set import ChosenProfile, ThresholdOverride
from tests.fakes.assignments import InMemoryAssignments


class InMemoryThresholds:
    """Implements ``ThresholdRepository``."""

    def __init__(self, assignments: InMemoryAssignments | None = None) -> None:
        self.assignments = assignments

    async def read(self) -> StoredThresholds:
        kept = [] if self.assignments is None else list(self.assignments.thresholds.values())
        chosen = next((record.profile for record in kept if isinstance(record, ChosenProfile)), None)
        return StoredThresholds([each for each in kept if isinstance(each, ThresholdOverride)], chosen)
