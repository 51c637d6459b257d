"""The line check: started, ticked by what is seen and by hand, and kept over a restart."""

from collections.abc import Sequence
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.line_check import CheckedLine, LineCheck, LinePart
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.pack_match import find_other_part
from micboard_tui.domain.safe_text import visible

BY_HAND = "tick by hand"


class LineCheckContract(Protocol):
    """All answers are ServiceResults. ``actor`` is the name of the person who does it.

    The one of now is in ``LiveContract.findings``, too. A tick without a started check is INVALID_VALUE.
    """

    async def get_check(self) -> ServiceResult[LineCheck | None]:
        """The current one; None: none is on."""
        ...

    async def start(self, *, actor: str) -> ServiceResult[LineCheck]:
        """Begin anew: nothing is ticked."""
        ...

    async def end(self, *, actor: str) -> ServiceResult[LineCheck]:
        """No check is on any more; answers the one that was, which ``undo`` of this process brings back."""
        ...

    async def tick(self, channels: Sequence[ChannelRef], *, actor: str) -> ServiceResult[LineCheck]:
        """These lines are good, also where parts were not seen."""
        ...

    async def untick(self, channels: Sequence[ChannelRef], *, actor: str) -> ServiceResult[LineCheck]:
        """Take back ticks by hand; what was seen stays."""
        ...

    async def undo(self, *, actor: str) -> ServiceResult[Sequence[ChannelRef]]:
        """Take back the last tick by hand; answers of which channels. NOTHING_TO_UNDO.

        Where the check was ended, it is on again, and no channel is answered.
        """
        ...


class LineCheckRepository(Protocol):
    """Where the check is kept. Raises StorageError."""

    async def get(self) -> LineCheck | None:
        """As it was stored last; None: there is none, or this release cannot read it."""
        ...

    async def keep(self, check: LineCheck | None, *, before: LineCheck | None) -> bool:
        """Store it in place of ``before``, None: that none is on; a power cut does not lose it.

        False, and nothing is stored: another program has stored another one since.
        """
        ...


def describe_missing(line: CheckedLine, state: ChannelState) -> str:
    """What is missing, and why, as text; empty: nothing is."""
    missing = line.missing
    if not missing:
        return ""
    if state.link_state is not LinkState.LIVE:
        what = "nothing" if len(missing) == len(LinePart) else f"no {' and no '.join(missing)}"
        return f"{state.shown_link_state.text}, {what} seen yet"
    other = find_other_part(state)
    if other is not None and other.reported is not None:
        return f"wrong pack: {visible(other.reported)} instead of {visible(other.planned)}"
    if other is not None and LinePart.PACK in missing:
        return f"no pack {other.word} reported: {BY_HAND}"
    if LinePart.SOUND in missing:
        is_reported = state.meters.audio_dbfs is not None or state.audio_peak_dbfs is not None
        return "no sound yet" if is_reported else f"no sound reported: {BY_HAND}"
    return f"no {' and no '.join(missing)} seen yet"
