"""A receiver without its sockets: what it answers, what it reports unasked, and its meters. Pure."""

from collections.abc import Iterator, Sequence

from micboard_tui.protocols.shure_strings.messages import Get, Message, Sample, Set
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.set_values import RefusedError
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.property_table import PropertyTable
from micboard_tui.simulator.shure.strings.reply import ERR, Reply
from micboard_tui.simulator.shure.strings.strings_faults import SlxdFaults, StringsFaults
from micboard_tui.simulator.stage.air import Air


class Receiver:
    """Implements ``StringsUnit`` for what has channels."""

    def __init__(
        self,
        family: Family,
        device: DeviceIdentity,
        channels: Sequence[Channel],
        documented: Family | None = None,
    ) -> None:
        """``documented``: how its document has the family, where a real unit does otherwise."""
        self.family = family
        self.device = device
        self.channels = tuple(channels)
        self._families = (family, documented or family)
        self._device_table = self._make_device_table()
        self._channel_tables = self._make_channel_tables()
        self._seen_versions = {channel.number: channel.air.version for channel in channels}

    @property
    def says_err(self) -> bool:
        return self.family.says_err

    @property
    def needs_line_ends(self) -> bool:
        return self.family.needs_line_ends

    @property
    def writes_singly(self) -> bool:
        return self.family.writes_singly

    @property
    def airs(self) -> Sequence[Air]:
        return [channel.air for channel in self.channels]

    def start(self) -> None:
        self._device_table.changes()
        for channel in self.channels:
            self._channel_tables[channel.number].changes()
            self._seen_versions[channel.number] = channel.air.version

    def set_rates(self, rate_ms: int) -> Reply:
        """Another controller sets the rate of all channels."""
        index = 0 if self.family.takes_index_0 else 1
        return self.answer(Set(index, "METER_RATE", (str(rate_ms),)))

    def answer(self, message: Message) -> Reply:
        """The frames that a client's message causes."""
        try:
            return self._answer(message)
        except RefusedError:
            return Reply([ERR] if self.family.says_err else [])

    def step(self, seconds: float) -> list[bytes]:
        """Let time pass on the panel; what has changed there and on the stage since the last step."""
        changes: list[bytes] = []
        if _flash_ends(self.device, seconds):
            changes += self._device_table.changes().values()
        for channel in self.channels:
            version = channel.air.version
            if _flash_ends(channel, seconds) or version != self._seen_versions[channel.number]:
                self._seen_versions[channel.number] = version
                changes += self._channel_tables[channel.number].changes().values()
        return changes

    def samples(self, elapsed_ms: int) -> list[bytes]:
        """The meters that are due, ``elapsed_ms`` after the last call."""
        encode = self.family.encode
        return [
            encode(message)
            for channel in self.channels
            if channel.meter_rate_ms and channel.is_due(elapsed_ms)
            for message in self._meters(channel)
        ]

    def reboot(self) -> None:
        """Forget what does not outlive a power cut: rates and flashing.

        Source: docs/reference/protocols/shure.md 1.8.
        """
        self.device.flash_left_s = 0.0
        for channel in self.channels:
            channel.flash_left_s = 0.0
            channel.meter(0)
        self.start()

    def work_switches(self, faults: StringsFaults) -> bool:
        """Fail the self-test, or speak another dialect; whether it has started anew."""
        is_documented = isinstance(faults, SlxdFaults) and faults.as_documented
        is_new = self.device.follow(faults) or self.family is not self._families[is_documented]
        if is_new:
            self.family = self._families[is_documented]
            self._device_table = self._make_device_table()
            self._channel_tables = self._make_channel_tables()
        return is_new

    def _make_device_table(self) -> PropertyTable[DeviceIdentity]:
        properties = self.family.device(self.device, self.channels)
        return PropertyTable(None, self.device, properties, self.family.encode)

    def _make_channel_tables(self) -> dict[int, PropertyTable[Channel]]:
        family = self.family
        return {
            channel.number: PropertyTable(channel.number, channel, family.channel(channel), family.encode)
            for channel in self.channels
        }

    def _answer(self, message: Message) -> Reply:
        match message:
            case Get(index, "ALL", ()) if index is not None:
                return Reply(list(self._list(index)))
            case Get(index, name, values):
                return Reply([frame for table in self._tables(index) for frame in table.get(name, values)])
            case Set(index, name, values):
                return self._set(index, name, values)
            case _:
                raise RefusedError

    def _meters(self, channel: Channel) -> Sequence[Message]:
        if self.family.reports is not None:
            return self.family.reports(channel)
        return (Sample(channel.number, self.family.sample(channel)),)

    def _tables(self, index: int | None) -> Sequence[PropertyTable[DeviceIdentity] | PropertyTable[Channel]]:
        if index is None:
            return [self._device_table]
        if index == 0 and self.family.takes_index_0:
            return list(self._channel_tables.values())
        if index not in self._channel_tables:
            raise RefusedError
        return [self._channel_tables[index]]

    def _list(self, index: int) -> Iterator[bytes]:
        """The device once, then channels ascending (docs/reference/protocols/shure.md 17.4)."""
        if not self.family.lists or (index == 0 and not self.family.lists_all_channels):
            raise RefusedError
        tables = self._tables(index)
        yield from self._device_table.all()
        short = self.family.short_list
        for table in tables:
            channel = self._channel(table.number)
            yield from table.all(short if short and not channel.air.is_heard else None)

    def _channel(self, number: int | None) -> Channel:
        return next(channel for channel in self.channels if channel.number == number)

    def _set(self, index: int | None, name: str, values: Sequence[str]) -> Reply:
        reply = Reply()
        for table in self._tables(index):
            key = table.set(name, values)
            changes = table.changes()
            reply.to_all += changes.values()
            # A value that was in force already is confirmed, but not reported to other clients
            # (docs/reference/protocols/shure.md 1.4).
            if key not in changes:
                reply.to_asker.append(table.frame(key))
        return reply


def _flash_ends(panel: DeviceIdentity | Channel, seconds: float) -> bool:
    if panel.flash_left_s <= 0:
        return False
    panel.flash_left_s -= seconds
    return panel.flash_left_s <= 0
