from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.arrange.find import (
    LineSearch,
    Searchable,
    find_lines,
    searchable_device_text,
    searchable_text,
)
from tests.tui.scripted_rig import FACTS, PACK, device

RACK = DeviceSnapshot(
    device(2), DeviceState(device(2).id, model="ULXD4Q", own_name="FOH 1"), (), "Main Stage"
)
NAMES = (("Lead Vox", 470125), ("BVox 1", 470725), ("Violin on x", 471325), ("Keys", 482125))
CHANNELS = [
    (
        ChannelState(
            device(2).id,
            number,
            link_state=LinkState.LIVE,
            facts=replace(
                FACTS, name=name, frequency_khz=khz, transmitter=replace(PACK, name=f"Pack {number}")
            ),
        ),
        RACK,
    )
    for number, (name, khz) in enumerate(NAMES, 1)
]


def lines_of(channels: Iterable[tuple[ChannelState, DeviceSnapshot]]) -> list[Searchable]:
    return [
        Searchable(state.ref, searchable_text(state, device), state.mic_number) for state, device in channels
    ]


def found_numbers(query: str, channels: Iterable[tuple[ChannelState, DeviceSnapshot]]) -> list[int]:
    found = find_lines(query, lines_of(channels))
    return [ref.number for ref in found if isinstance(ref, ChannelRef)]


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("ldvx", 1, 1),
        ("vox", 1, 2),
        ("BVOX", 2, 1),
        ("482", 4, 1),
        ("470.7", 2, 1),
        ("keys", 4, 1),
        ("pack 3", 3, 1),
        ("foh", 1, 4),
        ("main", 1, 4),
        ("ulxd", 1, 4),
    ],
)
def test_a_few_letters_are_enough(query: str, first: int, count: int) -> None:
    found = found_numbers(query, CHANNELS)
    assert (found[0], len(found)) == (first, count)


def test_accents_and_curled_apostrophes_need_not_be_typed() -> None:
    state = replace(CHANNELS[0][0], facts=replace(FACTS, name="Bj\xf6rk d\u2019Or"))
    assert found_numbers("bjork d'or", [(state, RACK), *CHANNELS[1:]]) == [1]
    assert found_numbers("bjrk", [(state, RACK), *CHANNELS[1:]]) == [1]


def test_what_nobody_is_called_finds_nobody() -> None:
    assert found_numbers("zzz", CHANNELS) == []
    assert found_numbers("vox", []) == []


def test_a_channel_without_anything_is_known_by_its_receiver() -> None:
    nameless = ChannelState(device(2).id, 1)
    assert searchable_text(nameless, RACK) == "FOH 1  Main Stage  ULXD4Q"


@given(st.text(max_size=20))
def test_whatever_is_typed_does_no_harm(query: str) -> None:
    found = found_numbers(query, CHANNELS)
    assert len(found) == len(set(found))


def test_a_search_steps_through_its_matches_around_the_ends() -> None:
    search = LineSearch()
    assert search.step(None, 1) is None
    assert search.search("  ", lines_of(CHANNELS)) is None
    first = search.search("a", lines_of(CHANNELS))
    assert first is not None
    assert search.count == len(found_numbers("a", CHANNELS)) > 1
    seen = [first]
    for _ in range(search.count - 1):
        step = search.step(seen[-1], 1)
        assert step is not None
        seen.append(step)
    assert len(set(seen)) == search.count
    assert search.step(seen[-1], 1) == first
    assert search.step(first, -1) == seen[-1]
    assert search.step(None, 1) == first


def test_a_mic_number_that_is_typed_comes_first() -> None:
    def numbered(number: int, mic_number: str) -> tuple[ChannelState, DeviceSnapshot]:
        ref = ChannelRef(device(2).id, number)
        return ChannelState(*ref, assignment=Assignment(ref, mic_number=mic_number)), RACK

    channels = [numbered(1, "12"), numbered(2, "IEM 2"), numbered(3, "2"), numbered(4, "9")]
    assert found_numbers("2", channels) == [3, 1, 2]
    assert found_numbers("iem2", channels) == [2]
    assert found_numbers("09", channels) == [4]


@pytest.mark.parametrize("query", ["charger 7", "sbc840", "127.0.0.7", "main stage", "chargers"])
def test_a_device_is_found_by_its_names_address_model_and_location(query: str) -> None:
    bays = (Bay(1, BayState.READY),)
    state = DeviceState(
        device(7).id, model="SBC840", own_name="Charger 7", bays=bays, kind=DeviceKind.CHARGER
    )
    charger = DeviceSnapshot(device(7), state, (), "Main Stage")
    line = Searchable(charger.device.id, searchable_device_text(charger))
    assert find_lines(query, [line]) == [charger.device.id]


def test_a_performer_on_a_channel_that_the_device_lacks_is_found_at_the_device() -> None:
    planned = (
        Assignment(ChannelRef(device(7).id, 5), Performer(PerformerId("zoe"), "Zoë")),
        Assignment(ChannelRef(device(7).id, 6), expected_off=True),
    )
    rack = DeviceSnapshot(device(7), DeviceState(device(7).id), (), None, planned)
    line = Searchable(rack.device.id, searchable_device_text(rack))
    assert find_lines("zoe", [line]) == [rack.device.id]
