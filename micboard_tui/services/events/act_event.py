"""The event of what a person did, which is stored already: that must not fail because of its event."""

import structlog

from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.events import EventSink
from micboard_tui.domain.event import Event
from micboard_tui.services.change_trail import note_event

log = structlog.get_logger(__name__)


async def store_act(events: EventSink, event: Event) -> None:
    """Store it before this returns. Where that fails, it waits with those that happen by themselves."""
    note_event(event)
    try:
        await events.store(event)
    except StorageError as failure:
        log.warning("event_waits", code=failure.code.value, reason=failure.info.message)
        events.append(event)
