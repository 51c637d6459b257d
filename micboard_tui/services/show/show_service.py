"""Shows: plans that are changed by steps, and the progress of the current one. Implements ``ShowContract``.

What is stored is the truth, of which several programs may be part: a call reads the progress, changes it and
stores it in one transaction. ``run`` shows it in ``LiveSite.findings``: it reads it again when the revision
of the records has grown, by this program or by another, and moves its moments along when the clock of the
machine was set and the program follows.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

import anyio.to_thread
import structlog

from micboard_tui.contracts.errors import ErrorCode, MicboardError, invalid_value_error
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.show import CurrentShow, PlotFiles, PlotPreview, ProgressChange
from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import ShowId
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.domain.show import NOT_ON, Show, ShowProgress, ShowRecord
from micboard_tui.domain.show_calls import ShowCall, answer_call, describe_call
from micboard_tui.domain.show_changes import ShowRefusal, ShowRefusedError, move_clock
from micboard_tui.domain.show_plan import find_plan_mistake
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.field_validation import clean_name
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.not_found import show_not_found
from micboard_tui.services.record_watch import RecordWatch
from micboard_tui.services.records import Records
from micboard_tui.services.show.plot_import import format_plot_file, preview_plot, show_with_plot
from micboard_tui.services.show.show_refusals import show_refused
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.steps import PlannedStep, Steps

LOOK_S = 1.0
"""So often it is looked whether another program changed the show."""

log = structlog.get_logger(__name__)


class ShowService:
    def __init__(
        self,
        records: Records,
        live: LiveSite,
        clock: SteadyClock,
        steps: Steps,
        events: EventSink,
        files: PlotFiles,
    ) -> None:
        self._records, self._shows = records, records.shows
        self._live, self._clock, self._steps, self._events = live, clock, steps, events
        self._files = files
        self._watch = RecordWatch(records.devices)
        self._followed_s = clock.followed_s
        self._faults = FaultLog(log, "show_not_read")

    async def run(self, interval_s: float = LOOK_S) -> NoReturn:
        """Until cancelled."""
        await self._faults.repeat(self.look, interval_s)

    async def look(self) -> None:
        """Show the progress once, where it may have changed. Raises StorageError."""
        jump_s = self._clock.followed_s - self._followed_s
        if jump_s:
            if await self._shows.current() is not None:
                await self._change_current(_moved_by(jump_s))
            self._followed_s += jump_s
        await self._watch.look(self._show_current)

    @translate_errors
    async def list_shows(self) -> ServiceResult[Sequence[Show]]:
        shows = [record.show for record in await self._shows.shows()]
        return Success(sorted(shows, key=lambda show: fold_name(show.name)))

    @translate_errors
    async def find_show(self, name: str) -> ServiceResult[Show]:
        return Success((await self._require(name)).show)

    @translate_errors
    async def get_progress(self) -> ServiceResult[ShowProgress | None]:
        current = await self._shows.current()
        return Success(None if current is None else current.progress)

    @translate_errors
    async def add_show(self, show: Show, *, actor: str) -> ServiceResult[Show]:
        async with self._steps.lock:
            record = ShowRecord(_new_id(), _clean_plan(show))
            step = PlannedStep(f"Show {record.show.name} added", [Change(None, record)])
            await self._make(step, actor)
        return Success(record.show)

    @translate_errors
    async def change_show(self, name: str, show: Show, *, actor: str) -> ServiceResult[Show]:
        async with self._steps.lock:
            before = await self._require(name)
            after = replace(before, show=_clean_plan(show))
            changes = [] if after == before else [Change(before, after)]
            await self._make(PlannedStep(f"Show {before.show.name} changed", changes), actor)
        return Success(after.show)

    @translate_errors
    async def remove_show(self, name: str, *, actor: str) -> ServiceResult[Show]:
        async with self._steps.lock:
            record = await self._require(name)
            current = await self._shows.current()
            if current is not None and current.id == record.id:
                _check_is_not_on(current)
            await self._make(PlannedStep(f"Show {record.show.name} removed", [Change(record, None)]), actor)
        return Success(record.show)

    @translate_errors
    async def use_show(self, name: str | None, *, actor: str) -> ServiceResult[ShowProgress | None]:
        record = None if name is None else await self._require(name)

        def change(current: CurrentShow | None) -> CurrentShow | None:
            if current is not None:
                _check_is_not_on(current)
            return None if record is None else CurrentShow(record.id, ShowProgress(record.show))

        current = await self._change_current(change)
        chosen = "No show is current" if record is None else f"{record.show.name} is the current show"
        await self._store_event(chosen, {"action": "use"}, actor)
        return Success(None if current is None else current.progress)

    @translate_errors
    async def call(self, call: ShowCall, *, actor: str) -> ServiceResult[ShowProgress]:
        now = self._clock()

        def change(current: CurrentShow | None) -> CurrentShow:
            if current is None:
                raise MicboardError(
                    ErrorCode.NO_SHOW,
                    "No show is current",
                    hint="Choose one: micboard-tui show use NAME, or o in the run of show",
                )
            try:
                return current._replace(progress=answer_call(current.progress, call, now))
            except ShowRefusedError as error:
                raise show_refused(error.refusal, str(error)) from error

        current = await self._change_current(change)
        assert current is not None  # noqa: S101 - what ``change`` returns
        details = {"action": call.action.value, "show": current.progress.show.name}
        await self._store_event(describe_call(current.progress, call), details, actor)
        return Success(current.progress)

    @translate_errors
    async def preview_import(self, content: bytes, name: str) -> ServiceResult[PlotPreview]:
        preview, _ = await self._read_plot(content, clean_name(name, "A show"))
        return Success(preview)

    @translate_errors
    async def apply_import(self, content: bytes, name: str, *, actor: str) -> ServiceResult[PlotPreview]:
        async with self._steps.lock:
            preview, before = await self._read_plot(content, clean_name(name, "A show"))
            show = show_with_plot(before.show if before else None, preview.name, preview.table.plot)
            after = replace(before, show=show) if before else ShowRecord(_new_id(), show)
            changes = [] if after == before else [Change(before, after)]
            await self._make(PlannedStep(f"Mic plot of {preview.name} imported", changes), actor)
        return Success(preview)

    @translate_errors
    async def export(self, name: str) -> ServiceResult[str]:
        return Success(format_plot_file((await self._require(name)).show.plot))

    async def _read_plot(self, content: bytes, name: str) -> tuple[PlotPreview, ShowRecord | None]:
        """What the file holds, and the show of that name as it is now."""
        table = await anyio.to_thread.run_sync(self._files.read, content)
        known = await self._records.assignments.assignments()
        mics = [assignment.mic_number for assignment in known if assignment.mic_number is not None]
        record = _find(await self._shows.shows(), name)
        return preview_plot(record.show if record else None, name, table, mics), record

    async def _make(self, step: PlannedStep, actor: str) -> None:
        await self._steps.make(step, actor)
        log.info("show_planned", step=visible(step.text), actor=actor)
        await self._show_current()

    async def _store_event(self, text: str, details: Mapping[str, str], actor: str) -> None:
        text = visible(text)[:MAX_EVENT_TEXT]
        log.info("show_called", what=text, actor=actor)
        event = Event(self._clock(), EventKind.SHOW, text, actor=actor, details=details)
        await store_act(self._events, event)

    async def _change_current(self, change: ProgressChange) -> CurrentShow | None:
        current = await self._shows.change_current(change)
        self._show(current)
        return current

    async def _show_current(self) -> None:
        self._show(await self._shows.current())

    def _show(self, current: CurrentShow | None) -> None:
        progress, shown = None if current is None else current.progress, self._live.findings.show
        if progress == shown:
            return
        if progress is not None and shown is not None and progress.show == shown.show:
            # The same plan stays the same object, so that what was made of it need not be made again.
            progress = replace(progress, show=shown.show)
        self._live.findings = replace(self._live.findings, show=progress)

    async def _require(self, name: str) -> ShowRecord:
        records = await self._shows.shows()
        if (record := _find(records, name)) is None:
            raise show_not_found(name, [record.show.name for record in records])
        return record


def _find(records: Sequence[ShowRecord], name: str) -> ShowRecord | None:
    wanted = fold_name(name)
    return next((record for record in records if fold_name(record.show.name) == wanted), None)


def _new_id() -> ShowId:
    return ShowId(secrets.token_hex(4))


def _clean_plan(show: Show) -> Show:
    cleaned = replace(show, name=clean_name(show.name, "A show"))
    if (mistake := find_plan_mistake(cleaned)) is not None:
        raise invalid_value_error(mistake, "Write breaks as 75+20, minutes from the start and how long")
    return cleaned


def _check_is_not_on(current: CurrentShow) -> None:
    if current.progress.state not in NOT_ON:
        raise show_refused(ShowRefusal.IS_ON, f"{visible(current.progress.show.name)} is on")


def _moved_by(jump_s: float) -> ProgressChange:
    def change(current: CurrentShow | None) -> CurrentShow | None:
        return current and current._replace(progress=move_clock(current.progress, jump_s))

    return change
