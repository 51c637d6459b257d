"""Whether a channel receives the pack that was planned for it. Pure."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from micboard_tui.domain.channel import ChannelState, Transmitter
from micboard_tui.domain.safe_text import fold_name

MIN_SERIAL_DIGITS = 6
"""Fewer digits are a name."""


class PackMatch(Enum):
    """What is known of the pack on a channel."""

    NOT_PLANNED = auto()
    """Any pack will do."""
    RIGHT = auto()
    """All that is planned of it was reported, and is so."""
    WRONG = auto()
    NOT_REPORTED = auto()
    """Something that is planned, as its name, is not reported: it may be the right one or another."""


class ComparedPart(NamedTuple):
    """One thing that is planned of a pack, and what the pack reports."""

    word: str
    """What it is: model, name or serial."""
    planned: str
    reported: str | None

    @property
    def is_right(self) -> bool:
        return self.reported is not None and _is_same(self.planned, self.reported)


def judge_pack(state: ChannelState) -> PackMatch:
    """Whether the pack that the channel receives is the planned one, by what it reports of itself."""
    if (part := find_other_part(state)) is not None:
        return PackMatch.NOT_REPORTED if part.reported is None else PackMatch.WRONG
    given = state.assignment
    if given is None or (given.planned_model is None and given.planned_pack is None):
        return PackMatch.NOT_PLANNED
    return PackMatch.RIGHT


def has_wrong_pack(state: ChannelState) -> bool:
    """What the pack does not report of itself is not wrong."""
    part = find_other_part(state)
    return part is not None and part.reported is not None


def find_other_part(state: ChannelState) -> ComparedPart | None:
    """What is not as it was planned, before what is not reported; None: all is right, or nothing planned."""
    given = state.assignment
    if given is None or (given.planned_model is None and given.planned_pack is None):
        return None
    parts = _compare(given.planned_model, given.planned_pack, state.facts.transmitter or Transmitter())
    others = [part for part in parts if not part.is_right]
    return next((part for part in others if part.reported is not None), others[0] if others else None)


def _compare(model: str | None, pack: str | None, actual: Transmitter) -> Iterator[ComparedPart]:
    if model is not None:
        yield ComparedPart("model", model, actual.model)
    if pack is None:
        return
    # A pack is planned by its name, or by the serial number that its charger reads.
    name, serial = ComparedPart("name", pack, actual.name), ComparedPart("serial", pack, actual.serial)
    is_serial = pack.isdigit() and len(pack) >= MIN_SERIAL_DIGITS
    likely, other = (serial, name) if is_serial else (name, serial)
    yield other if other.is_right else likely


def _is_same(planned: str, actual: str) -> bool:
    return planned == actual or fold_name(planned) == fold_name(actual)
