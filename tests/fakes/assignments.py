"""Performers, assignments and steps in memory. The same tests hold for them and for the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from micboard_tui.contracts.assignment import MAX_PAST
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.undo_steps import (
    MAX_ALL_STEPS,
    MAX_STEPS,
    Change,
    CommandChange,
    CommandStep,
    CommandValue,
    PlainRecord,
    Record,
    Step,
    TurnedStep,
    refused_step_error,
)
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.device import Device, Placement
from micboard_tui.domain.identity import ChannelRef, PerformerId
from micboard_tui.domain.location import Location
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.show import ShowRecord
from micboard_tui.domain.threshold_set import ChosenProfile, ThresholdOverride
from tests.fakes.repositories import InMemoryDevices

K = TypeVar("K")
R = TypeVar("R")
Key: TypeAlias = tuple[type, object]


@dataclass(eq=False)
class StoredStep:
    step: Step
    changes: Sequence[Change]
    undone: bool = False

    def belongs_to(self, actor: str | None) -> bool:
        """Whether it is this person's, or of an unknown one."""
        return self.step.actor in {None, actor}


class InMemoryAssignments:
    """Changes devices and locations where ``devices`` keeps them."""

    def __init__(self, devices: InMemoryDevices) -> None:
        self.devices = devices
        self.people: dict[PerformerId, Performer] = {}
        self.assigned = devices.assigned
        self.ended: list[PastAssignment] = []
        self.steps: list[StoredStep] = []
        self.cells: dict[str, CellType] = {}
        self.thresholds: dict[Key, ThresholdOverride | ChosenProfile] = {}

    async def performers(self) -> Sequence[Performer]:
        return list(self.people.values())

    async def assignments(self) -> Sequence[Assignment]:
        return [self._now(each) for each in self.assigned.values()]

    async def past(self, channel: ChannelRef) -> Sequence[PastAssignment]:
        past = [each for each in self.ended if each.channel == channel]
        return sorted(past, key=lambda each: (each.until, each.since), reverse=True)[:MAX_PAST]

    async def make(self, step: Step, changes: Sequence[Change]) -> None:
        self._change(changes)
        kept = [each for each in self.steps if not (each.undone and each.belongs_to(step.actor))]
        kept.append(StoredStep(step, list(changes)))
        own = [each for each in kept if each.step.actor == step.actor]
        surplus = own[:-MAX_STEPS]
        self.steps = [each for each in kept if each not in surplus][-MAX_ALL_STEPS:]

    async def undo(self, actor: str) -> Step:
        done = [each for each in self.steps if not each.undone and each.belongs_to(actor)]
        if not done:
            raise StorageError(
                ErrorCode.NOTHING_TO_UNDO, f"There is no step of {actor} to undo", hint="Go on"
            )
        if (commands := self._commands_of(done[-1])) is not None:
            return commands
        changes = [Change(each.after, each.before) for each in reversed(done[-1].changes)]
        return self._turn(done[-1], changes, done[-1:], actor)

    async def redo(self, actor: str) -> Step:
        undone = [each for each in self.steps if each.undone and each.belongs_to(actor)]
        if not undone:
            raise StorageError(ErrorCode.NOTHING_TO_REDO, "There is no step to redo", hint="Go on")
        if (commands := self._commands_of(undone[0])) is not None:
            return commands
        return self._turn(undone[0], undone[0].changes, undone, actor)

    async def turn_commands(self, step: CommandStep, actor: str, *, undone: bool) -> None:
        stored = self.steps[step.id]
        stored.undone, stored.step = undone, replace(stored.step, actor=actor)

    async def drop_commands(self, step: CommandStep, actor: str, *, is_redo: bool) -> Step | None:
        stored = self.steps[step.id]
        later = self._find_later(stored)
        undone = [each for each in self.steps if each.undone and each.belongs_to(actor)]
        lost = undone if is_redo else [stored]
        self.steps = [each for each in self.steps if each not in lost]
        return later

    def _commands_of(self, stored: StoredStep) -> CommandStep | None:
        changes = tuple(
            CommandChange(each.before, each.after)
            for each in stored.changes
            if isinstance(each.before, CommandValue) and isinstance(each.after, CommandValue)
        )
        return _command_step(stored.step, self.steps.index(stored), changes) if changes else None

    async def forget_steps(self) -> None:
        self.steps = []

    def _turn(
        self, stored: StoredStep, changes: Sequence[Change], lost: Sequence[StoredStep], actor: str
    ) -> Step:
        """The step as it was made; it is the actor's from then on. ``lost`` go when it cannot be done."""
        step = stored.step
        try:
            self._change(changes)
        except StorageError as error:
            later = self._find_later(stored)
            self.steps = [each for each in self.steps if each not in lost]
            raise refused_step_error(error.info, step, later, is_redo=stored.undone) from error
        stored.undone = not stored.undone
        stored.step = replace(step, actor=actor)
        return TurnedStep(step.text, step.at, step.actor, tuple(changes))

    def _find_later(self, stored: StoredStep) -> Step | None:
        """The newest step since that changed one of the same records."""
        later = self.steps[self.steps.index(stored) + 1 :]
        keys = _keys_of(stored)
        found = (
            each.step
            for each in reversed(later)
            if not each.undone and keys & (_keys_of(each) | _references_of(each))
        )
        return next(found, None)

    def _change(self, changes: Sequence[Change]) -> None:
        before = dict(self.people), dict(self.assigned), list(self.ended), dict(self.devices.kept)
        places, shows = dict(self.devices.locations.kept), dict(self.devices.shows.kept)
        cells, thresholds = dict(self.cells), dict(self.thresholds)
        try:
            for change in changes:
                if not isinstance(change.after, CommandValue):
                    self._check(change)
                    self._put(change)
        except StorageError:
            self.people, self.ended, self.cells = before[0], before[2], cells
            self.thresholds = thresholds
            self.assigned.clear()
            self.assigned.update(before[1])
            self.devices.kept, self.devices.locations.kept = before[3], places
            self.devices.shows.kept = shows
            raise
        self.devices.changes += 1

    def _check(self, change: Change) -> None:
        key = _key(change.after if change.before is None else change.before)
        if _bare(self._present().get(key)) != _bare(change.before):
            raise StorageError(ErrorCode.CHANGED_SINCE, "It was changed since", hint="Look at it")
        if change.after is None and isinstance(change.before, Location | Performer | Device):
            self._check_unused(change.before)
        if change.after is not None:
            self._check_possible(change.after)

    def _check_unused(self, gone: Location | Performer | Device) -> None:
        devices, locations = self.devices.kept.values(), self.devices.locations.kept.values()
        users = (
            [each for each in devices if each.location_id == gone.id],
            [each for each in locations if each.parent_id == gone.id],
            [each for each in self.assigned.values() if each.performer and each.performer.id == gone.id],
            [each for each in self.assigned.values() if each.channel.device_id == gone.id],
        )
        if any(users):
            raise StorageError(ErrorCode.CHANGED_SINCE, "Something else needs it by now", hint="Look at it")

    def _check_possible(self, record: Record) -> None:
        match record:
            case Performer():
                self._check_performer(record)
            case Device():
                self._check_address(record)
            case Location():
                self._check_location(record)
            case ShowRecord():
                self._check_show(record)
            case _:
                pass
        if isinstance(record, Placement | Device) and record.location_id is not None:
            self._need(record.location_id in self.devices.locations.kept)
        if isinstance(record, Placement):
            self._need(record.device_id in self.devices.kept)
        if isinstance(record, Assignment):
            self._need(record.channel.device_id in self.devices.kept)
            self._need(record.performer is None or record.performer.id in self.people)

    def _check_performer(self, wanted: Performer) -> None:
        for other in self.people.values():
            if other.id != wanted.id and fold_name(other.name) == fold_name(wanted.name):
                raise StorageError(ErrorCode.PERFORMER_EXISTS, "The name is taken", hint="Another")

    def _check_address(self, wanted: Device) -> None:
        for other in self.devices.kept.values():
            if other.id != wanted.id and (other.host.lower(), other.port) == (
                wanted.host.lower(),
                wanted.port,
            ):
                raise StorageError(ErrorCode.DEVICE_EXISTS, "It is registered already", hint="Another")

    def _check_location(self, wanted: Location) -> None:
        known = self.devices.locations.kept
        self._need(wanted.parent_id is None or wanted.parent_id in known)
        for other in known.values():
            same = other.parent_id == wanted.parent_id and other.name.lower() == wanted.name.lower()
            if other.id != wanted.id and same:
                raise StorageError(ErrorCode.LOCATION_EXISTS, "The name is taken", hint="Another")

    def _check_show(self, wanted: ShowRecord) -> None:
        for other in self.devices.shows.kept.values():
            if other.id != wanted.id and fold_name(other.show.name) == fold_name(wanted.show.name):
                raise StorageError(ErrorCode.SHOW_EXISTS, "The name is taken", hint="Another")

    @staticmethod
    def _need(there: bool) -> None:
        if not there:
            raise StorageError(ErrorCode.CHANGED_SINCE, "What it belongs to is gone", hint="Look at it")

    def _present(self) -> dict[Key, Record]:
        devices = self.devices.kept.values()
        known: list[Record] = [*self.people.values(), *map(self._now, self.assigned.values()), *self.ended]
        known += [*devices, *(each.placement for each in devices), *self.devices.locations.kept.values()]
        known += self.devices.shows.kept.values()
        known += self.cells.values()
        known += self.thresholds.values()
        return {_key(each): each for each in known}

    def _now(self, assignment: Assignment) -> Assignment:
        worn = assignment.performer
        return assignment if worn is None else replace(assignment, performer=self.people[worn.id])

    def _put(self, change: Change) -> None:
        before, after = change.before, change.after
        match after or before:
            case Performer(id=performer):
                assert after is None or isinstance(after, Performer)
                _set(self.people, performer, after)
            case Assignment(channel=ref):
                assert after is None or isinstance(after, Assignment)
                _set(self.assigned, ref, after)
            case PastAssignment():
                self.ended = [each for each in self.ended if each != before]
                self.ended += [after] if isinstance(after, PastAssignment) else []
            case Device() | Placement():
                self._put_device(change)
            case Location(id=location):
                assert after is None or isinstance(after, Location)
                _set(self.devices.locations.kept, location, after)
            case ShowRecord(id=show):
                assert after is None or isinstance(after, ShowRecord)
                _set(self.devices.shows.kept, show, after)
            case None:
                raise AssertionError
            case _:
                self._put_setting(change)

    def _put_setting(self, change: Change) -> None:
        after, known = change.after, change.after if change.before is None else change.before
        if isinstance(known, CellType):
            assert after is None or isinstance(after, CellType)
            _set(self.cells, known.model, after)
        else:
            assert after is None or isinstance(after, ThresholdOverride | ChosenProfile)
            _set(self.thresholds, _key(known), after)

    def _put_device(self, change: Change) -> None:
        if isinstance(change.after, Device):
            self.devices.kept[change.after.id] = change.after
        elif isinstance(change.after, Placement):
            placed = change.after
            self.devices.kept[placed.device_id] = replace(
                self.devices.kept[placed.device_id], location_id=placed.location_id, position=placed.position
            )
        elif isinstance(change.before, Device):
            del self.devices.kept[change.before.id]
            self.devices.forget(change.before.id)


