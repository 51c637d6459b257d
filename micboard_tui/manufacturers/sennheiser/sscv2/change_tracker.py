"""Keeps what an SSCv2 device reports and turns every change into observations, each reported once.

Theory of operation. A session has one ``ChangeTracker``, in two phases:

1. While everything is being read. ``apply_answer`` and ``add_channel`` only keep what comes.
2. After ``start_reporting``. ``apply_event`` (the stream), ``apply_answer`` and ``remove_resource`` (answers
   to requests) find the channels that the changed resources describe. Facts are reported at once, and only
   when they differ from the last report. Levels come many times a second: at most two reports an interval,
   and what comes earlier is kept as due; ``wait_for_levels`` then wakes the task that calls
   ``report_levels``.

The driver calls ``expire_lost_links`` at every tick, and reads ``silence_s``, ``events`` and ``event_at`` to
find out whether the device, or only its stream, has died. Remembered between calls: the resources (``tree``),
the ``Presence`` of each channel's transmitter (its values are dropped when it goes), the facts
and the device as last reported, and when each channel last reported a level.
"""

from collections.abc import Callable, Iterable, Sequence

import anyio

from micboard_tui.contracts.ports import Report
from micboard_tui.domain.channel import ChannelFacts
from micboard_tui.domain.observation import Alive, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.sennheiser.sscv2.family import Family
from micboard_tui.manufacturers.sennheiser.transmitter_presence import LOST_S, Presence, PresenceTracker
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.tree import Tree


