"""Entries of devices on the bus, also between programs of different versions."""

from dataclasses import astuple, dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.bus.wire.channel_state import read_state
from micboard_tui.bus.wire.device_entry import (
    ChannelProblem,
    DeviceEntry,
    JudgedChannel,
    LastingDeviceProblem,
    decode_entry,
    encode_device,
    encode_entry,
    make_entry,
)
from micboard_tui.bus.wire.meter_frame import FrameHead, make_frame
from micboard_tui.bus.wire.meter_row import make_row
from micboard_tui.bus.wire.raw_values import (
    decode_raw_values,
    digest_raw_values,
    encode_raw_values,
    raw_values_of,
)
from micboard_tui.bus.wire.value_codec import WireError, codec_of
from micboard_tui.contracts.live import LinkChange
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from tests.bus.wire.strategies import DEVICE_ID, MOMENTS, SNAPSHOTS
from tests.bus.wire.test_meter_frames import assert_is_sound_of

HEAD = FrameHead(1, 1, 1)
JUDGED = JudgedChannel(
    (ChannelProblem(ProblemCode.RF_LOST, 12.5),),
    (ProblemCode.SAME_FREQUENCY,),
    (LinkChange(LinkState.RF_LOST, 12.5), LinkChange(LinkState.LIVE, 3.25)),
)
BARE = DeviceSnapshot(Device(DEVICE_ID, "shure", "shure-strings", "10.0.0.1", 2202), DeviceState(DEVICE_ID))


def written(snapshot: DeviceSnapshot, at: float) -> bytes:
    judged = {channel.number: JUDGED for channel in snapshot.channels}
    lasting = [LastingDeviceProblem(DeviceProblem(ProblemCode.CHARGER_FAULT, Bay(2)), 7.5)]
    frame = make_frame(HEAD, at, [make_row(channel, at) for channel in snapshot.channels])
    return encode_entry("rack", frame, encode_device(make_entry(snapshot, judged, lasting)))


def without_raw(state: ChannelState) -> ChannelState:
    dock = state.dock and state.dock._replace(bay=replace(state.dock.bay, raw=()))
    return replace(state, version=0, facts=replace(state.facts, raw=()), dock=dock)


@given(SNAPSHOTS, MOMENTS)
def test_a_device_comes_out_as_it_went_in_but_for_raw_values_and_versions(
    snapshot: DeviceSnapshot, at: float
) -> None:
    read = decode_entry(written(snapshot, at))
    entry = read.entry
    bays = tuple(replace(bay, raw=()) for bay in snapshot.state.bays)
    assert entry.state == replace(snapshot.state, version=0, raw=(), last_seen_at=None, bays=bays)
    assert astuple(entry.state.thresholds) == astuple(snapshot.state.thresholds)
    assert (entry.device, entry.location) == (snapshot.device, snapshot.location)
    assert entry.assignments_without_channel == snapshot.assignments_without_channel
    assert entry.is_out_of_service is snapshot.is_out_of_service
    assert entry.problems == ((DeviceProblem(ProblemCode.CHARGER_FAULT, Bay(2)), 7.5),)
    for channel, row, state in zip(entry.channels, read.frame.rows, snapshot.channels, strict=True):
        thresholds = entry.thresholds[channel.thresholds]
        restored = read_state(state.ref, channel, thresholds, row, read.frame.at, 0)
        assert_is_sound_of(restored.sound_at, state.sound_at)
        assert replace(restored, sound_at=state.sound_at) == without_raw(state)
        assert astuple(restored.thresholds) == astuple(state.thresholds)
        assert channel.judged == JUDGED


@given(SNAPSHOTS)
def test_equal_devices_have_equal_bytes(snapshot: DeviceSnapshot) -> None:
    other = replace(snapshot, state=replace(snapshot.state, version=7, last_seen_at=5.0, raw=(("A", "1"),)))
    one, two = (encode_device(make_entry(each, {}, ())) for each in (snapshot, other))
    assert one == two


@given(SNAPSHOTS)
def test_raw_values_travel_apart(snapshot: DeviceSnapshot) -> None:
    values = raw_values_of(snapshot)
    sent = encode_raw_values(values)
    assert decode_raw_values(sent.payload) == values
    assert digest_raw_values(sent.payload) == sent.digest


def test_a_bay_in_a_dock_has_no_raw_values() -> None:
    bay = Bay(1, raw=(("STATUS", "READY"),))
    docked = ChannelState(DEVICE_ID, 1, dock=Dock(DeviceId("charger"), "Charger", bay))
    entry = make_entry(replace(BARE, channels=(docked,)), {}, ())
    assert entry.channels[0].dock == Dock(DeviceId("charger"), "Charger", Bay(1))


@dataclass(frozen=True, slots=True)
class NewerChannel:
    number: int
    weight: int


@dataclass(frozen=True, slots=True)
class NewerEntry:
    """What a later version may make of it."""

    device: Device
    state: DeviceState
    mood: str = "good"
    location: str | None = None
    channels: tuple[NewerChannel, ...] = ()


def test_an_entry_of_a_newer_program_is_read() -> None:
    newer = codec_of(NewerEntry).encode(
        NewerEntry(BARE.device, BARE.state, "bad", "Stage", (NewerChannel(3, 9),))
    )
    read = decode_entry(encode_entry("rack", make_frame(HEAD, 0.0, []), newer))
    assert (read.entry.device, read.entry.location) == (BARE.device, "Stage")


def test_an_entry_of_an_older_program_is_read() -> None:
    older = codec_of(DeviceEntry).encode(DeviceEntry(BARE.device, BARE.state))
    assert decode_entry(encode_entry("rack", make_frame(HEAD, 0.0, []), older)).entry.channels == ()


@given(st.binary())
def test_other_bytes_are_refused(value: bytes) -> None:
    with pytest.raises(WireError):
        decode_entry(value)


def test_many_channels_are_compressed() -> None:
    facts = ChannelFacts(name="Lead vocals", frequency_khz=578_350, gain_db=12, transmitter_present=True)
    channels = tuple(
        ChannelState(DEVICE_ID, number, facts=replace(facts, name=f"Voice {number}"))
        for number in range(1, 33)
    )
    assert len(encode_device(make_entry(replace(BARE, channels=channels), {}, ()))) < 1000
