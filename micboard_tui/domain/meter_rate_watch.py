"""What was seen of the meter rates of a device while nothing was asked of its meters. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MeterRateWatch:
    """Rates by channel in milliseconds; 0 is off."""

    first_ms: Mapping[int, int] = field(default_factory=dict)
    last_ms: Mapping[int, int] = field(default_factory=dict)
    changes: int = 0
    """So often a channel reported another rate than before, and not because of us."""
    watched_s: float = 0.0

    @property
    def running_ms(self) -> Mapping[int, int]:
        """The rates at which channels meter now, for some other program or for one that is gone."""
        return {number: rate for number, rate in self.last_ms.items() if rate}
