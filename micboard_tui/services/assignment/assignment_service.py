"""Performers and who has which channel, every change a step. Implements ``AssignmentContract``."""

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from micboard_tui.contracts.assignment import AssignmentRepository, Change, ImportPlan, Spare, Step
from micboard_tui.contracts.device import ALL_DEVICES, DeviceRepository
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.location import LocationRepository
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.safe_text import folded, visible
from micboard_tui.domain.spare import candidates
from micboard_tui.services.assignment import csv_file
from micboard_tui.services.assignment.assignment_changes import (
    freed,
    given,
    marked,
    said,
    swapped,
    words_of_mark,
)
from micboard_tui.services.assignment.assignment_snapshot import MAX_PERFORMERS, Book, unknown_performer
from micboard_tui.services.assignment.assignment_warning import warning
from micboard_tui.services.assignment.csv_import import channel_of, listed, planned
from micboard_tui.services.assignment.placement import located, moved
from micboard_tui.services.error_translation import answers
from micboard_tui.services.field_validation import MAX_NOTE, clean_name, clean_words
from micboard_tui.services.steps import Journal


@dataclass(frozen=True, slots=True)
class Records:
    """Where everything is kept that a step can change."""

    assignments: AssignmentRepository
    devices: DeviceRepository
    locations: LocationRepository


class AssignmentService:
    def __init__(self, records: Records, live: LiveContract, journal: Journal) -> None:
        self._records, self._live, self._journal = records, live, journal

    @answers
    async def list_performers(self) -> ServiceResult[Sequence[Performer]]:
        return Success(
            sorted(await self._records.assignments.performers(), key=lambda each: folded(each.name))
        )

    @answers
    async def add_performer(
        self, name: str, *, role: str | None = None, note: str | None = None
    ) -> ServiceResult[Performer]:
        async with self._turn() as book:
            made = replace(
                _new_performer(book, name),
                role=clean_words(role or "", "A role"),
                note=clean_words(note or "", "A note", MAX_NOTE),
            )
            _check_free(book, made)
            await self._journal.do(f"{made.name} is added", [Change(None, made)])
        return Success(made)

    @answers
    async def change_performer(
        self,
        performer_id: PerformerId,
        *,
        name: str | None = None,
        role: str | None = None,
        note: str | None = None,
    ) -> ServiceResult[Performer]:
        async with self._turn() as book:
            before = _with_id(book, performer_id)
            after = Performer(
                before.id,
                before.name if name is None else clean_name(name, "A performer"),
                before.role if role is None else clean_words(role, "A role"),
                before.note if note is None else clean_words(note, "A note", MAX_NOTE),
            )
            _check_free(book, after)
            changes = [] if after == before else [Change(before, after)]
            await self._journal.do(f"{after.name} is changed", changes)
        return Success(after)

    @answers
    async def remove_performer(self, performer_id: PerformerId) -> ServiceResult[Performer]:
        async with self._turn() as book:
            gone = _with_id(book, performer_id)
            now = self._journal.clock()
            theirs = [each for each in book.said.values() if each.performer and each.performer.id == gone.id]
            changes = [change for each in theirs for change in said(each, freed(each), now)]
            await self._journal.do(f"{gone.name} is removed", [*changes, Change(gone, None)])
        return Success(gone)

    @answers
    async def find_performer(self, name: str) -> ServiceResult[Performer]:
        wanted = folded(name)
        for performer in await self._records.assignments.performers():
            if folded(performer.name) == wanted:
                return Success(performer)
        raise unknown_performer(f"There is no performer '{visible(name.strip())}'")

    @answers
    async def list_assignments(self) -> ServiceResult[Sequence[Assignment]]:
        rack = {each.id: place for place, each in enumerate(await self._records.devices.all())}
        said_now = await self._records.assignments.assignments()
        last = len(rack)
        return Success(
            sorted(said_now, key=lambda each: (rack.get(each.channel.device_id, last), each.channel.number))
        )

    @answers
    async def find_channel(self, words: str) -> ServiceResult[ChannelRef]:
        return Success(channel_of(words, await self._book()))

    @answers
    async def assign(
        self,
        channels: Sequence[ChannelRef],
        performer: str,
        *,
        role: Role = Role.PRIMARY,
        note: str | None = None,
    ) -> ServiceResult[Sequence[Assignment]]:
        about = None if note is None else clean_words(note, "A note", MAX_NOTE) or ""
        async with self._turn() as book:
            earlier = book.each_of(channels)
            known = book.named(performer)
            worn = known or _new_performer(book, performer)
            now = self._journal.clock()
            afters = [given(each, worn, role, about, now) for each in earlier]
            words = f"{worn.name} gets {book.all_called(each.channel for each in afters)}"
            added = [] if known else [Change(None, worn)]
            await self._say(words, book, afters, first=added)
        return Success(afters, warning=warning(book, earlier, afters, now))

    @answers
    async def unassign(self, channels: Sequence[ChannelRef]) -> ServiceResult[Sequence[ChannelRef]]:
        async with self._turn() as book:
            held = [each for each in book.each_of(channels) if each.performer is not None]
            refs, afters = [each.channel for each in held], [freed(each) for each in held]
            if held:
                await self._say(f"{book.all_called(refs)}: free", book, afters)
            now = self._journal.clock()
        return Success(refs, warning=warning(book, held, afters, now))

    @answers
    async def mark(
        self,
        channels: Sequence[ChannelRef],
        *,
        role: Role | None = None,
        expected_off: bool | None = None,
        note: str | None = None,
    ) -> ServiceResult[Sequence[Assignment]]:
        about = None if note is None else clean_words(note, "A note", MAX_NOTE) or ""
        async with self._turn() as book:
            earlier = book.each_of(channels)
            afters = [marked(each, role=role, expected_off=expected_off, note=about) for each in earlier]
            words = words_of_mark(role=role, expected_off=expected_off, note=about)
            await self._say(f"{book.all_called(each.channel for each in afters)}: {words}", book, afters)
            now = self._journal.clock()
        return Success(afters, warning=warning(book, earlier, afters, now))

    @answers
    async def plan_pack(
        self, channel: ChannelRef, *, model: str | None, name: str | None
    ) -> ServiceResult[Assignment]:
        async with self._turn() as book:
            before = book.of(channel)
            after = replace(
                before,
                planned_model=clean_words(model or "", "A model"),
                planned_pack=clean_words(name or "", "The name of a pack"),
            )
            await self._say(f"{book.called(channel)}: its pack is planned", book, [after])
            now = self._journal.clock()
        return Success(after, warning=warning(book, [before], [after], now))

    @answers
    async def locate(self, devices: Sequence[DeviceId], location: str) -> ServiceResult[str]:
        async with self._journal.turn:
            rack = await self._records.devices.all()
            step = located(rack, await self._records.locations.all(), devices, location)
            await self._journal.do(step.words, step.changes)
        return Success(step.answer)

    @answers
    async def move(self, device: DeviceId, by: int) -> ServiceResult[int]:
        async with self._journal.turn:
            step = moved(await self._records.devices.all(), device, by)
            await self._journal.do(step.words, step.changes)
        return Success(step.answer)

    def spares(self, channel: ChannelRef) -> Sequence[Spare]:
        found = candidates(channel, self._live.snapshot(), self._live.now())
        return [Spare(each.state, each.reasons, each.is_ready) for each in found]

    @answers
    async def swap(self, channel: ChannelRef, spare: ChannelRef) -> ServiceResult[Assignment]:
        async with self._turn() as book:
            failing, before = book.of(channel), book.of(spare)
            _check_swap(book, failing, before)
            now = self._journal.clock()
            left, taken = swapped(failing, before, now)
            who = failing.performer.name if failing.performer else ""
            words = f"{who} goes from {book.called(channel)} to {book.called(spare)}"
            await self._say(words, book, [left, taken])
        return Success(taken, warning=warning(book, [failing, before], [left, taken], now))

    @answers
    async def history(self, channel: ChannelRef) -> ServiceResult[Sequence[PastAssignment]]:
        return Success(await self._records.assignments.past(channel))

    @answers
    async def undo(self) -> ServiceResult[Step]:
        return Success(await self._journal.undo())

    @answers
    async def redo(self) -> ServiceResult[Step]:
        return Success(await self._journal.redo())

    @answers
    async def preview_import(self, text: str | bytes) -> ServiceResult[ImportPlan]:
        rows = csv_file.read(text)
        return Success(planned(rows, await self._book(), self._journal.clock()).plan)

    @answers
    async def apply_import(self, text: str | bytes) -> ServiceResult[ImportPlan]:
        rows = csv_file.read(text)
        async with self._turn() as book:
            what = planned(rows, book, self._journal.clock())
            await self._journal.do(what.words, what.changes)
        return Success(what.plan)

    @answers
    async def export(self) -> ServiceResult[str]:
        return Success(csv_file.written(listed(await self._book())))

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[Book]:
        """What there is, and nothing of it is changed by others in this process until the end."""
        async with self._journal.turn:
            yield await self._book()

    async def _book(self) -> Book:
        records = self._records.assignments
        return Book(
            {each.id: each for each in await records.performers()},
            {each.channel: each for each in await records.assignments()},
            {
                each.device.id: self._live.device(each.device.id) or each
                for each in await self._records.devices.query(ALL_DEVICES)
            },
        )

    async def _say(
        self, words: str, book: Book, afters: Sequence[Assignment], *, first: Sequence[Change] = ()
    ) -> None:
        now = self._journal.clock()
        changes = [change for each in afters for change in said(book.said.get(each.channel), each, now)]
        await self._journal.do(words, [*first, *changes])


