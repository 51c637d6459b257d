"""Meters on the bus: what is read is what was sent, also by programs of other versions."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.bus.wire.interest import choose_tier
from micboard_tui.bus.wire.meter_frame import (
    FrameHead,
    decode_frame,
    decode_sweep,
    encode_frame,
    encode_sweep,
    make_frame,
    make_swept,
)
from micboard_tui.bus.wire.meter_row import SOUND_STEPS_A_SECOND, make_row
from micboard_tui.bus.wire.value_codec import WireError
from micboard_tui.domain.channel import ChannelState, Meters
from tests.bus.wire.strategies import DEVICE_ID, MOMENTS, STATES

HEAD = FrameHead(120, 1, 3)
TALKING = ChannelState(
    DEVICE_ID,
    1,
    meters=Meters(-61.0, -61.0, -66.5, -23.0, "A", True, 80),
    audio_peak_dbfs=-20.0,
    rf_low_dbm=-64.0,
    observed_at=1_764_480_000.125,
    meters_at=1_764_480_000.125,
    sound_at=1_764_480_000.125,
)


@given(st.lists(STATES, max_size=3), MOMENTS)
def test_every_value_comes_out_as_it_went_in(states: list[ChannelState], at: float) -> None:
    frame = decode_frame(encode_frame(make_frame(HEAD, at, [make_row(state, at) for state in states])))
    assert (frame.head, frame.at) == (HEAD, at)
    for row, state in zip(frame.rows, states, strict=True):
        assert row.number == state.number
        assert row.read_meters() == state.meters
        assert (row.read_peak(), row.read_dip()) == (state.audio_peak_dbfs, state.rf_low_dbm)
        moments = row.read_moments(at)
        assert moments[:2] == (state.observed_at, state.meters_at)
        assert_is_sound_of(moments.sound_at, state.sound_at)


def assert_is_sound_of(read: float | None, sound_at: float | None) -> None:
    """It is never later, and earlier by no more than a step."""
    assert (read is None) is (sound_at is None)
    if read is not None and sound_at is not None:
        assert sound_at - 1 / SOUND_STEPS_A_SECOND <= read <= sound_at


def test_a_channel_that_is_spoken_into_takes_eleven_bytes() -> None:
    at = TALKING.observed_at or 0.0
    assert len(msgspec.msgpack.encode(make_row(TALKING, at))) == 11


def test_a_moment_that_has_passed_takes_few_bytes_and_is_exact() -> None:
    at = 1_764_480_000.325
    row = make_row(TALKING, at)
    assert len(msgspec.msgpack.encode(row)) == 16
    (read,) = decode_frame(encode_frame(make_frame(HEAD, at, [row]))).rows
    assert read.read_moments(at).meters_at == TALKING.meters_at


@pytest.mark.parametrize(("silent_s", "size"), [(0.0, 11), (7.9, 11), (600.0, 13)])
def test_a_channel_that_is_silent_takes_few_bytes_more(silent_s: float, size: int) -> None:
    at = TALKING.observed_at or 0.0
    row = make_row(replace(TALKING, sound_at=at - silent_s), at)
    assert len(msgspec.msgpack.encode(row)) == size
    (read,) = decode_frame(encode_frame(make_frame(HEAD, at, [row]))).rows
    assert_is_sound_of(read.read_moments(at).sound_at, at - silent_s)


def test_a_sweep_has_many_devices() -> None:
    at = TALKING.observed_at or 0.0
    frame = make_frame(HEAD, at, [make_row(TALKING, at)])
    swept = decode_sweep(encode_sweep([make_swept(b"123456", frame), make_swept(b"654321", frame)]))
    assert [device.digest for device in swept] == [b"123456", b"654321"]
    assert swept[1].frame == decode_frame(encode_frame(frame))


def test_what_a_newer_program_adds_is_passed_over() -> None:
    at = TALKING.observed_at or 0.0
    rest: list[Any] = [0, 0, None, None, None, [], "new"]
    newer = [120, 1, 3, at, [[*make_row(TALKING, at), *rest]], "new"]
    (row,) = decode_frame(msgspec.msgpack.encode(newer)).rows
    assert row.read_meters() == TALKING.meters


def test_what_an_older_program_did_not_send_is_not_known() -> None:
    (row,) = decode_frame(msgspec.msgpack.encode([120, 1, 3, 5.0, [[2, 2, 28]]])).rows
    assert row.read_meters() == Meters(audio_dbfs=-50.0, carrier=True)
    assert (row.read_peak(), row.read_dip(), row.sound) == (None, None, None)


@given(st.binary())
def test_other_bytes_are_refused(payload: bytes) -> None:
    for decode in (decode_frame, decode_sweep):
        try:
            decode(payload)
        except WireError:
            continue


def test_no_frame_is_a_wire_error() -> None:
    with pytest.raises(WireError):
        decode_frame(b"\xc1")


@pytest.mark.parametrize(
    ("channels", "tier_s"), [(0, 1), (100, 1), (101, 5), (500, 5), (2000, 20), (4000, 40), (9000, 40)]
)
def test_a_sweep_of_a_larger_site_takes_longer(channels: int, tier_s: int) -> None:
    assert choose_tier(channels) == tier_s