class ChangeTracker:
    """All resources of one session."""

    def __init__(
        self,
        family: Family,
        report: Report,
        clock: Callable[[], float],
        *,
        promised_s: float,
        interval_s: float,
        lost_s: float = LOST_S,
    ) -> None:
        """``promised_s``: how often meters are due, as reported; ``interval_s`` 0: no levels are reported."""
        self.family = family
        self.tree = Tree(family.collections)
        self.numbers: Sequence[int] = ()
        """The channels that are reported."""
        self.events = 0
        self.event_at = self.heard_at = clock()
        self._report = report
        self._clock = clock
        self._promised_s = promised_s
        self.interval_s = interval_s
        """At least between two reports of levels."""
        self._lost_s = lost_s
        self._levels_reported_at = 0.0
        self._levels_pending = anyio.Event()
        self._is_reporting = False
        self._counted: list[int] = []
        self._device: DeviceHeard | None = None
        self._facts: dict[int, ChannelFacts] = {}
        self._presences: dict[int, PresenceTracker] = {}
        self._due: set[int] = set()
        """Channels whose levels are to be reported."""
        self._metered_at: dict[int, float] = {}

    def add_channel(self, number: int) -> None:
        """The device has a resource for this channel."""
        self._counted.append(number)

    def start_reporting(self) -> None:
        """Report all that has been read, and from now on whatever changes."""
        self._is_reporting = True
        self._due.update(self._renumber())
        for number in self.numbers:
            self._update_presence(number)
        self._report_or_alive([*self._changed_facts(self.numbers), *self._take_levels()])

    def apply_event(self, values: Iterable[tuple[str, Json]]) -> None:
        """Take in what the device sends of its own accord, by path."""
        self.events += 1
        self.event_at = self._clock()
        self._apply({path for sent, value in values for path in self.tree.take(sent, value)})

    def apply_answer(self, path: str, value: Json) -> bool:
        """Take in a whole resource that was asked for; whether it differs from what was known."""
        before = self._resource(path)
        self._apply(self.tree.replace(path, value))
        return self._resource(path) != before

    def remove_resource(self, path: str) -> None:
        """The device answered that it has no such resource now."""
        if self.tree.forget(path):
            self._apply({path})

    def mark_alive(self, round_trip_s: float | None = None) -> None:
        """The device answered, whatever it was."""
        self.heard_at = self._clock()
        if self._is_reporting:
            self._report((Alive(round_trip_s),))

    async def wait_for_levels(self) -> None:
        """Wait until there are levels that came too early to be reported."""
        await self._levels_pending.wait()

    def report_levels(self) -> None:
        """Report the levels that came since the last time."""
        if self._is_reporting and (levels := self._take_levels()):
            self._report(levels)

    def expire_lost_links(self) -> None:
        """Report the transmitters that were lost long enough ago to count as switched off."""
        now = self._clock()
        if expired := [number for number in self.numbers if self._presences[number].expire(now)]:
            self._report(self._changed_facts(expired))

    @property
    def counted_numbers(self) -> Sequence[int]:
        """The channels that there are by what has been read so far."""
        return self.family.channel_numbers(self.tree, self._counted)

    @property
    def present_numbers(self) -> list[int]:
        """The channels whose transmitter is not known to be away."""
        return [
            number
            for number in self.numbers
            if self._presences[number].presence in {Presence.HERE, Presence.UNKNOWN}
        ]

    def now(self) -> float:
        return self._clock()

    @property
    def silence_s(self) -> float:
        return self._clock() - self.heard_at

    def numbers_without_levels(self, for_s: float) -> list[int]:
        """The channels that reported no level for so long."""
        now = self._clock()
        return [number for number in self.numbers if now - self._metered_at.get(number, 0.0) >= for_s]

    def _resource(self, path: str) -> object:
        return self.tree.items(path) if path in self.family.collections else self.tree.get(path)

    def _apply(self, paths: set[str]) -> None:
        self.heard_at = self._clock()
        if not self._is_reporting:
            return
        has_facts = any(not self.family.is_level(path) for path in paths)
        described = {self.family.channel_of(self.tree, path) for path in paths}
        if has_facts and self._renumber():
            described.add(None)
        numbers = (
            self.numbers if None in described else [number for number in self.numbers if number in described]
        )
        self._due.update(numbers)
        changed = [number for number in numbers if self._update_presence(number)]
        observations = self._changed_facts(numbers if has_facts else changed) if has_facts or changed else []
        if self._due and self.heard_at - self._levels_reported_at >= self.interval_s / 2:
            observations += self._take_levels()
        elif self._due:
            self._levels_pending.set()
        self._report_or_alive(observations)

    def _update_presence(self, number: int) -> bool:
        """Whether a transmitter came or went. The values of one that went are dropped.

        Source: docs/reference/protocols/sennheiser.md 7.
        """
        reported = self.family.presence_of(self.tree, number)
        if not self._presences[number].update(reported, self._clock(), self._lost_s):
            return False
        for path in self.family.stale_paths(self.tree, self.present_numbers):
            self.tree.forget(path)
        return True

    def _renumber(self) -> Sequence[int]:
        """Count the channels anew; the channels when their count has changed, else none."""
        numbers = self.counted_numbers
        if list(numbers) == list(self.numbers):
            return ()
        self.numbers = numbers
        self._presences = {number: self._presences.get(number, PresenceTracker()) for number in numbers}
        for number in self._facts.keys() - set(numbers):
            del self._facts[number]
            self._metered_at.pop(number, None)
        return numbers

    def _changed_facts(self, numbers: Iterable[int]) -> list[Observation]:
        """The device and the facts of ``numbers``, as far as they differ from the last report."""
        observations: list[Observation] = []
        device = self.family.device_of(self.tree, self.numbers)
        if device != self._device:
            self._device = device
            observations.append(device)
        for number in sorted(set(numbers) & set(self.numbers)):
            presence = self._presences[number].presence
            facts = self.family.facts_of(self.tree, number, presence, self._promised_s)
            if facts != self._facts.get(number):
                self._facts[number] = facts
                observations.append(FactsHeard(number, facts))
        return observations

    def _take_levels(self) -> list[Observation]:
        due, self._due = self._due, set()
        self._levels_reported_at = now = self._clock()
        if self._levels_pending.is_set():
            self._levels_pending = anyio.Event()
        observations: list[Observation] = []
        for number in sorted(due):
            meters = self.family.meters_of(self.tree, number) if self.interval_s else None
            if meters is not None:
                self._metered_at[number] = now
                observations.append(MetersHeard(number, meters))
        return observations

    def _report_or_alive(self, observations: Sequence[Observation]) -> None:
        self._report(observations or (Alive(),))
