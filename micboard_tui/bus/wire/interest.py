"""What a board shows, so that nothing is sent ten times a second that no screen shows."""

from dataclasses import dataclass
from typing import NamedTuple

from micboard_tui.bus.wire.subjects import SWEEP_TIERS_S
from micboard_tui.domain.identity import DeviceId

INTEREST_INTERVAL_S = 2.0
"""It is sent so often, and whenever it changes."""
INTEREST_ENDS_S = 6.0
"""Publishers forget it when it was not sent for so long."""
FULL_RATE_HZ, SLOW_RATE_HZ = 10, 2
MAX_FOLLOWED = 512
"""Devices that one board can follow: more than fit on the largest wall."""
MAX_DETAILS = 16
NO_SWEEP = 0
"""As long as it is not known how many devices there are."""
ROWS_A_SECOND = 100
"""Of a sweep: a tenth of the 12 kB that a board may take a second."""


class Detail(NamedTuple):
    """A device of which a board shows the values as they came."""

    device_id: DeviceId
    digest: bytes = b""
    """Of those that it has; empty: none."""


@dataclass(frozen=True, slots=True)
class Interest:
    devices: tuple[DeviceId, ...] = ()
    """Those whose meters are on the screen."""
    rate_hz: int = FULL_RATE_HZ
    tier_s: int = NO_SWEEP
    """The sweep that it reads for all others."""
    serial: int = 0
    """Another one: all channels of its devices are needed, and not only those that change."""
    details: tuple[Detail, ...] = ()


def choose_tier(channels: int) -> int:
    """The sweep of a site of that size, in seconds."""
    return next((tier_s for tier_s in SWEEP_TIERS_S if channels <= ROWS_A_SECOND * tier_s), SWEEP_TIERS_S[-1])
