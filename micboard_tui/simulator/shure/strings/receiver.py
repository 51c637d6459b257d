"""A receiver without its sockets: what it answers, what it tells unasked, and its meters. Pure.

Whatever changes, by a command or on the stage, is found by comparing with what was said last; so each
change is told once, the linked ones included (docs/reference/protocols/shure.md 1.4, 17).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from micboard_tui.protocols.shure_strings.codec import encode
from micboard_tui.protocols.shure_strings.messages import Err, Get, Message, Rep, Sample, Set
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.properties import Key, Property, Refused, table
from micboard_tui.simulator.shure.strings.receiver_channel import Channel
from micboard_tui.simulator.shure.strings.receiver_identity import Device
from micboard_tui.simulator.stage.air import Air

S = TypeVar("S")
ERR = encode(Err())


@dataclass(slots=True)
class Reply:
    """The frames that a message causes."""

    to_asker: list[bytes] = field(default_factory=list)
    to_all: list[bytes] = field(default_factory=list)
    """The asker included, once."""


class Receiver:
    """Implements ``Speaker`` for what has channels."""

    def __init__(self, family: Family, device: Device, channels: Sequence[Channel]) -> None:
        self.family = family
        self.device = device
        self.channels = tuple(channels)
        self._own = Words(None, device, family.device(device, channels), family.encode)
        self._parts = {
            each.number: Words(each.number, each, family.channel(each), family.encode) for each in channels
        }
        self._seen = {each.number: each.air.version for each in channels}

    @property
    def says_err(self) -> bool:
        return self.family.says_err

    @property
    def needs_line_ends(self) -> bool:
        return self.family.needs_line_ends

    @property
    def airs(self) -> Sequence[Air]:
        return [channel.air for channel in self.channels]

    def set_rates(self, rate_ms: int) -> Reply:
        """Another controller sets the rate of all channels."""
        index = 0 if self.family.takes_index_0 else 1
        return self.hear(Set(index, "METER_RATE", (str(rate_ms),)))

    def hear(self, message: Message) -> Reply:
        """What a client's message brings about."""
        try:
            return self._answer(message)
        except Refused:
            return Reply([ERR] if self.family.says_err else [])

    def _answer(self, message: Message) -> Reply:
        match message:
            case Get(index, "ALL", ()) if index is not None:
                return Reply(list(self._list(index)))
            case Get(index, name, words):
                return Reply([frame for part in self._asked(index) for frame in part.get(name, words)])
            case Set(index, name, words):
                return self._set(index, name, words)
            case _:
                raise Refused

    def step(self, seconds: float) -> list[bytes]:
        """Let time pass on the panel; what has changed there and on the stage since the last step."""
        news: list[bytes] = []
        if _flash_ends(self.device, seconds):
            news += self._own.news().values()
        for channel in self.channels:
            version = channel.air.version
            if _flash_ends(channel, seconds) or version != self._seen[channel.number]:
                self._seen[channel.number] = version
                news += self._parts[channel.number].news().values()
        return news

    def samples(self, elapsed_ms: int) -> list[bytes]:
        """The meters that are due, ``elapsed_ms`` after the last call."""
        written = self.family.encode
        return [
            written(message)
            for channel in self.channels
            if channel.meter_rate_ms and channel.is_due(elapsed_ms)
            for message in self._meters(channel)
        ]

    def _meters(self, channel: Channel) -> Sequence[Message]:
        if self.family.reports is not None:
            return self.family.reports(channel)
        return (Sample(channel.number, self.family.sample(channel)),)

    def reboot(self) -> None:
        """Forget what does not outlive a power cut: rates and flashing.

        Source: docs/reference/protocols/shure.md 1.8.
        """
        self.device.flash_left_s = 0.0
        for channel in self.channels:
            channel.flash_left_s = 0.0
            channel.meter(0)
        self._own.news()
        for part in self._parts.values():
            part.news()

    def _asked(self, index: int | None) -> Sequence["Words[Device] | Words[Channel]"]:
        if index is None:
            return [self._own]
        if index == 0 and self.family.takes_index_0:
            return list(self._parts.values())
        if index not in self._parts:
            raise Refused
        return [self._parts[index]]

    def _list(self, index: int) -> Iterator[bytes]:
        """The device once, then channels ascending (docs/reference/protocols/shure.md 17.4)."""
        if not self.family.lists or (index == 0 and not self.family.lists_all_channels):
            raise Refused
        asked = self._asked(index)
        yield from self._own.all()
        short = self.family.short_list
        for part in asked:
            channel = self._channel(part.number)
            yield from part.all(short if short and not channel.air.is_heard else None)

    def _channel(self, number: int | None) -> Channel:
        return next(each for each in self.channels if each.number == number)

    def _set(self, index: int | None, name: str, words: Sequence[str]) -> Reply:
        reply = Reply()
        for part in self._asked(index):
            key = part.set(name, words)
            news = part.news()
            reply.to_all += news.values()
            # A value that was in force already is confirmed, but no news to anybody else
            # (docs/reference/protocols/shure.md 1.4).
            if key not in news:
                reply.to_asker.append(part.frame(key))
        return reply


