"""Devices, channels and bays as a table: the columns of ``devices list``, ``poll`` and ``status``."""

import time
from collections.abc import Sequence

from micboard_tui.cli.output import age, as_sentence, format_value, print_note, print_table
from micboard_tui.contracts.problem_texts import (
    DEVICE_WARNING_TEXTS,
    PROBLEM_TEXTS,
    describe_missing_channel,
)
from micboard_tui.domain.battery import WORN
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.bay_problem import judge_bay
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.problem import ProblemCode, find_device_warnings
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.domain.units import format_charge_in_full, format_mhz

CHANNEL_HEADS = ("ch", "mic", "channel", "performer", "link", "battery", "dBm", "dBFS", "MHz")
OPTIONAL_HEADS = ("mic",)
RIGHT_HEADS = ("ch", "mic", "dBm", "dBFS", "MHz")


def print_devices(snapshots: Sequence[DeviceSnapshot]) -> None:
    """Devices with their channels and bays, one line each."""
    now = time.time()
    rows = []
    for snapshot in snapshots:
        device, state = snapshot.device, snapshot.state
        head = [
            device.id,
            snapshot.title,
            format_value(state.model),
            f"{device.host}:{device.port}",
            format_value(snapshot.location),
            format_status(state),
            age(state.last_seen_at, now),
        ]
        channels = (channel_row(channel, now) for channel in snapshot.channels)
        lines = [*channels, *(bay_row(bay, state.thresholds) for bay in state.bays)] or [
            [""] * len(CHANNEL_HEADS)
        ]
        rows.append(head + lines[0])
        rows += [[""] * len(head) + line for line in lines[1:]]
    heads = ("id", "name", "model", "address", "location", "status", "seen")
    print_table(
        (*heads, *CHANNEL_HEADS),
        rows,
        right=RIGHT_HEADS,
        optional=OPTIONAL_HEADS,
        spare=("model", "seen", "location", "id", "address", "performer", "dBFS", "MHz"),
    )
    print_device_faults(snapshots)
    print_device_warnings(snapshots)


def format_status(state: DeviceState) -> str:
    """Whether it is online, and what else concerns the whole device."""
    return f"{state.status.value}, storage mode" if state.storage_mode else state.status.value


def channel_row(channel: ChannelState, now: float | None) -> list[str]:
    """The cells of ``CHANNEL_HEADS``; without ``now`` the age of a past battery is left out."""
    meters, khz = channel.meters, channel.facts.frequency_khz
    percent = meters.rf_percent
    level = format_value(meters.rf_dbm) if percent is None else format_value(percent, " %")
    return [
        str(channel.number),
        channel.mic_number or "",
        format_value(_name_of(channel)),
        format_value(channel.performer.name if channel.performer else None),
        channel.link_state.value,
        _format_battery(channel, now),
        level,
        format_value(meters.audio_dbfs),
        format_mhz(khz),
    ]


def _name_of(channel: ChannelState) -> str | None:
    """The channel's name, and behind a server the device that it belongs to."""
    name, behind = channel.facts.name, channel.facts.channel_behind_server
    return f"{name} ({behind})" if name and behind else name or behind


def _format_battery(channel: ChannelState, now: float | None) -> str:
    """The charge; in brackets with its age where the pack is not received now."""
    past = channel.past_battery
    if past is None:
        return format_charge_in_full(channel.battery)
    charge = format_charge_in_full(past.battery)
    return f"({charge})" if now is None else f"({charge}, {age(past.observed_at, now)})"


def bay_row(bay: Bay, thresholds: Thresholds) -> list[str]:
    """The same cells of a bay, as far as it has them."""
    pack = " ".join(part for part in (bay.pack_model, bay.pack_name or bay.pack_serial) if part)
    what = bay.state.value.replace("_", " ")
    if bay.error:
        what = f"{what}: {bay.error}"
    elif (level := judge_bay(bay, thresholds)) in WORN:
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
