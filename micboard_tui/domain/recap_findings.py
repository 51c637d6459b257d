"""What to change after a show: the worst of its figures, each as a sentence with an action. Pure.

The rules stand in the order of their weight: what the audience heard comes first, then what nearly was heard,
then what cost work. docs/explanation/recap.md says why.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby, islice
from typing import NamedTuple

from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.recap import Recap
from micboard_tui.domain.recap_channel import ChannelRecap
from micboard_tui.domain.thresholds import DEFAULT_BATTERY_THRESHOLDS
from micboard_tui.domain.units import format_span
from micboard_tui.domain.walk_test import LITTLE_MARGIN_DB

MAX_FINDINGS = 5
MAX_OF_A_KIND = 2
"""Of one kind of finding, so that others are named, too."""
UNBALANCED_DB = 10.0
"""So much weaker on all channels of a receiver is no body and no pack: docs/explanation/walk-test.md."""
LEAST_BALANCES = 2
"""On a single channel it may be the pack, or where it is worn."""
MANY_CLIPS = 5
MANY_ALARMS = 2.0
"""More in ten minutes no one can deal with for long: docs/explanation/alarms.md."""
FLOOD_ALARMS = 10


class FindingKind(StrEnum):
    """From what the audience heard to what cost work."""

    OUTAGE = "outage"
    DEVICE_AWAY = "device_away"
    ANTENNA = "antenna"
    MARGIN = "margin"
    BATTERY = "battery"
    ALARM_LOAD = "alarm_load"
    UNSEEN_ALARMS = "unseen_alarms"
    CLIPPING = "clipping"
    CHATTERING = "chattering"
    STANDING_ALARMS = "standing_alarms"


class Finding(NamedTuple):
    kind: FindingKind
    text: str
    """What was found."""
    action: str
    """What to do about it."""
    device_id: DeviceId | None = None
    channel: int | None = None
    """What it is about; neither: about the whole show."""


def list_findings(recap: Recap) -> Sequence[Finding]:
    """The worst first, ``MAX_FINDINGS`` at most."""
    rules = (
        _find_outages,
        _find_devices,
        _find_antennas,
        _find_margins,
        _find_batteries,
        _find_alarm_load,
        _find_clipping,
    )
    found = (finding for rule in rules for finding in rule(recap))
    few = (
        finding
        for _, of_a_kind in groupby(found, key=lambda finding: finding.kind)
        for finding in islice(of_a_kind, MAX_OF_A_KIND)
    )
    return list(islice(few, MAX_FINDINGS))


def _find_outages(recap: Recap) -> Iterator[Finding]:
    lost = [channel for channel in recap.channels if channel.drop_outs and channel.outage_s]
    for channel in sorted(lost, key=lambda channel: -(channel.outage_s or 0.0)):
        text = f"{channel.title.in_full} could not be heard for {format_span(channel.outage_s or 0.0)}"
        yield _about(
            channel,
            FindingKind.OUTAGE,
            f"{text}, in {_times(channel.drop_outs or 0, 'drop-out')}",
            _cure(channel),
        )


def _cure(channel: ChannelRecap) -> str:
    margin = channel.margin_db
    if margin is None:
        return "Check its pack and its antennas, and where it was at those moments"
    if margin < LITTLE_MARGIN_DB:
        return "It is received too weakly: bring an antenna nearer, or raise its power"
    return "It is received well at other times: check its pack, its antenna and its battery contacts"


def _find_devices(recap: Recap) -> Iterator[Finding]:
    missed = {channel.title.ref.device_id for channel in recap.channels if channel.outage_s}
    for device in sorted(recap.devices, key=lambda device: device.device_id not in missed):
        how_often = _times(device.disconnections, "time")
        what = "refused access" if device.is_refused else "was away"
        text = f"{device.title} {what} {how_often}, for {format_span(device.away_s)}"
        action = "Check its network cable, its switch and its power"
        if device.is_refused:
            action = "Allow access on it, or give its password anew; the devices (d) say why it refuses"
        yield Finding(FindingKind.DEVICE_AWAY, text, action, device.device_id)


def _find_antennas(recap: Recap) -> Iterator[Finding]:
    for device_id, group in groupby(recap.channels, key=lambda channel: channel.title.ref.device_id):
        channels = [channel for channel in group if channel.balance_db is not None]
        balances = [channel.balance_db or 0.0 for channel in channels]
        if len(balances) < LEAST_BALANCES or min(map(abs, balances)) < UNBALANCED_DB:
            continue
        if min(balances) > 0 or max(balances) < 0:
            weak, by = "B" if balances[0] > 0 else "A", min(map(abs, balances))
            device = channels[0].title.label.rpartition("/")[0]
            text = (
                f"Antenna {weak} of {device} received all {len(balances)} channels {by:.0f} dB weaker or more"
            )
            action = f"Check the cable, the splitter and the booster of antenna {weak}"
            yield Finding(FindingKind.ANTENNA, text, action, device_id)


def _find_margins(recap: Recap) -> Iterator[Finding]:
    weak = [
        (channel.margin_db, channel)
        for channel in recap.channels
        if not channel.drop_outs and channel.margin_db is not None and channel.margin_db < LITTLE_MARGIN_DB
    ]
    for margin, channel in sorted(weak, key=lambda pair: pair[0]):
        where = f"{margin:.0f} dB above" if margin >= 0 else f"{-margin:.0f} dB below"
        text = f"{channel.title.in_full} was received {where} the level at which links are lost"
        action = "Bring an antenna nearer, raise its power, or choose another frequency"
        yield _about(channel, FindingKind.MARGIN, text, action)


def _find_batteries(recap: Recap) -> Iterator[Finding]:
    limits = DEFAULT_BATTERY_THRESHOLDS
    for channel in recap.channels:
        charge = channel.charge
        if charge is None or not channel.on_air_s:
            continue
        if charge.last <= (limits.critical_percent if charge.is_percent else limits.critical_bars):
            unit = " %" if charge.is_percent else " of 5 bars"
            text = f"The battery of {channel.title.in_full} was at {charge.last}{unit} in the end"
            action = "Begin with a full pack, or plan a change: the battery plan says when"
            yield _about(channel, FindingKind.BATTERY, text, action)


def _find_alarm_load(recap: Recap) -> Iterator[Finding]:
    figures = recap.figures
    if figures.per_ten_minutes > MANY_ALARMS or figures.most_in_ten_minutes > FLOOD_ALARMS:
        text = (
            f"{figures.per_ten_minutes:.1f} alarms came in 10 minutes, at most {figures.most_in_ten_minutes}"
        )
        action = (
            "Begin with the most frequent causes: thresholds that fit the room, shelves for what is known"
        )
        yield Finding(FindingKind.ALARM_LOAD, text, action)
    urgent = [alarm for alarm in recap.alarms if alarm.priority is AlarmPriority.NOW]
    unseen = sum(alarm.seen_at is None for alarm in urgent)
    if unseen:
        verb = "was" if unseen == 1 else "were"
        text = f"{unseen} of {_times(len(urgent), 'urgent alarm')} {verb} never acknowledged"
        yield Finding(FindingKind.UNSEEN_ALARMS, text, "Agree who answers alarms, and turn the bell on")
    if figures.chattering:
        text = f"{_times(figures.chattering, 'alarm')} came and went again and again"
        yield Finding(
            FindingKind.CHATTERING, text, "Mend the cause, or set a threshold that is not at its edge"
        )
    if figures.standing:
        text = f"{_times(figures.standing, 'alarm')} stood for more than half an hour"
        yield Finding(FindingKind.STANDING_ALARMS, text, "Solve it before the show, or shelve it with a note")


def _find_clipping(recap: Recap) -> Iterator[Finding]:
    loud = [channel for channel in recap.channels if (channel.clips or 0) >= MANY_CLIPS]
    for channel in sorted(loud, key=lambda channel: -(channel.clips or 0)):
        text = f"Audio of {channel.title.in_full} clipped {_times(channel.clips or 0, 'time')}"
        yield _about(channel, FindingKind.CLIPPING, text, "Lower its gain, or use its pad")


def _about(channel: ChannelRecap, kind: FindingKind, text: str, action: str) -> Finding:
    return Finding(kind, text, action, *channel.title.ref)


def _times(count: int, what: str) -> str:
    if count == 1:
        return "once" if what == "time" else f"1 {what}"
    return f"{count} {what}s"
