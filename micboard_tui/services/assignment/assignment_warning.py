"""What somebody should know who just gave a channel away: what was live there, what conflicts now. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.conflict import conflicts
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, problems
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.assignment.assignment_snapshot import Book

CURRENT_S = 10.0
"""What the database last knew of a device counts as the present for so long after its last word."""
MAX_TOLD = 4
ON_AIR = frozenset({LinkState.LIVE, LinkState.MUTED})


def warning(
    book: Book, earlier: Sequence[Assignment], afters: Sequence[Assignment], now: float
) -> str | None:
    """In a sentence or more; None when nothing is amiss as far as is known."""
    told = list(dict.fromkeys(_told(book, earlier, afters, now)))
    more = [f"and {len(told) - MAX_TOLD} more"] if len(told) > MAX_TOLD else []
    return "; ".join(told[:MAX_TOLD] + more) or None


def _told(
    book: Book, earlier: Sequence[Assignment], afters: Sequence[Assignment], now: float
) -> Iterator[str]:
    said = book.said | {each.channel: each for each in afters}
    states = {
        state.ref: replace(state, assignment=said.get(state.ref))
        for device in book.devices.values()
        if _is_current(device, now)
        for state in device.channels
    }
    for before, after in zip(earlier, afters, strict=True):
        was, now_has, state = before.performer, after.performer, states.get(after.channel)
        lost = was is not None and (now_has is None or was.id != now_has.id)
        if was is not None and lost and state is not None and state.link_state in ON_AIR:
            still = "is still live" if after.expected_off else f"is live and was {visible(was.name)}'s"
            yield f"{book.called(after.channel)} {still}"
    found = conflicts(states.values())
    for after in afters:
        if (state := states.get(after.channel)) is not None:
            yield from _conflicts_of(book, state, found.get(after.channel, ()), now)


def _conflicts_of(book: Book, state: ChannelState, codes: Sequence[ProblemCode], now: float) -> Iterator[str]:
    called = book.called(state.ref)
    if ProblemCode.PERFORMER_TWICE in codes and state.performer is not None:
        yield f"{visible(state.performer.name)} is live on another primary channel too"
    if ProblemCode.SAME_FREQUENCY in codes:
        yield f"{called} is on the frequency of another live channel"
    if ProblemCode.WRONG_PACK in problems(state, now):
        yield f"{called} has another pack than the planned one"


def _is_current(device: DeviceSnapshot, now: float) -> bool:
    seen = device.state.last_seen_at
    return device.state.is_online and seen is not None and now - seen <= CURRENT_S
