"""What an alarm says to people: what is wrong, with whom, where, and what to do."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from micboard_tui.contracts.problem_texts import (
    DEVICE_WARNING_TEXTS,
    FAULT_TEXTS,
    PROBLEM_TEXTS,
    ProblemText,
    find_problem_text,
)
from micboard_tui.contracts.storage_cures import STORAGE_CURES
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.bus_loss import BusLoss
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId, bay_label, channel_label
from micboard_tui.domain.location import Location
from micboard_tui.domain.problem import ProblemCode, find_device_warnings
from micboard_tui.domain.safe_text import visible

_OF_LINK = frozenset({ProblemCode.OFFLINE, ProblemCode.REFUSED})
_OF_COMPUTER = frozenset({ProblemCode.NOT_STORED, ProblemCode.OWN_LOAD})
_ANTENNAS = "ABCDEFGH"


class AlarmPlaces(Protocol):
    """Where names are looked up: ``LiveContract``, or what is stored."""

    @property
    def findings(self) -> Findings:
        """What is concluded of all."""
        ...

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        """None: it is not there."""
        ...

    def channel(self, ref: ChannelRef) -> ChannelState | None:
        """None: it is not there."""
        ...

    def locations(self) -> Sequence[Location]:
        """All."""
        ...


class AlarmText(NamedTuple):
    """The parts of it; names in them are as devices and people gave them."""

    title: str
    """What is wrong."""
    number: str
    """The show's number of the channel; empty: it has none."""
    name: str
    """The performer, the channel's own name, or the pack in a bay; empty: not known."""
    place: str
    """The channel, bay or device."""
    cure: str
    """What to do, in at most eight words."""

    @property
    def subject(self) -> str:
        """Who and where: ``7 Mercutio, Rack 7/2``."""
        who = " ".join(part for part in (self.number, self.name) if part)
        return f"{who}, {self.place}" if who else self.place


def describe_alarm(key: AlarmKey, live: AlarmPlaces) -> AlarmText:
    """As it is called now; of a device that is not there any more its id is all that is known."""
    device_id = key.device_id
    if device_id is None:
        return _join(_find_general_text(key.cause, live.findings), "", "", _find_scope(key, live))
    device = live.device(device_id)
    if key.channel is not None:
        state = live.channel(ChannelRef(device_id, key.channel))
        place = channel_label(device_id if device is None else device.title, key.channel)
        if state is None:
            return _join(PROBLEM_TEXTS[key.cause], "", "", place)
        text = find_problem_text(key.cause, state)
        return _join(text, state.mic_number or "", state.display_name or "", place)
    if device is None:
        return _join(PROBLEM_TEXTS[key.cause], "", "", device_id)
    name, place = _find_part(key, device)
    return _join(_find_device_text(key.cause, device), "", name, place)


def _find_general_text(cause: ProblemCode, findings: Findings) -> ProblemText:
    text = PROBLEM_TEXTS[cause]
    if cause is ProblemCode.NOT_STORED and findings.storage_cause is not None:
        return text._replace(cure=STORAGE_CURES[findings.storage_cause])
    return text


def _find_scope(key: AlarmKey, live: AlarmPlaces) -> str:
    """What an alarm without a device is about."""
    if key.cause is ProblemCode.COLLECTOR_LOST:
        return _describe_lost_collector(live.findings.lost_collector)
    if key.location_id is None:
        return "this computer" if key.cause in _OF_COMPUTER else "all devices"
    names = (location.name for location in live.locations() if location.id == key.location_id)
    return next(names, "a location")


def _describe_lost_collector(loss: BusLoss | None) -> str:
    """Its name with what it had."""
    if loss is None:
        return "a collector"
    channels = f"{loss.channels} channel{'s' * (loss.channels != 1)}"
    others = f", and {loss.others} more" if loss.others else ""
    return f"{visible(loss.collector)} with {channels}{others}"


def _join(text: ProblemText, number: str, name: str, place: str) -> AlarmText:
    return AlarmText(text.title, number, name, place, text.cure)


def _find_device_text(cause: ProblemCode, device: DeviceSnapshot) -> ProblemText:
    fault = device.state.fault
    if cause in _OF_LINK and fault is not None and (text := FAULT_TEXTS.get(fault.code)) is not None:
        return ProblemText(text.title, text.cure)
    if cause is ProblemCode.RECEIVER_FAULT and (warnings := find_device_warnings(device.state)):
        return DEVICE_WARNING_TEXTS[warnings[0]]
    return PROBLEM_TEXTS[cause]


def _find_part(key: AlarmKey, device: DeviceSnapshot) -> tuple[str, str]:
    """Who or what an alarm of a device is about, and where: a bay, an antenna, a channel that it lacks."""
    if not key.part:
        return "", device.title
    if key.cause is ProblemCode.CHANNEL_MISSING:
        names = (
            assignment.performer.name
            for assignment in device.assignments_without_channel
            if assignment.channel.number == key.part and assignment.performer is not None
        )
        return next(names, ""), channel_label(device.title, key.part)
    if key.cause is ProblemCode.ANTENNA_FAULT:
        return "", f"{device.title} antenna {_ANTENNAS[key.part - 1 : key.part]}"
    bay = next((bay for bay in device.state.bays if bay.number == key.part), None)
    name = None if bay is None else bay.pack_name or bay.pack_serial
    return name or "", bay_label(device.title, key.part)
