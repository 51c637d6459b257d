"""Who a program is that publishes, and what of."""

from collections.abc import Callable
from dataclasses import dataclass

from micboard_tui.bus.wire.sign_of_life import RACK
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.identity import DeviceId


@dataclass(frozen=True, slots=True)
class PublisherOptions:
    publisher: str
    """The name of this program among those that publish: a token, and the same after a restart."""
    run: int
    """Tells this process from the one that had the name before: its process number, for example."""
    version: str
    """Of the program."""
    health: Callable[[], HealthSnapshot]
    walk: Callable[[], RunningWalk | None]
    token_of: Callable[[DeviceId], int | None] = lambda _: 1
    """That of a device that is ours to publish, which grows with each owner; None: it is not ours."""
    role: str = RACK
    """A ``COLLECTOR`` publishes devices, a ``HUB`` layout and findings, a ``RACK`` all of it."""
    zone: str = ""
    """Of the network, whose devices a collector reaches."""
    host: str = ""
    """The name of this computer."""
    load: Callable[[], int] = lambda: 0
    """By how many channels we are counted when devices are shared out."""
