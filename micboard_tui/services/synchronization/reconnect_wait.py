"""How long to wait before a device is connected again: longer after each failure, and never all at once."""

from tenacity import wait_exponential_jitter
from tenacity.wait import wait_base

FIRST_WAIT_S = 1.0
"""After the first failure, and after a session in which the device had spoken."""
LONGEST_WAIT_S = 30.0
JITTER_S = 0.5
"""So much is added by chance, so that the devices of a rack are not all connected in one moment."""


def growing_wait() -> wait_base:
    """Twice as long after each failure: 1, 2, 4 ... 30 s."""
    return wait_exponential_jitter(max=LONGEST_WAIT_S, multiplier=FIRST_WAIT_S, jitter=JITTER_S)


def short_wait_s(random_share: float) -> float:
    """After a session that had worked; ``random_share`` of the jitter is between 0 and 1."""
    return FIRST_WAIT_S + JITTER_S * random_share