def _flash_ends(panel: Device | Channel, seconds: float) -> bool:
    if panel.flash_left_s <= 0:
        return False
    panel.flash_left_s -= seconds
    return panel.flash_left_s <= 0


class Words(Generic[S]):
    """All that the device, or one channel or bay of it, can say."""

    def __init__(
        self,
        number: int | None,
        subject: S,
        properties: Iterable[Property[S]],
        written: Callable[[Message], bytes] = encode,
    ) -> None:
        self.number = number
        self._written = written
        self._subject = subject
        self._table = table(properties)
        self._facts = [(key, each) for key, each in self._table.items() if not each.metered]
        self._said = {key: each.values(subject) for key, each in self._facts}
        self._frames: dict[Key, tuple[tuple[str, ...], bytes]] = {}

    def frame(self, key: Key) -> bytes:
        """The REP that tells a property as it is now."""
        values = self._table[key].values(self._subject)
        known = self._frames.get(key)
        if known is not None and known[0] == values:
            return known[1]
        frame = self._written(Rep(self.number, key[0], values))
        self._frames[key] = values, frame
        return frame

    def news(self) -> dict[Key, bytes]:
        """Every fact that is not what was said last; from now on it is."""
        news: dict[Key, bytes] = {}
        for key, each in self._facts:
            values = each.values(self._subject)
            if values != self._said[key]:
                self._said[key] = values
                news[key] = self.frame(key)
        return news

    def all(self, only: frozenset[str] | None = None) -> Iterator[bytes]:
        for key, each in self._table.items():
            if each.listed and (only is None or each.name in only):
                yield self.frame(key)

    def get(self, name: str, words: Sequence[str]) -> list[bytes]:
        """The answers to a GET; index 0 behind the property, or none where none is needed, means all."""
        asked = [each for each in self._table.values() if each.name == name and each.gettable]
        if not asked:
            raise Refused
        if asked[0].second is None:
            wanted = asked if not words else []
        elif tuple(words) == ("0",) or (not words and not asked[0].second_required):
            wanted = asked
        else:
            wanted = [each for each in asked if tuple(words) == (each.second,)]
        if not wanted:
            raise Refused
        return [self.frame((name, each.second)) for each in wanted]

    def set(self, name: str, words: Sequence[str]) -> Key:
        """Write a property; the key of what was written. Raises Refused, and then nothing has changed."""
        key: Key = (name, None)
        if key not in self._table and words:
            key, words = (name, words[0]), words[1:]
        each = self._table.get(key)
        if each is None or each.write is None:
            raise Refused
        each.write(self._subject, words)
        return key
