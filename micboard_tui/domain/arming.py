"""Who may give commands to devices at this moment. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arming:
    """Control is armed for a user."""

    user: str
    until: float
    """When it ends by itself, in seconds since the epoch."""


def find_arming(armings: Iterable[Arming], user: str, now: float) -> Arming | None:
    """The one of a user that is on; None: none is."""
    return next((each for each in armings if each.user == user and now < each.until), None)
