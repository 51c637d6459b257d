"""What is wrong with a device beside what its channels show. Pure."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.bay_problem import find_bay_problems
from micboard_tui.domain.channel import DeviceWarning
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.problem import ProblemCode, find_device_warnings
from micboard_tui.domain.thresholds import Thresholds

_BY_STATUS = {DeviceStatus.OFFLINE: ProblemCode.OFFLINE, DeviceStatus.REFUSED: ProblemCode.REFUSED}


class DeviceProblem(NamedTuple):
    code: ProblemCode
    bay: Bay | None = None
    """The bay that it is about."""
    assignment: Assignment | None = None
    """The planned channel that the device does not have."""
    warnings: tuple[DeviceWarning, ...] = ()
    """What the device warns of as a whole."""

    @property
    def number(self) -> int:
        """Of the bay or channel, to tell problems of one code apart; 0: it is about the whole device."""
        if self.bay is not None:
            return self.bay.number
        return self.assignment.channel.number if self.assignment is not None else 0


def find_device_problems(snapshot: DeviceSnapshot) -> tuple[DeviceProblem, ...]:
    """Everything wrong with the device itself, worst first.

    That it cannot be read is its problem only where it has no channel that shows it.
    """
    state = snapshot.state
    if snapshot.channels and not (
        state.bays or state.device_warnings or snapshot.assignments_without_channel
    ):
        return ()
    found = [*_problems_of_bays(state.bays, state.thresholds)]
    found += (
        DeviceProblem(ProblemCode.CHANNEL_MISSING, assignment=assignment)
        for assignment in snapshot.assignments_without_channel
    )
    if warnings := find_device_warnings(state):
        found.append(DeviceProblem(ProblemCode.RECEIVER_FAULT, warnings=warnings))
    if not snapshot.channels and (code := _BY_STATUS.get(state.status)) is not None:
        found.append(DeviceProblem(code))
    return tuple(sorted(found, key=lambda problem: problem.code.rank))


def is_channel_count_known(kind: DeviceKind, count: int) -> bool:
    """Whether a device that has reported ``count`` channels has no others; a charger has none at all."""
    return count > 0 or kind is DeviceKind.CHARGER


def find_assignments_without_channel(
    assignments: Iterable[Assignment], numbers: Collection[int], *, is_count_known: bool
) -> tuple[Assignment, ...]:
    """The people who are planned on channels that their device does not have, by channel.

    ``numbers`` are the channels that it has; as long as it is not known how many it has, none is missing.
    """
    if not is_count_known:
        return ()
    missing = (
        each for each in assignments if each.performer is not None and each.channel.number not in numbers
    )
    return tuple(sorted(missing, key=lambda assignment: assignment.channel.number))


def _problems_of_bays(bays: Iterable[Bay], thresholds: Thresholds) -> Iterator[DeviceProblem]:
    for bay in bays:
        yield from (DeviceProblem(code, bay) for code in find_bay_problems(bay, thresholds))
        if bay.state is BayState.FAULT or bay.error:
            yield DeviceProblem(ProblemCode.CHARGER_FAULT, bay)
