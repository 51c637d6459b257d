"""Writes down who changed which user or token or armed control; never a password or a token."""

import structlog

from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.ports import WallClock
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.field_validation import clean_actor

log = structlog.get_logger(__name__)


class UserEvents:
    def __init__(self, events: EventSink, clock: WallClock) -> None:
        self._events, self._clock = events, clock

    async def store(self, text: str, actor: str, **details: str) -> None:
        """``text`` says what was done, in the past tense and without a full stop."""
        by, what = clean_actor(actor), visible(text)[:MAX_EVENT_TEXT]
        log.info("users_changed", what=what, actor=by)
        event = Event(self._clock(), EventKind.STEP, what, actor=by, details={"subject": "users", **details})
        await store_act(self._events, event)
