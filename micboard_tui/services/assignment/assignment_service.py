"""Performers and who has which channel; every change is a step. Implements ``AssignmentContract``."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from micboard_tui.contracts.assignment import ImportPlan, Spare
from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.identity import ChannelRef, PerformerId
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.domain.spare import rank_spares
from micboard_tui.domain.swap_record import record_swap
from micboard_tui.services.assignment.assignment_changes import (
    AssignedAs,
    Marks,
    apply_marks,
    assign_performer,
    changes_of,
    describe_marks,
    is_held_by,
    swap_to_spare,
    unassign_channel,
)
from micboard_tui.services.assignment.assignment_snapshot import AssignmentSnapshot
from micboard_tui.services.assignment.assignment_warning import write_warning
from micboard_tui.services.assignment.channel_lookup import ChannelLookup
from micboard_tui.services.assignment.csv_export import rows_of
from micboard_tui.services.assignment.csv_file import read_csv, write_csv
from micboard_tui.services.assignment.csv_import import plan_import
from micboard_tui.services.assignment.mic_numbering import (
    describe_numbering,
    number_channels,
    write_number_warning,
)
from micboard_tui.services.assignment.performer_edit import describe_edit, edit_performer, new_performer
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.field_validation import clean_note, clean_text
from micboard_tui.services.not_found import performer_not_found
from micboard_tui.services.records import Records
from micboard_tui.services.steps import PlannedStep, Steps


class AssignmentService:
    def __init__(self, records: Records, stored: StoredDevices, live: LiveContract, steps: Steps) -> None:
        self._records, self._stored, self._live, self._steps = records, stored, live, steps

    @translate_errors
    async def list_performers(self) -> ServiceResult[Sequence[Performer]]:
        performers = await self._records.assignments.performers()
        return Success(sorted(performers, key=lambda performer: fold_name(performer.name)))

    @translate_errors
    async def add_performer(
        self, name: str, *, part: str | None = None, note: str | None = None, actor: str
    ) -> ServiceResult[Performer]:
        async with self._step_begins() as snapshot:
            performer = new_performer(snapshot, name, part, note)
            await self._make(f"Performer {performer.name} added", [Change(None, performer)], actor)
        return Success(performer)

    @translate_errors
    async def change_performer(
        self,
        performer_id: PerformerId,
        *,
        name: str | None = None,
        part: str | None = None,
        note: str | None = None,
        actor: str,
    ) -> ServiceResult[Performer]:
        async with self._step_begins() as snapshot:
            before = snapshot.require_performer(performer_id)
            after = edit_performer(snapshot, before, name, part, note)
            changes = [] if after == before else [Change(before, after)]
            await self._make(describe_edit(before, after), changes, actor)
        return Success(after)

    @translate_errors
    async def remove_performer(self, performer_id: PerformerId, *, actor: str) -> ServiceResult[Performer]:
        async with self._step_begins() as snapshot:
            performer = snapshot.require_performer(performer_id)
            held = [each for each in snapshot.assignments.values() if is_held_by(each, performer)]
            changes = self._changes(snapshot, [unassign_channel(assignment) for assignment in held])
            await self._make(
                f"Performer {performer.name} removed", [*changes, Change(performer, None)], actor
            )
        return Success(performer)

    @translate_errors
    async def find_performer(self, name: str) -> ServiceResult[Performer]:
        wanted = fold_name(name)
        performers = await self._records.assignments.performers()
        for performer in performers:
            if fold_name(performer.name) == wanted:
                return Success(performer)
        message = f"There is no performer '{visible(name.strip())}'"
        raise performer_not_found(message, name, [performer.name for performer in performers])

    @translate_errors
    async def list_assignments(self) -> ServiceResult[Sequence[Assignment]]:
        devices = await self._records.devices.all()
        rack = {device.id: index for index, device in enumerate(devices)}
        assignments = await self._records.assignments.assignments()
        last = len(rack)
        return Success(
            sorted(
                assignments,
                key=lambda each: (rack.get(each.channel.device_id, last), each.channel.number),
            )
        )

    @translate_errors
    async def find_channel(self, name: str) -> ServiceResult[ChannelRef]:
        return Success(ChannelLookup(await self._snapshot()).find_channel(name))

    @translate_errors
    async def assign(
        self,
        channels: Sequence[ChannelRef],
        performer: str,
        *,
        role: Role = Role.PRIMARY,
        note: str | None = None,
        shared_pack: bool | None = None,
        actor: str,
    ) -> ServiceResult[Sequence[Assignment]]:
        how = AssignedAs(role, None if note is None else clean_note(note) or "", shared_pack)
        async with self._step_begins() as snapshot:
            before = snapshot.assignments_of(channels)
            known = snapshot.find_performer(performer)
            assigned = known or new_performer(snapshot, performer)
            now = self._steps.clock()
            after = [assign_performer(assignment, assigned, how, now) for assignment in before]
            title = snapshot.describe_channels(assignment.channel for assignment in after)
            added = [] if known else [Change(None, assigned)]
            changes = self._changes(snapshot, after)
            await self._make(
                f"{title} assigned to {assigned.name}{how.description}", [*added, *changes], actor
            )
        return Success(after, warning=write_warning(snapshot, before, after, now))

    @translate_errors
    async def unassign(
        self, channels: Sequence[ChannelRef], *, actor: str
    ) -> ServiceResult[Sequence[ChannelRef]]:
        async with self._step_begins() as snapshot:
            before = [
                assignment
                for assignment in snapshot.assignments_of(channels)
                if assignment.performer is not None or assignment.role is Role.SPARE
            ]
            refs = [assignment.channel for assignment in before]
            after = [unassign_channel(assignment) for assignment in before]
            changes = self._changes(snapshot, after)
            await self._make(f"{snapshot.describe_channels(refs)} unassigned", changes, actor)
            now = self._steps.clock()
        return Success(refs, warning=write_warning(snapshot, before, after, now))

    @translate_errors
    async def mark(
        self,
        channels: Sequence[ChannelRef],
        *,
        role: Role | None = None,
        expected_off: bool | None = None,
        note: str | None = None,
        actor: str,
    ) -> ServiceResult[Sequence[Assignment]]:
        marks = Marks(role, expected_off, None if note is None else clean_note(note) or "")
        async with self._step_begins() as snapshot:
            before = snapshot.assignments_of(channels)
            after = [apply_marks(assignment, marks) for assignment in before]
            title = snapshot.describe_channels(assignment.channel for assignment in after)
            await self._make(describe_marks(title, marks), self._changes(snapshot, after), actor)
            now = self._steps.clock()
        return Success(after, warning=write_warning(snapshot, before, after, now))

    @translate_errors
    async def end_silences(self, channels: Sequence[ChannelRef]) -> ServiceResult[Sequence[Assignment]]:
        """Expect channels on that are live with sound again. The program does this, and not a person."""
        async with self._step_begins() as snapshot:
            before = [each for each in snapshot.assignments_of(channels) if each.expected_off]
            after = [replace(assignment, expected_off=False) for assignment in before]
            title = snapshot.describe_channels(assignment.channel for assignment in after)
            text = f"{title} marked as expected on by the program: sound again"
            await self._make(text, self._changes(snapshot, after), None)
        return Success(after)

    @translate_errors
    async def plan_pack(
        self, channel: ChannelRef, *, model: str | None, name: str | None, actor: str
    ) -> ServiceResult[Assignment]:
        async with self._step_begins() as snapshot:
            before = snapshot.assignment_of(channel)
            after = replace(
                before,
                planned_model=clean_text(model or "", "A model"),
                planned_pack=clean_text(name or "", "The name of a pack"),
            )
            pack = after.planned_pack or after.planned_model or "Any pack"
            title = snapshot.channel_title(channel)
            await self._make(f"{pack} planned for {title}", self._changes(snapshot, [after]), actor)
            now = self._steps.clock()
        return Success(after, warning=write_warning(snapshot, [before], [after], now))

    @translate_errors
    async def number_channels(
        self, channels: Sequence[ChannelRef], start: str | None, *, actor: str
    ) -> ServiceResult[Sequence[Assignment]]:
        async with self._step_begins() as snapshot:
            after = number_channels(snapshot.assignments_of(channels), start)
            title = snapshot.describe_channels(assignment.channel for assignment in after)
            await self._make(describe_numbering(title, after), self._changes(snapshot, after), actor)
        return Success(after, warning=write_number_warning(snapshot, after))

    @translate_errors
    async def find_spares(self, channel: ChannelRef) -> ServiceResult[Sequence[Spare]]:
        snapshot = await self._snapshot()
        _require_performer(snapshot, snapshot.assignment_of(channel))
        ranked = rank_spares(channel, list(snapshot.devices.values()), self._steps.clock())
        return Success([Spare(spare.state, spare.reasons, spare.is_ready) for spare in ranked])

    @translate_errors
    async def check_swap(self, channel: ChannelRef, spare: ChannelRef) -> ServiceResult[Performer]:
        snapshot = await self._snapshot()
        before = snapshot.assignment_of(channel), snapshot.assignment_of(spare)
        return Success(_check_swap(snapshot, *before))

    @translate_errors
    async def swap(self, channel: ChannelRef, spare: ChannelRef, *, actor: str) -> ServiceResult[Assignment]:
        async with self._step_begins() as snapshot:
            before = snapshot.assignment_of(channel), snapshot.assignment_of(spare)
            performer = _check_swap(snapshot, *before)
            now = self._steps.clock()
            after = swap_to_spare(before[0], before[1], now)
            route = f"from {snapshot.channel_title(channel)} to {snapshot.channel_title(spare)}"
            step = PlannedStep(
                f"{performer.name} swapped {route}", self._changes(snapshot, after), record_swap(channel)
            )
            await self._steps.make(step, actor)
        return Success(after[1], warning=write_warning(snapshot, before, after, now))

    @translate_errors
    async def list_history(self, channel: ChannelRef) -> ServiceResult[Sequence[PastAssignment]]:
        return Success(await self._records.assignments.past(channel))

    @translate_errors
    async def undo(self, *, actor: str) -> ServiceResult[Step]:
        return Success(await self._steps.undo(actor))

    @translate_errors
    async def redo(self, *, actor: str) -> ServiceResult[Step]:
        return Success(await self._steps.redo(actor))

    @translate_errors
    async def forget_steps(self, *, actor: str) -> ServiceResult[None]:
        await self._steps.forget(actor)
        return Success(None)

    @translate_errors
    async def preview_import(self, content: bytes) -> ServiceResult[ImportPlan]:
        file = read_csv(content)
        planned = plan_import(file, await self._snapshot(), self._steps.clock())
        return Success(planned.plan, warning=planned.warning)

    @translate_errors
    async def apply_import(self, content: bytes, *, actor: str) -> ServiceResult[ImportPlan]:
        file = read_csv(content)
        async with self._step_begins() as snapshot:
            planned = plan_import(file, snapshot, self._steps.clock())
            await self._steps.make(planned.step, actor)
        return Success(planned.plan, warning=planned.warning)

    @translate_errors
    async def export(self) -> ServiceResult[str]:
        return Success(write_csv(rows_of(await self._snapshot())))

    @asynccontextmanager
    async def _step_begins(self) -> AsyncGenerator[AssignmentSnapshot]:
        """What there is; until the end of the block no other step of this process changes it."""
        async with self._steps.lock:
            yield await self._snapshot()

    async def _snapshot(self) -> AssignmentSnapshot:
        records = self._records.assignments
        return AssignmentSnapshot(
            {performer.id: performer for performer in await records.performers()},
            {assignment.channel: assignment for assignment in await records.assignments()},
            {
                stored.device.id: self._live.device(stored.device.id) or stored
                for stored in await self._stored.query(ALL_DEVICES)
            },
        )

    def _changes(self, snapshot: AssignmentSnapshot, after: Sequence[Assignment]) -> list[Change]:
        now = self._steps.clock()
        return [
            change
            for assignment in after
            for change in changes_of(snapshot.assignments.get(assignment.channel), assignment, now)
        ]

    async def _make(self, text: str, changes: Sequence[Change], actor: str | None) -> None:
        await self._steps.make(PlannedStep(text, changes), actor)


def _check_swap(snapshot: AssignmentSnapshot, failing: Assignment, spare: Assignment) -> Performer:
    """The performer who is to be swapped. Raises MicboardError INVALID_VALUE."""
    performer = _require_performer(snapshot, failing)
    title, spare_title = snapshot.channel_title(failing.channel), snapshot.channel_title(spare.channel)
    if failing.channel == spare.channel:
        raise invalid_value_error(f"{title} cannot take over from itself", "Choose another channel")
    if spare.performer is not None and spare.performer.id != performer.id:
        raise invalid_value_error(
            f"{spare_title} is assigned to {visible(spare.performer.name)}",
            "Choose a spare, or a channel that is not assigned",
        )
    return performer


def _require_performer(snapshot: AssignmentSnapshot, assignment: Assignment) -> Performer:
    """Raises MicboardError INVALID_VALUE."""
    if assignment.performer is None:
        title = snapshot.channel_title(assignment.channel)
        raise invalid_value_error(f"{title} has no performer", "Assign it first")
    return assignment.performer
