"""Devices, channels and bays as a table: the columns of ``devices list``, ``poll`` and ``status``."""

import re
import time
from collections.abc import Sequence

from micboard_tui.cli.output import age, as_sentence, format_value, print_line, print_note, print_table
from micboard_tui.contracts.documents.rack_context import conflicts_among
from micboard_tui.contracts.problem_texts import (
    DEVICE_STATUS_TEXTS,
    DEVICE_WARNING_TEXTS,
    PROBLEM_TEXTS,
    describe_missing_channel,
)
from micboard_tui.domain.battery import LOW_LEVELS, LastBattery
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.bay_problem import judge_bay
from micboard_tui.domain.channel import ChannelState, SlotStatus
from micboard_tui.domain.conflict import NO_CONFLICTS, Conflicts
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import OF_LINK, ProblemCode, find_device_warnings, find_problems
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.domain.units import DASH, format_charge_in_full, format_mhz
from micboard_tui.domain.zone import has_several_zones

CHANNEL_HEADS = ("ch", "mic", "channel", "performer", "link", "battery", "dBm", "dBFS", "MHz")
RIGHT_HEADS = ("ch", "mic", "dBm", "dBFS", "MHz")
_OF_SLOT = re.compile(r"SLOT_.* (\d+)$")


def print_devices(snapshots: Sequence[DeviceSnapshot], rack: Sequence[DeviceSnapshot] = ()) -> None:
    """Devices with their channels and bays, one line each; ``rack`` as for ``document``."""
    now = time.time()
    conflicts = conflicts_among(rack or snapshots)
    shows_zones = _shows_zones(rack or snapshots)
    rows = []
    for snapshot in snapshots:
        device, state = snapshot.device, snapshot.state
        head = [
            device.id,
            snapshot.title,
            format_value(state.model),
            f"{device.host}:{device.port}",
            format_value(snapshot.location),
            *([device.zone] if shows_zones else ()),
            format_status(state),
            age(state.last_seen_at, now),
        ]
        lines = _lines_of(snapshot, now, conflicts) or [[""] * len(CHANNEL_HEADS)]
        rows.append(head + lines[0])
        rows += [[""] * len(head) + line for line in lines[1:]]
    zone_head = ("zone",) if shows_zones else ()
    heads = ("id", "name", "model", "address", "location", *zone_head, "status", "seen")
    print_table(
        (*heads, *CHANNEL_HEADS),
        rows,
        right=RIGHT_HEADS,
        spare=("model", "id", *zone_head, "location", "address", "dBFS", "MHz", "performer", "seen"),
    )
    print_device_faults(snapshots)
    print_device_warnings(snapshots)


def print_device(snapshot: DeviceSnapshot, rack: Sequence[DeviceSnapshot] = ()) -> None:
    """One device, then its channels and bays, one line each; ``rack`` as for ``document``."""
    now = time.time()
    device, state = snapshot.device, snapshot.state
    seen = "" if state.last_seen_at is None else f", seen {age(state.last_seen_at, now)} ago"
    facts = (
        ("name", snapshot.title),
        ("model", state.model),
        ("firmware", state.firmware),
        ("RF band", state.rf_band),
        ("serial", state.serial),
        ("address", f"{device.host}:{device.port}"),
        ("driver", device.driver),
        ("location", snapshot.location),
        ("zone", device.zone if _shows_zones(rack or [snapshot]) else None),
        ("status", format_status(state) + seen),
    )
    print_table(("device", device.id), [(name, value) for name, value in facts if value])
    if lines := _lines_of(snapshot, now, conflicts_among(rack or [snapshot])):
        print_line("")
        print_table(CHANNEL_HEADS, lines, right=RIGHT_HEADS, spare=("dBFS", "MHz", "performer"))
    print_device_faults([snapshot])
    print_device_warnings([snapshot])


def _shows_zones(rack: Sequence[DeviceSnapshot]) -> bool:
    return has_several_zones(snapshot.device for snapshot in rack)


def print_raw(snapshot: DeviceSnapshot) -> None:
    """The properties of a device and its channels as received; those of empty slots are left out."""
    rows = [("device", name, value) for name, value in snapshot.state.raw]
    for channel in snapshot.channels:
        label = channel_label(snapshot.title, channel.number)
        used = {slot.number for slot in channel.facts.slots if slot.status is not SlotStatus.EMPTY}
        rows += [
            (label, name, value)
            for name, value in channel.facts.raw
            if (slot := _slot_number(name)) is None or slot in used
        ]
    if rows:
        print_line("")
        print_table(("of", "property", "value"), rows)


def format_status(state: DeviceState) -> str:
    """Whether it is online, and what else concerns the whole device."""
    return DEVICE_STATUS_TEXTS[state.status] + (", storage mode" if state.storage_mode else "")