def _command_step(step: Step, number: int, changes: tuple[CommandChange, ...]) -> CommandStep:
    return CommandStep(step.text, step.at, step.actor, number, changes)


def _set(kept: dict[K, R], key: K, value: R | None) -> None:
    if value is None:
        kept.pop(key, None)
    else:
        kept[key] = value


def _bare(record: Record | None) -> object:
    """What is kept of it: of the performer of an assignment only who it is."""
    if isinstance(record, Assignment) and record.performer is not None:
        return replace(record, performer=None), record.performer.id
    return record


def _key(record: Record | None) -> Key:
    match record:
        case Assignment(channel=ref):
            return Assignment, ref
        case PastAssignment(channel=ref, since=since, until=until):
            return PastAssignment, (ref, since, until)
        case Placement(device_id=device_id):
            return Placement, device_id
        case CommandValue(device_id=device_id, command=command):
            place = getattr(command, "channel", None), getattr(command, "slot", None)
            return CommandValue, (device_id, type(command), place)
        case Performer(id=key) | Device(id=key) | Location(id=key) | ShowRecord(id=key):
            return type(record), key
        case None | PlainRecord():
            raise AssertionError
        case _:
            return _key_of_setting(record)


def _key_of_setting(record: CellType | ThresholdOverride | ChosenProfile) -> Key:
    match record:
        case CellType(model=model):
            return CellType, model
        case ThresholdOverride(scope=scope, name=name):
            return ThresholdOverride, (scope, name)
        case ChosenProfile():
            return ChosenProfile, 1


def _keys_of(stored: StoredStep) -> frozenset[Key]:
    return frozenset(
        _key(change.after if change.before is None else change.before) for change in stored.changes
    )


def _references_of(stored: StoredStep) -> frozenset[Key]:
    """What the changed records need."""
    found: set[Key] = set()
    for record in (record for change in stored.changes for record in (change.before, change.after)):
        if isinstance(record, Assignment):
            found.add((Device, record.channel.device_id))
            if record.performer is not None:
                found.add((Performer, record.performer.id))
        elif isinstance(record, Device | Placement) and record.location_id is not None:
            found.add((Location, record.location_id))
        elif isinstance(record, Location) and record.parent_id is not None:
            found.add((Location, record.parent_id))
    return frozenset(found)
