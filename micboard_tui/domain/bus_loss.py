"""That a board which is attached to programs elsewhere hears nothing of them, or of one of them. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class LossReason(StrEnum):
    CONNECTION = "connection"
    """The bus cannot be reached."""
    REFUSED = "refused"
    """The bus does not let us in any more: our key was ended or replaced."""
    SILENCE = "silence"
    """The bus is there, and no program that publishes sends a sign of life."""
    COLLECTOR = "collector"
    """One of the programs that read devices is not heard; values of all others go on."""
    HUB = "hub"
    """The program that keeps the record is not heard: changes wait, values go on."""


PARTIAL = frozenset({LossReason.COLLECTOR, LossReason.HUB})


@dataclass(frozen=True, slots=True)
class BusLoss:
    since: float
    """When it was heard last, seconds since the epoch: so old are all values of it."""
    reason: LossReason
    collector: str = ""
    """The name of the collector that is not heard, of several the one with the most channels."""
    host: str = ""
    """The computer of that collector or of the hub; empty: it is not known."""
    channels: int = 0
    """Of that collector."""
    others: int = 0
    """So many other collectors with channels are not heard either."""
    is_hub_lost: bool = False
    """Whether the program that keeps the record is not heard either, beside a collector."""

    @property
    def has_hub(self) -> bool:
        """Whether the program that keeps the record, and holds who has armed control, is heard."""
        return self.reason is LossReason.COLLECTOR and not self.is_hub_lost

    @property
    def is_partial(self) -> bool:
        """Whether some of what is shown is current nevertheless."""
        return self.reason in PARTIAL
