"""What became of a show: channels, devices, alarms, and what was not measured. Pure.

``RecapMaker`` takes the events of the span first, then what was recorded of some channels after others, so
that a large rig need not be in memory at once: of a channel only its figures are kept.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.handover import HandoverNote
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.recap_alarms import AlarmFigures, AlarmRecap, count_alarms, list_alarms
from micboard_tui.domain.recap_channel import ChannelRecap, ChannelTitle, coarsen, measure_channel
from micboard_tui.domain.recap_difference import RecapComparison
from micboard_tui.domain.recap_outage import EventIndex, Stretch, is_end_of_session
from micboard_tui.domain.recording.recorded_span import RecordedSpan


@dataclass(frozen=True, slots=True)
class RecapSource:
    """What a recap is made of, but for what was recorded."""

    start: float
    end: float
    devices: Mapping[DeviceId, str]
    """Their titles."""
    events: Sequence[Event]
    """All of the span, oldest first."""
    show: str | None = None
    """The name of the show; None: it is a span of time."""
    handover: Sequence[HandoverNote] = ()
    """Notes for the next shift, in any order."""


@dataclass(frozen=True, slots=True)
class DeviceRecap:
    """A device whose session ended or was refused."""

    title: str
    disconnections: int
    away_s: float
    """All together, to the end of the span where it did not come back."""
    reasons: Sequence[str]
    """Each once."""
    device_id: DeviceId
    longest_at: float
    """When the longest time without it began."""
    is_refused: bool = False
    """It answered each time, and refused access."""


@dataclass(frozen=True, slots=True)
class Recap:
    start: float
    end: float
    show: str | None
    channels: Sequence[ChannelRecap]
    devices: Sequence[DeviceRecap]
    alarms: Sequence[AlarmRecap]
    figures: AlarmFigures
    markers: Sequence[Event]
    """Markers and what happened to the show."""
    handover: Sequence[HandoverNote]
    """Notes for the next shift that were written in the span, oldest first."""
    not_measured: Sequence[str]
    """What the figures know nothing of, as sentences."""
    comparison: RecapComparison | None = None
    """With an earlier show; None: it was not compared."""

    @property
    def is_recorded(self) -> bool:
        """Where nothing was, the program did not run, and no alarm is not known to be none."""
        return any(channel.measured_s for channel in self.channels)


class RecapMaker:
    """Makes one recap."""

    def __init__(self, source: RecapSource) -> None:
        self._source = source
        self._events = EventIndex(source.events, source.end)
        self._alarms = list_alarms(source.events)
        self._alarm_counts = Counter(_channel_of(alarm.key) for alarm in self._alarms)
        self._channels: list[ChannelRecap] = []

    def add(
        self,
        titles: Iterable[ChannelTitle],
        spans: Mapping[ChannelRef, RecordedSpan],
        *,
        with_curves: bool = False,
        column_s: float = 0.0,
    ) -> None:
        """The next channels, with what was recorded of them; measured in columns no shorter than this."""
        self._events.take_recorded(spans.values())
        for title in titles:
            events = self._events.channel(title.ref, self._alarm_counts[title.ref])
            span = spans.get(title.ref)
            if span is not None and span.column_s < column_s:
                span = coarsen(span, column_s)
            self._channels.append(measure_channel(title, span, events, with_curve=with_curves))

    def finish(self, fault: str | None = None) -> Recap:
        """All figures. ``fault``: why the recorder could not be read."""
        source, channels = self._source, self._channels
        return Recap(
            source.start,
            source.end,
            source.show,
            channels,
            self._list_devices(),
            list(self._name_alarms()),
            count_alarms(self._alarms, source.start, source.end),
            [event for event in source.events if event.kind in {EventKind.MARKER, EventKind.SHOW}],
            sorted(
                (note for note in source.handover if source.start <= note.at <= source.end),
                key=lambda note: note.at,
            ),
            list(_list_gaps(source, channels, fault)),
        )

    def _name_alarms(self) -> Iterator[AlarmRecap]:
        """The alarms, those of channels with who has them now."""
        titles = {channel.title.ref: channel.title for channel in self._channels}
        for alarm in self._alarms:
            ref = _channel_of(alarm.key)
            known = None if ref is None else titles.get(ref)
            yield alarm if known is None else replace(alarm, subject=known.in_full)

    def _list_devices(self) -> Sequence[DeviceRecap]:
        recaps = []
        for device_id, events in self._events.sessions.items():
            title = self._source.devices.get(device_id) or events[0].subject or "A device"
            if away := self._events.find_away(device_id):
                recaps.append(_measure_device(device_id, title, events, away))
        return sorted(recaps, key=lambda recap: -recap.away_s)


def _channel_of(key: AlarmKey) -> ChannelRef | None:
    if key.device_id is None or key.channel is None:
        return None
    return ChannelRef(key.device_id, key.channel)


def _measure_device(
    device_id: DeviceId, title: str, events: Iterable[Event], away: Sequence[Stretch]
) -> DeviceRecap:
    ends = [event for event in events if is_end_of_session(event)]
    reasons = dict.fromkeys(event.text for event in ends)
    return DeviceRecap(
        title,
        sum(not stretch.is_continued for stretch in away),
        sum(stretch.seconds for stretch in away),
        list(reasons),
        device_id,
        max(away, key=lambda stretch: stretch.seconds).start,
        all(event.details.get("status") == DeviceStatus.REFUSED for event in ends),
    )


def _list_gaps(source: RecapSource, channels: Sequence[ChannelRecap], fault: str | None) -> Iterator[str]:
    if fault is not None:
        yield f"The recording could not be read: {fault}"
    if not channels:
        yield "There were no channels"
    span_s = source.end - source.start
    if silent := [channel for channel in channels if not channel.measured_s]:
        yield f"Nothing was recorded of {_join_labels(silent)}"
    yield from _list_partly(span_s, channels)
    yield from _list_unknown([channel for channel in channels if channel.on_air_s])
    for event in source.events:
        if event.kind is EventKind.PROGRAM and "dropped" in event.details:
            yield event.text


def _list_partly(span_s: float, channels: Sequence[ChannelRecap]) -> Iterator[str]:
    partly: dict[int, list[ChannelRecap]] = {}
    for channel in channels:
        if 0 < channel.measured_s < span_s - _exactness(channel):
            partly.setdefault(round((span_s - channel.measured_s) / 60), []).append(channel)
    for minutes, some in sorted(partly.items(), reverse=True):
        yield f"Nothing was recorded for {minutes} of {span_s / 60:.0f} minutes of {_join_labels(some)}"


def _list_unknown(on_air: Sequence[ChannelRecap]) -> Iterator[str]:
    if unknown := [channel for channel in on_air if channel.charge is None]:
        yield f"No charge was known of {_join_labels(unknown)}"
    with_rf = [channel for channel in on_air if channel.has_rf]
    if relative := [channel for channel in with_rf if not channel.is_dbm]:
        yield f"RF is no level in dBm on {_join_labels(relative)}"
    if len(with_rf) < len(on_air):
        yield f"No RF level was known of {_join_labels(channel for channel in on_air if not channel.has_rf)}"


def _exactness(channel: ChannelRecap) -> float:
    """What is shorter is no gap: a column at each end, or a minute."""
    return max(60.0, 2 * channel.exact_s)


def _join_labels(channels: Iterable[ChannelRecap]) -> str:
    return ", ".join(channel.title.label for channel in channels)
