"""What is known of a server, kept up to date by answers and by events, and reported as it changes."""

from collections.abc import Iterable, Sequence
from itertools import islice

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.domain.observation import Alive, BayHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.shure.system_api import mapping
from micboard_tui.manufacturers.shure.system_api.channel_numbers import Numbering
from micboard_tui.manufacturers.shure.system_api.inventory import Site, has_channels, listing_key
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server, is_failure, unexpected_answer
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_system_api.messages import DeviceList, Event, Feature, ListedDevice
from micboard_tui.protocols.shure_system_api.paths import DEVICES, Topic, channels
from micboard_tui.protocols.shure_system_api.reading import read_channels, read_devices, read_value

ACTIVITY_S = 5.0
"""About so often the activity of a channel is pushed (docs/reference/protocols/shure.md 14.3)."""
SPARE_TURNS = 4
"""In a round of questions, for the list of devices and for commands."""
MAX_TOPICS = 1024
"""Values that are asked for and kept; 64 channels and 64 bays have under 400."""
_OK, _GONE = 200, 404


class Conversation:
    """Everything that the server sends arrives here, in ``read`` and ``take_event``."""

    def __init__(
        self, report: Report, clock: Clock, numbering: Numbering, activity_poll_s: float | None
    ) -> None:
        """``activity_poll_s``: between two questions once all is known; None: activity is not asked for."""
        self._report = report
        self._clock = clock
        self._activity_poll_s = activity_poll_s
        self.numbering = numbering
        self.site = Site()
        self.topics: tuple[Topic, ...] = ()
        """All that can be asked now."""
        self._failed: set[Topic] = set()
        """Where the server failed when it was asked last."""
        self.pushed: set[Topic] = set()
        """What is not asked for, since the server pushes it."""
        self.is_pushing = False
        self.list_is_due = True
        self.heard_at = clock()

    def now(self) -> float:
        return self._clock()

    def report_answer(self, round_trip_s: float) -> None:
        """The server answered something."""
        self.heard_at = self._clock()
        self._report((Alive(round_trip_s),))

    async def read_devices(self, server: Server) -> None:
        """The list, and the channels of the devices that were not online before. Reports what changed."""
        self.list_is_due = False
        listed = await _read_list(server)
        before = self.site.devices
        self.site.devices = {device.id: device for device in sorted(listed.devices, key=listing_key)}
        self.site.has_more = listed.has_more
        for device in self.site.shown_devices():
            known = before.get(device.id)
            if has_channels(device) and (known is None or not has_channels(known)):
                await self._read_channels(server, device)
        self.numbering.assign_numbers(self.site)
        self._update_topics()
        if before != self.site.devices:
            self.report_all()

    async def read(self, server: Server, topic: Topic, *, reports: bool = True) -> None:
        """Ask for one value. What is not answered, or not understood, is not known any more."""
        answer = await server.call("GET", topic.path)
        if is_failure(answer) and topic not in self._failed:
            # One failure of the server's own says nothing about the device.
            self._failed.add(topic)
            return
        self._failed.discard(topic)
        try:
            value = read_value(topic.feature, answer.body) if answer.status == _OK else None
        except ProtocolError:
            value = None
        before = self.site.values.get(topic)
        if answer.status == _GONE and before is not None:
            # What was there a moment ago: the device may have left the list.
            self.list_is_due = True
        changed = before != value
        self.site.values[topic] = value
        if reports and (changed or topic.feature is Feature.ACTIVITY):
            self._report_topic(topic)

    async def read_values(self, server: Server, topics: Iterable[Topic]) -> None:
        """Ask for several, and report each device as soon as everything of it is known."""
        remaining = list(topics)
        for index, topic in enumerate(remaining):
            await self.read(server, topic, reports=False)
            if index + 1 == len(remaining) or remaining[index + 1].device_id != topic.device_id:
                self._report((self._device_observation(), *self._observations_of(topic.device_id)))

    async def _read_channels(self, server: Server, device: ListedDevice) -> None:
        body = await server.get(channels(device.id))
        try:
            self.site.channels[device.id] = () if body is None else read_channels(body)
        except ProtocolError:
            self.site.channels[device.id] = ()

    def take_event(self, event: Event) -> None:
        """Take what the server pushes."""
        self.heard_at = self._clock()
        if event.feature is None:
            # Its body is not known for certain, so the list is asked for anew
            # (docs/reference/protocols/shure.md 14.3).
            self.list_is_due = True
            self._report((Alive(),))
            return
        topic = Topic(event.device_id, event.feature, event.channel_id)
        if topic not in self.site.values:
            self._report((Alive(),))
            return
        self.site.values[topic] = event.value
        self._report_topic(topic)

    def push_changed(self, *, is_pushing: bool) -> None:
        """The WebSocket is open, or gone with all its subscriptions."""
        self.is_pushing = is_pushing
        self.pushed.clear()
        self.report_all()

    def _meter_interval_s(self, device_id: str, index: int) -> float:
        """How often the activity of a channel is heard, or would be if its device were on; 0: never."""
        channels = self.site.channels.get(device_id, ())
        is_known = index < len(channels) and Feature.ACTIVITY in channels[index].capabilities
        if not is_known or self._activity_poll_s is None:
            return 0.0
        topic = Topic(device_id, Feature.ACTIVITY, channels[index].id)
        if topic in self.pushed or topic not in self.topics:
            return ACTIVITY_S
        return max(ACTIVITY_S, self._activity_poll_s * (len(self.topics) - len(self.pushed) + SPARE_TURNS))

    def report_all(self) -> None:
        """Report everything, first of all the server itself."""
        observations: list[Observation] = [self._device_observation()]
        for device_id in {*self.numbering.channels, *self.numbering.bays}:
            observations += self._observations_of(device_id)
        self._report(observations)

    def _report_topic(self, topic: Topic) -> None:
        """Report what ``topic`` has a part in."""
        if topic.channel_id is None:
            named = (self._device_observation(),) if topic.feature is Feature.NAME else ()
            self._report((*named, *self._observations_of(topic.device_id)))
            return
        ids = [channel.id for channel in self.site.channels.get(topic.device_id, ())]
        numbers = self.numbering.channels.get(topic.device_id, [])
        index = ids.index(topic.channel_id) if topic.channel_id in ids else len(numbers)
        self._report(
            self._channel_observations(topic.device_id, index) if index < len(numbers) else (Alive(),)
        )

    def _device_observation(self) -> Observation:
        pushed = len(self.pushed) if self.is_pushing else None
        return mapping.device_of(self.site, self.numbering, pushed=pushed)

    def _observations_of(self, device_id: str) -> Sequence[Observation]:
        """All channels of a device behind the server, and its bay."""
        observations: list[Observation] = []
        for index in range(len(self.numbering.channels.get(device_id, ()))):
            observations += self._channel_observations(device_id, index)
        if (number := self.numbering.bays.get(device_id)) is not None:
            observations.append(BayHeard(mapping.bay_of(self.site, device_id, number)))
        return observations

    def _channel_observations(self, device_id: str, index: int) -> Sequence[Observation]:
        number = self.numbering.channels[device_id][index]
        interval_s = self._meter_interval_s(device_id, index)
        facts = mapping.facts_of(self.site, device_id, index, interval_s)
        if facts.is_offline:
            # The server is heard, and nothing that its meters would be of.
            return (FactsHeard(number, facts),)
        return (
            FactsHeard(number, facts),
            MetersHeard(number, mapping.meters_of(self.site, device_id, index)),
        )

    def _update_topics(self) -> None:
        """Forget the values and channels of what is gone, and ask for what has come."""
        self.site.channels = {
            device_id: channels
            for device_id, channels in self.site.channels.items()
            if device_id in self.site.devices
        }
        every = (
            topic
            for device in self.site.shown_devices()
            for topic in self.site.topics(
                device,
                len(self.numbering.channels.get(device.id, ())),
                with_activity=self._activity_poll_s is not None,
            )
        )
        self.topics = tuple(islice(every, MAX_TOPICS))
        self.pushed.intersection_update(self.topics)
        self._failed.intersection_update(self.topics)
        kept = set(self.topics) | {
            topic for topic in self.site.values if topic.feature is Feature.NAME and self._is_listed(topic)
        }
        self.site.values = {topic: value for topic, value in self.site.values.items() if topic in kept}

    def _is_listed(self, topic: Topic) -> bool:
        """A name stays known while its device is off."""
        return topic.device_id in self.site.devices


async def _read_list(server: Server) -> DeviceList:
    answer = await server.call("GET", DEVICES)
    if answer.status != _OK:
        raise unexpected_answer(server.address, answer)
    try:
        return read_devices(answer.body)
    except ProtocolError as error:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"{server.address} answers, but its list of devices cannot be read ({error})",
            hint="Check that the address and the port are those of a Shure System API server",
        ) from error
