"""That a board which is attached to a program elsewhere hears nothing of it. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class LossReason(StrEnum):
    CONNECTION = "connection"
    """The bus cannot be reached."""
    REFUSED = "refused"
    """The bus does not let us in any more: our key was ended or replaced."""
    SILENCE = "silence"
    """The bus is there, and the program that reads the devices sends no sign of life."""


@dataclass(frozen=True, slots=True)
class BusLoss:
    since: float
    """When it was heard last, seconds since the epoch: so old are all values of it."""
    reason: LossReason
    publisher: str = ""
    """The program that is not heard, where there are several; empty: none is."""
