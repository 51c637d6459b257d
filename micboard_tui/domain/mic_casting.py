"""Which channels of the rack get whom by a mic plot: their first wearer, role and pack. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from micboard_tui.domain.assignment import Assignment, Role
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.mic_number import mic_number_key
from micboard_tui.domain.mic_plot import MicPlot


class CastMic(NamedTuple):
    """A channel that is a mic of the plot."""

    channel: ChannelRef
    mic_number: str
    wearer: str
    """Who has it first."""
    role: Role
    pack: str | None
    """The pack that is planned; None: the plot plans none."""


def cast_mics(plot: MicPlot, assignments: Iterable[Assignment]) -> Sequence[CastMic]:
    """For channels whose mic number is in the plot, in the order of the channels."""
    uses_by_mic = plot.uses_by_mic()
    cast = []
    for assignment in assignments:
        if assignment.mic_number is None:
            continue
        if uses := uses_by_mic.get(mic_number_key(assignment.mic_number)):
            entries = [entry for use in uses for entry in use.entries]
            first, pack = entries[0], next((entry.pack for entry in entries if entry.pack), None)
            cast.append(CastMic(assignment.channel, assignment.mic_number, first.wearer, first.role, pack))
    return cast
