"""Writes down who kept or forgot a secret, and of what; never the secret itself."""

import structlog

from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.ports import WallClock
from micboard_tui.domain.device import Device, device_title
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.secret import SecretOwner
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.field_validation import clean_actor

log = structlog.get_logger(__name__)


class SecretEvents:
    def __init__(self, events: EventSink, clock: WallClock) -> None:
        self._events, self._clock = events, clock

    async def store(self, owner: SecretOwner, device: Device | None, outcome: str, actor: str) -> None:
        """``device``: the owner, where it is a registered device. ``outcome``: "stored", "removed"."""
        by = clean_actor(actor)
        title = f"{owner.kind.value} {owner.name}" if device is None else device_title(device)
        log.info("secret_changed", outcome=outcome, owner=owner.variable, actor=by)
        event = Event(
            self._clock(),
            EventKind.STEP,
            visible(f"Secret of {title} {outcome}")[:MAX_EVENT_TEXT],
            None if device is None else device.id,
            actor=by,
            details={"secret": outcome},
            subject=None if device is None else device_title(device),
        )
        await store_act(self._events, event)
