"""Steps: what people change, so that it can be undone and redone, also after the program was started anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from micboard_tui.contracts.errors import ErrorInfo, StorageError
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.command import Command
from micboard_tui.domain.device import Device, Placement
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.local_time import format_minute
from micboard_tui.domain.location import Location
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show import ShowRecord
from micboard_tui.domain.threshold_set import ChosenProfile, ThresholdOverride

MAX_STEPS = 100
"""So many steps of one person can be undone."""
MAX_ALL_STEPS = 500
"""So many are kept of all persons."""


@dataclass(frozen=True, slots=True)
class CommandValue:
    """A value on a device, as the command that sets it. No record: undo and redo send it."""

    device_id: DeviceId
    command: Command


@dataclass(frozen=True, slots=True)
class PlainRecord:
    """A record of any kind by the names of its fields, to be read by people. No step is made of it."""

    fields: Mapping[str, object]


Record: TypeAlias = (
    PlainRecord
    | Performer
    | Assignment
    | PastAssignment
    | Device
    | Placement
    | Location
    | ShowRecord
    | CellType
    | ThresholdOverride
    | ChosenProfile
    | CommandValue
)
"""What a step can change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One record that a step adds, changes or removes. Both are of one kind and have one key."""

    before: Record | None
    """As it must be now, or the step is not made; None: there must be no such record."""
    after: Record | None
    """As it will be; None: it is removed."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a person did and can undo."""

    text: str
    """What was done, to be shown after "Undone:" and "Redone:": "Vox 3 assigned to Ada"."""
    at: float
    """Seconds since the epoch."""
    actor: str | None = None
    """Who made it; None: the program did, or it is not known."""


@dataclass(frozen=True, slots=True)
class TurnedStep(Step):
    """A step of records that was undone or redone, with what that changed."""

    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandChange:
    """A value on a device before and after a step."""

    before: CommandValue
    after: CommandValue


@dataclass(frozen=True, slots=True)
class CommandStep(Step):
    """A step that consists of commands to devices, which have to be asked before it is undone or redone."""

    id: int = 0
    """As the repository knows it."""
    changes: tuple[CommandChange, ...] = ()


def refused_step_error(error: ErrorInfo, step: Step, later: Step | None, *, is_redo: bool) -> StorageError:
    """Why a step cannot be undone or redone, and what is left to do; it is dropped.

    ``later`` is the step that changed the same since; ``error`` gives the code.
    """
    reason = error.message if later is None else _describe_later(later)
    verb = "redone" if is_redo else "undone"
    hint = "It and the steps after it" if is_redo else "It"
    rest = "" if is_redo else ", or undo once more for the step before it"
    return StorageError(
        error.code,
        f"The step '{visible(step.text)}' cannot be {verb}: {reason}",
        hint=f"{hint} can no longer be {verb}; look at it, and change it by hand{rest}",
        **({} if later is None else {"changed_by": later.actor or "", "changed_at": later.at}),
    )


def _describe_later(later: Step) -> str:
    actor = "the program" if later.actor is None else visible(later.actor)
    return f"the same was changed by {actor} on {format_minute(later.at)} ({visible(later.text)})"
