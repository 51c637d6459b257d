"""What was judged wrong, by device, to be compared with what was judged before. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from micboard_tui.bus.wire.device_entry import ChannelProblem, LastingDeviceProblem
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.problem import ProblemCode


@dataclass(slots=True)
class DeviceJudgement:
    """The problems of one device; compared as a value."""

    channels: dict[int, tuple[ChannelProblem, ...]] = field(default_factory=dict)
    conflicts: dict[int, tuple[ProblemCode, ...]] = field(default_factory=dict)
    own: tuple[LastingDeviceProblem, ...] = ()


NOTHING_WRONG = DeviceJudgement()


def judgements_of(judgement: Judgement) -> Mapping[DeviceId, DeviceJudgement]:
    """Of every device that has a problem, or a channel with one."""
    found: dict[DeviceId, DeviceJudgement] = {}
    for ref, codes in judgement.problems.items():
        device = found.setdefault(ref.device_id, DeviceJudgement())
        device.channels[ref.number] = tuple(
            ChannelProblem(code, judgement.since(ref, code)) for code in codes
        )
    for ref, conflicts in judgement.conflicts.items():
        found.setdefault(ref.device_id, DeviceJudgement()).conflicts[ref.number] = tuple(conflicts)
    for device_id, problems in judgement.device_problems.items():
        found.setdefault(device_id, DeviceJudgement()).own = tuple(
            LastingDeviceProblem(problem, judgement.device_since(device_id, problem)) for problem in problems
        )
    return found


def is_same(one: Judgement | None, other: Judgement) -> bool:
    """Whether two judgements certainly found the same problems since the same times."""
    return (
        one is not None
        and one.starts.open is other.starts.open
        and one.problems == other.problems
        and one.device_problems == other.device_problems
        and one.conflicts == other.conflicts
    )
