"""What one client of live updates was sent: all that is kept for it."""

from dataclasses import dataclass

from micboard_tui.api.live.subscription import Subscription
from micboard_tui.api.live.watched_set import WatchedSet

NEVER = -1_000_000


@dataclass(slots=True)
class LiveClient:
    """``LiveFeed`` compares it with what there is, and so finds what is new for this client."""

    subscription: Subscription
    sent_at: int
    """The tick of the last message, or of joining."""
    watched: WatchedSet | None = None
    """What the subscription means; None: it is to be found."""
    layout: int = 0
    """Of its snapshot; 0: it is to get one."""
    serial: int = 0
    version: int = 0
    """Of the last snapshot or changes; 0: it has none yet."""
    alarms_serial: int = 0
    show_serial: int = 0
    lost_serial: int = 0
    meters_version: int = 0
    snapshot_at: int = NEVER
    """The tick of the last snapshot."""

    def subscribe(self, subscription: Subscription) -> None:
        """Watch something else from now on; other locations need another snapshot."""
        if subscription.locations != self.subscription.locations:
            self.layout = 0
        self.subscription, self.watched, self.meters_version = subscription, None, 0

    def ask_for_snapshot(self) -> None:
        """Have everything sent anew."""
        self.layout = 0
