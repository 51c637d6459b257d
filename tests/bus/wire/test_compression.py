"""Large payloads are compressed on the bus."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.bus.wire.compression import COMPRESSED_FROM, MAX_EXPANDED, compress, expand
from micboard_tui.bus.wire.typical_entries import TYPICAL_PAYLOAD
from micboard_tui.bus.wire.value_codec import WireError, codec_of


@given(st.integers(-(2**63), 2**64 - 1))
def test_a_number_is_sent_as_it_is(value: int) -> None:
    payload = codec_of(int).encode(value)
    assert expand(compress(payload)) == payload


@given(st.binary(max_size=5000))
def test_what_was_sent_is_read(value: bytes) -> None:
    payload = codec_of(bytes).encode(value)
    assert expand(compress(payload)) == payload


def test_a_long_payload_becomes_shorter_and_a_short_one_stays() -> None:
    assert len(compress(b"\xda" + b"name" * COMPRESSED_FROM)) < 200
    assert compress(b"\x90") == b"\x90"


def test_damaged_and_cut_payloads_are_errors() -> None:
    whole = compress(b"\xda" + b"a" * 5000)
    other = zlib.compressobj(1, zdict=b"what stands in no payload of ours")
    foreign = other.compress(b"a" * 5000) + other.flush()
    for damaged in (whole[:-3], b"\x78\x01zzzz", foreign):
        with pytest.raises(WireError):
            expand(damaged)


@pytest.mark.no_cover
def test_a_bomb_is_not_expanded() -> None:
    bomb = zlib.compress(b"\0" * (MAX_EXPANDED + 1))
    with pytest.raises(WireError):
        expand(bomb)


def test_what_payloads_are_compressed_against_is_a_part_of_the_wire_and_stays_as_it_is() -> None:
    assert zlib.crc32(TYPICAL_PAYLOAD) == 1639622048, "who has other bytes cannot read what is sent"
