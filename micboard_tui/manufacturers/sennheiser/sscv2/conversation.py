"""What one session has heard of a device, told on as observations. Every word passes here once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import anyio

from micboard_tui.contracts.ports import Report
from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.observation import Alive, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.sennheiser.sscv2.family import Family
from micboard_tui.manufacturers.sennheiser.transmitter_presence import LOST_S, Presence
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.tree import Tree


@dataclass(slots=True)
class _Standing:
    """What is known of one transmitter over time: a link that breaks is lost for a while, then off."""

    presence: Presence = Presence.UNKNOWN
    over_at: float | None = None
    """When a lost one counts as off."""

    def take(self, told: Presence, now: float, lost_s: float) -> bool:
        """Believe what is told; whether that changes anything."""
        was = self.presence
        if told is not Presence.LOST:
            self.presence, self.over_at = told, None
        elif was is Presence.HERE:
            self.presence, self.over_at = Presence.LOST, now + lost_s
        elif was is Presence.UNKNOWN:
            self.presence = Presence.AWAY
        return self.presence is not was

    def is_over(self, now: float) -> bool:
        """Whether a lost one has just become one that is off."""
        if self.over_at is None or now < self.over_at:
            return False
        self.presence, self.over_at = Presence.AWAY, None
        return True


class Conversation:
    """Facts are told when they change; levels too, but not more often than twice an interval.

    ``promised_s`` is what channels say of their levels; ``interval_s`` 0 means that none are told.
    """

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
        self.family = family
        self.tree = Tree(family.collections)
        self.numbers: Sequence[int] = ()
        self.known: list[int] = []
        """Channels that answered when they were asked for by number."""
        self.events = 0
        self.event_at = self.heard_at = clock()
        self._report = report
        self._clock = clock
        self._promised_s = promised_s
        self._interval_s = interval_s
        self._lost_s = lost_s
        self._told_at = 0.0
        self._pending = anyio.Event()
        self._is_open = False
        self._device: DeviceHeard | None = None
        self._facts: dict[int, ChannelFacts] = {}
        self._standings: dict[int, _Standing] = {}
        self._meters: dict[int, Meters] = {}
        self._due: set[int] = set()
        self._metered_at: dict[int, float] = {}

    def open(self) -> None:
        """All is read that can be read now: tell it, and from now on whatever changes."""
        self._is_open = True
        self._due.update(self._renumbered())
        for number in self.numbers:
            self._judge(number)
        self._tell([*self._news(self.numbers), *self._levels()])

    def news(self, values: Iterable[tuple[str, Json]]) -> None:
        """The device told some resources by itself."""
        self.events += 1
        self.event_at = self._clock()
        self._took({path for each, value in values for path in self.tree.take(each, value)})

    def answered(self, path: str, value: Json) -> bool:
        """The device told a whole resource because it was asked; whether that was news."""
        before = self._said(path)
        self._took(self.tree.replace(path, value))
        return self._said(path) != before

    def forgot(self, path: str) -> None:
        """The device says that it has no such resource now."""
        if self.tree.forget(path):
            self._took({path})

    def heard(self, round_trip_s: float | None = None) -> None:
        """It answered, whatever it said."""
        self.heard_at = self._clock()
        if self._is_open:
            self._report((Alive(round_trip_s),))

    async def pending(self) -> None:
        """Wait until there are levels that came too early to be told."""
        await self._pending.wait()

    def tell_levels(self) -> None:
        """Tell the levels that came since the last time."""
        if self._is_open and (levels := self._levels()):
            self._report(levels)

    def expire(self) -> None:
        """Links that were lost long ago: their transmitters count as off."""
        if ended := [each for each in self.numbers if self._standings[each].is_over(self._clock())]:
            self._report(self._news(ended))

    @property
    def here(self) -> list[int]:
        """The channels whose transmitter is there, as far as anybody knows."""
        return [
            each
            for each in self.numbers
            if self._standings[each].presence in {Presence.HERE, Presence.UNKNOWN}
        ]

    @property
    def silence_s(self) -> float:
        return self._clock() - self.heard_at

    def quiet(self, for_s: float) -> list[int]:
        """The channels that told no level for so long."""
        now = self._clock()
        return [each for each in self.numbers if now - self._metered_at.get(each, 0.0) >= for_s]

    def _said(self, path: str) -> object:
        return self.tree.items(path) if path in self.family.collections else self.tree.get(path)

    def _took(self, paths: set[str]) -> None:
        self.heard_at = self._clock()
        if not self._is_open:
            return
        has_facts = any(not self.family.is_level(path) for path in paths)
        concerned = {self.family.concerns(self.tree, path) for path in paths}
        if has_facts and self._renumbered():
            concerned.add(None)
        about = self.numbers if None in concerned else [each for each in self.numbers if each in concerned]
        self._due.update(about)
        moved = [each for each in about if self._judge(each)]
        observations = self._news(about if has_facts else moved) if has_facts or moved else []
        if self._due and self.heard_at - self._told_at >= self._interval_s / 2:
            observations += self._levels()
        elif self._due:
            self._pending.set()
        self._tell(observations)

    def _judge(self, number: int) -> bool:
        """Whether a transmitter came or went. What one that went has said is forgotten.

        Source: docs/reference/protocols/sennheiser.md 7.
        """
        told = self.family.presence(self.tree, number)
        if not self._standings[number].take(told, self._clock(), self._lost_s):
            return False
        for path in self.family.gone(self.tree, self.here):
            self.tree.forget(path)
        return True

    def _renumbered(self) -> Sequence[int]:
        """Count the channels anew; those that there are when the count has changed."""
        numbers = self.family.numbers(self.tree, self.known)
        if list(numbers) == list(self.numbers):
            return ()
        self.numbers = numbers
        self._standings = {each: self._standings.get(each, _Standing()) for each in numbers}
        for gone in self._facts.keys() - set(numbers):
            del self._facts[gone]
            self._meters.pop(gone, None)
            self._metered_at.pop(gone, None)
        return numbers

    def _news(self, about: Iterable[int]) -> list[Observation]:
        observations: list[Observation] = []
        device = self.family.device(self.tree, self.numbers)
        if device != self._device:
            self._device = device
            observations.append(device)
        for number in sorted(set(about) & set(self.numbers)):
            presence = self._standings[number].presence
            facts = self.family.facts(self.tree, number, presence, self._promised_s)
            if facts != self._facts.get(number):
                self._facts[number] = facts
                observations.append(FactsHeard(number, facts))
        return observations

    def _levels(self) -> list[Observation]:
        due, self._due = self._due, set()
        self._told_at = now = self._clock()
        if self._pending.is_set():
            self._pending = anyio.Event()
        observations: list[Observation] = []
        for number in sorted(due):
            meters = self.family.meters(self.tree, number) if self._interval_s else None
            if meters is not None:
                self._metered_at[number] = now
                observations.append(MetersHeard(number, meters))
        return observations

    def _tell(self, observations: Sequence[Observation]) -> None:
        self._report(observations or (Alive(),))