def _new_performer(book: Book, name: str) -> Performer:
    if len(book.people) >= MAX_PERFORMERS:
        raise MicboardError(
            ErrorCode.INVALID_VALUE, f"There are {MAX_PERFORMERS} performers already", hint="Remove some"
        )
    return Performer(PerformerId(secrets.token_hex(4)), clean_name(name, "A performer"))


def _check_free(book: Book, performer: Performer) -> None:
    other = book.named(performer.name)
    if other is not None and other.id != performer.id:
        raise MicboardError(
            ErrorCode.PERFORMER_EXISTS,
            f"There is a performer '{visible(other.name)}' already",
            hint="Choose another name; capitals make no difference",
        )


def _with_id(book: Book, performer_id: PerformerId) -> Performer:
    if (performer := book.people.get(performer_id)) is not None:
        return performer
    raise unknown_performer(f"No performer has the id '{visible(performer_id)}'")


def _check_swap(book: Book, failing: Assignment, spare: Assignment) -> None:
    called, to = book.called(failing.channel), book.called(spare.channel)
    if failing.performer is None:
        raise MicboardError(ErrorCode.INVALID_VALUE, f"Nobody has {called}", hint="Give it to somebody first")
    if failing.channel == spare.channel:
        raise MicboardError(
            ErrorCode.INVALID_VALUE, f"{called} cannot take over from itself", hint="Choose another channel"
        )
    if spare.performer is not None and spare.performer.id != failing.performer.id:
        raise MicboardError(
            ErrorCode.INVALID_VALUE,
            f"{visible(spare.performer.name)} has {to}",
            hint="Choose a spare, or a channel that nobody has",
        )
