"""Writes and lists hand-over notes: implements ``HandoverContract``."""

from collections.abc import Sequence

import structlog

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.handover import HandoverRepository
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.handover import MAX_HANDOVER_TEXT, HandoverNote, clean_lines
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.field_validation import clean_actor

log = structlog.get_logger(__name__)


class HandoverService:
    def __init__(self, notes: HandoverRepository, events: EventSink, clock: WallClock) -> None:
        self._notes, self._events, self._clock = notes, events, clock

    @translate_errors
    async def list_notes(self) -> ServiceResult[Sequence[HandoverNote]]:
        return Success(await self._notes.notes())

    @translate_errors
    async def write(self, text: str, *, actor: str) -> ServiceResult[HandoverNote]:
        cleaned = clean_lines(text)
        if not cleaned:
            raise invalid_value_error("A hand-over note needs a text", "Write at least one character")
        if len(cleaned) > MAX_HANDOVER_TEXT:
            raise invalid_value_error(
                f"A note of {len(cleaned)} characters is too long", f"Use {MAX_HANDOVER_TEXT} at most"
            )
        note = await self._notes.add(HandoverNote(self._clock(), actor, cleaned))
        await store_act(self._events, Event(note.at, EventKind.STEP, "Hand-over note written", actor=actor))
        return Success(note)

    @translate_errors
    async def take_new(self, *, actor: str) -> ServiceResult[Sequence[HandoverNote]]:
        new = [note for note in reversed(await self._notes.notes()) if note.shown_at is None]
        if new:
            await self._notes.mark_shown([note.id for note in new if note.id is not None], self._clock())
            log.info("handover_shown", count=len(new), actor=clean_actor(actor))
        return Success(new)