def _slot_number(name: str) -> int | None:
    """The slot that a property belongs to, as in ``SLOT_STATUS 3``; None: it is none of a slot."""
    number = _OF_SLOT.match(name)
    return int(number[1]) if number else None


def _lines_of(snapshot: DeviceSnapshot, now: float, conflicts: Conflicts) -> list[list[str]]:
    channels = [channel_row(channel, now, conflicts) for channel in snapshot.channels]
    return channels + [bay_row(bay, snapshot.state.thresholds) for bay in snapshot.state.bays]


def channel_row(channel: ChannelState, now: float | None, conflicts: Conflicts = NO_CONFLICTS) -> list[str]:
    """The cells of ``CHANNEL_HEADS``; without ``now`` ages, and problems, which come and go, are left out."""
    meters, khz = channel.meters, channel.facts.frequency_khz
    percent = meters.rf_percent
    level = format_value(meters.rf_dbm) if percent is None else format_value(percent, " %")
    audio = format_value(meters.audio_dbfs)
    if now is not None and channel.is_stale(now):
        # As the battery of a channel that is not received: the last that was heard.
        level, audio = (text if text == DASH else f"({text})" for text in (level, audio))
    return [
        str(channel.number),
        channel.mic_number or "",
        format_value(_name_of(channel)),
        format_value(channel.performer.name if channel.performer else None),
        _format_link(channel, now, conflicts),
        _format_battery(channel, now),
        level,
        audio,
        format_mhz(khz),
    ]


def _format_link(channel: ChannelState, now: float | None, conflicts: Conflicts) -> str:
    """The link state, and the worst of what else is wrong, as the board calls it."""
    text = channel.shown_link_state.text
    if now is None:
        return text
    found = find_problems(channel, now, conflicts=conflicts.get(channel.ref, ()))
    others = [code for code in found if code not in OF_LINK]
    if not others:
        return text
    more = f" +{len(others) - 1}" if len(others) > 1 else ""
    return f"{text}: {PROBLEM_TEXTS[others[0]].title}{more}"


def _name_of(channel: ChannelState) -> str | None:
    """The channel's name, and behind a server the device that it belongs to."""
    name, behind = channel.facts.name, channel.facts.channel_behind_server
    return f"{name} ({behind})" if name and behind else name or behind


def _format_battery(channel: ChannelState, now: float | None) -> str:
    """The charge; in brackets with its age where the pack is not received now, or its device not heard."""
    past = channel.past_battery
    if past is None and now is not None and channel.link_state is LinkState.UNKNOWN and channel.is_stale(now):
        past = _stored_battery(channel)
    if past is None:
        return format_charge_in_full(channel.battery)
    charge = format_charge_in_full(past.battery)
    return f"({charge})" if now is None else f"({charge}, {age(past.observed_at, now)})"


def _stored_battery(channel: ChannelState) -> LastBattery | None:
    """The battery as it was when the device was heard last; None where none is known."""
    battery, received_at = channel.battery, channel.battery_at
    return None if battery is None or received_at is None else LastBattery(battery, received_at)


def bay_row(bay: Bay, thresholds: Thresholds) -> list[str]:
    """The same cells of a bay, as far as it has them."""
    pack = " ".join(part for part in (bay.pack_model, bay.pack_name or bay.pack_serial) if part)
    what = bay.state.value.replace("_", " ")
    if bay.error:
        what = f"{what}: {bay.error}"
    elif (level := judge_bay(bay, thresholds)) in LOW_LEVELS:
        what = f"{what}: battery {level.value}"
    return [
        str(bay.number),
        "",
        format_value(pack or None),
        "",
        what,
        format_charge_in_full(bay.battery),
        "",
        "",
        "",
    ]


def print_device_faults(snapshots: Sequence[DeviceSnapshot]) -> None:
    """For each device that cannot be read, or not as planned: code, what happened, what to do."""
    for snapshot in snapshots:
        for assignment in snapshot.assignments_without_channel:
            missing = describe_missing_channel(assignment, len(snapshot.channels))
            cure = PROBLEM_TEXTS[ProblemCode.CHANNEL_MISSING].cure
            print_note(f"{snapshot.title}: {as_sentence(missing)} {as_sentence(cure.capitalize())}")
        if (fault := snapshot.state.fault) is not None:
            print_note(
                f"{snapshot.title}: {fault.code}: {as_sentence(fault.message)} {as_sentence(fault.hint)}"
            )


def print_device_warnings(snapshots: Sequence[DeviceSnapshot]) -> None:
    """For each device that warns of something as a whole: of what, and what to do."""
    for snapshot in snapshots:
        for warning in find_device_warnings(snapshot.state):
            text = DEVICE_WARNING_TEXTS[warning]
            print_note(f"{snapshot.title}: {as_sentence(text.title)} {as_sentence(text.cure.capitalize())}")
