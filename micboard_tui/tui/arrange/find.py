"""Finding a line of the board by a few letters of what it is known by. Pure; the matching is Textual's."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual.fuzzy import Matcher

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.mic_number import mic_number_key
from micboard_tui.domain.safe_text import fold_accents, visible
from micboard_tui.domain.units import format_mhz
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.arrange.filter import KIND_LABELS

GOOD_ENOUGH = 0.5
"""Of the best one's score: what is below has the letters, but only scattered."""


def searchable_text(state: ChannelState, device: DeviceSnapshot) -> str:
    """Every name of a channel, in one line."""
    facts = state.facts
    pack = facts.transmitter.name if facts.transmitter else None
    frequency = format_mhz(facts.frequency_khz, 0) if facts.frequency_khz else None
    worn = state.performer.name if state.performer else None
    names = (state.mic_number, worn, facts.name, pack)
    parts = (*names, device.title, device.location, device.state.model, frequency)
    return visible("  ".join(part for part in parts if part))


def searchable_device_text(device: DeviceSnapshot) -> str:
    """Every name of a device that has a line of its own, and who is planned on channels that it lacks."""
    state, kind = device.state, KIND_LABELS[device.state.kind] if device.state.bays else None
    own_name = state.own_name if state.own_name != device.title else None
    planned = (each.performer.name for each in device.assignments_without_channel if each.performer)
    parts = (device.title, own_name, device.device.address, state.model, device.location, kind, *planned)
    return visible("  ".join(part for part in parts if part))


class Searchable(NamedTuple):
    """A line of the board that can be found."""

    ref: LineRef
    text: str
    mic_number: str | None = None


def find_lines(query: str, lines: Iterable[Searchable]) -> Sequence[LineRef]:
    """The lines that fit what was typed, in order where it stands there as typed, else the best first.

    A channel whose mic number was typed comes before all others. Capitals, accents and blanks make no
    difference.
    """
    typed = _plain(query)
    if not typed:
        return []
    known = list(lines)
    wanted = mic_number_key(query)
    numbered = [line.ref for line in known if line.mic_number and mic_number_key(line.mic_number) == wanted]
    literal = [line.ref for line in known if line.ref not in numbered and typed in _plain(line.text)]
    if numbered or literal:
        return [*numbered, *literal]
    matcher = Matcher(fold_accents(query))
    scores = [(matcher.match(fold_accents(line.text)), line.ref) for line in known]
    least = GOOD_ENOUGH * max((score for score, _ in scores), default=0.0)
    found = [(score, ref) for score, ref in scores if score > 0 and score >= least]
    return [ref for _, ref in sorted(found, key=lambda match: -match[0])]


class LineSearch:
    """One search while it is typed: what was found, and where to go back to when it is given up."""

    def __init__(self, start: LineRef | None = None) -> None:
        self.start = start
        """What was selected before."""
        self._matches: Sequence[LineRef] = ()

    @property
    def count(self) -> int:
        return len(self._matches)

    def search(self, query: str, lines: Iterable[Searchable]) -> LineRef | None:
        """Find what fits what was typed by now; the first of them."""
        self._matches = find_lines(query, lines) if query.strip() else ()
        return self._matches[0] if self._matches else None

    def step(self, selected: LineRef | None, by: int) -> LineRef | None:
        """The match so many after the selected line, around the ends."""
        if not self._matches:
            return None
        index = self._matches.index(selected) if selected in self._matches else -by
        return self._matches[(index + by) % len(self._matches)]


def _plain(text: str) -> str:
    return "".join(fold_accents(text).split())
