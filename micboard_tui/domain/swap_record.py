"""Swaps of a mic for a spare, found again in the events of steps. Pure.

The event of such a step says from which channel its performer went; that a step was undone or done again says
its text. Each person undoes steps in the order opposite to that in which they made them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId

_DEVICE, _CHANNEL = "swap_device", "swap_channel"
_UNDONE, _REDONE = "Undone: ", "Redone: "


def record_swap(failing: ChannelRef) -> Mapping[str, str]:
    """The details of the event."""
    return {_DEVICE: failing.device_id, _CHANNEL: str(failing.number)}


def count_swaps(events: Iterable[Event]) -> Counter[ChannelRef]:
    """How often the performer of each channel went to a spare; ``events``: oldest first."""
    swaps: Counter[ChannelRef] = Counter()
    by_text: dict[str, ChannelRef] = {}
    for event in events:
        if event.kind is not EventKind.STEP:
            continue
        outcome, details = event.details.get("step"), event.details
        if outcome == "made" and _DEVICE in details and details.get(_CHANNEL, "").isdecimal():
            ref = by_text[event.text] = ChannelRef(DeviceId(details[_DEVICE]), int(details[_CHANNEL]))
            swaps[ref] += 1
        elif outcome == "undone" and (undone := by_text.get(event.text.removeprefix(_UNDONE))) is not None:
            swaps[undone] -= 1
        elif outcome == "redone" and (redone := by_text.get(event.text.removeprefix(_REDONE))) is not None:
            swaps[redone] += 1
    return swaps
