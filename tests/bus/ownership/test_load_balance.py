"""Which collector is the right one for a device, by value."""

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.bus.ownership.load_balance import (
    MOVES_AT_ONCE,
    choose_moves,
    load_of,
    loads_of,
    place_devices,
    tolerance_of,
)
from micboard_tui.domain.identity import DeviceId

A, B, C = DeviceId("a"), DeviceId("b"), DeviceId("c")
ROUNDS = 200

channels_of_devices = st.dictionaries(
    st.integers(0, 60).map(lambda number: DeviceId(f"d{number}")),
    st.sampled_from([0, 1, 2, 4, 8]),
    min_size=1,
)


def test_the_largest_go_first_to_the_least_loaded() -> None:
    assert place_devices({A: 8, B: 4, C: 4}, {"x": 0, "y": 2}, {}) == {A: "x", B: "y", C: "y"}


def test_what_was_given_to_one_that_is_there_goes_to_it() -> None:
    assert place_devices({A: 4, B: 4}, {"x": 50, "y": 0}, {A: "x", B: "gone"}) == {A: "x", B: "y"}


def test_without_a_collector_nothing_is_placed() -> None:
    assert place_devices({A: 4}, {}, {}) == {}


def test_a_device_without_channels_is_a_load_too() -> None:
    assert loads_of({A: 0, B: 4}, {A: "x", B: "x", C: "x"}, ["x", "y"]) == {"x": 5, "y": 0}


def test_collectors_that_are_even_move_nothing() -> None:
    assert choose_moves("x", [(A, 4)], {"x": 28, "y": 20}) == []
    assert choose_moves("x", [(A, 4)], {"x": 1050, "y": 950}) == []


def test_only_the_most_loaded_gives() -> None:
    loads = {"x": 40, "y": 20, "z": 0}
    assert choose_moves("y", [(A, 4)], loads) == []
    assert [move.successor for move in choose_moves("x", [(A, 4)], loads)] == ["z"]


def test_a_device_that_would_turn_the_scales_stays() -> None:
    assert choose_moves("x", [(A, 8)], {"x": 12, "y": 0}) == []
    assert choose_moves("x", [(A, 8), (B, 4)], {"x": 12, "y": 0}) != []


@given(channels_of_devices, st.lists(st.sampled_from("xyz"), min_size=61, max_size=61))
def test_moves_end_in_balance_and_never_go_back(channels: dict[DeviceId, int], start: list[str]) -> None:
    holders = {found: start[int(found[1:])] for found in channels}
    for _ in range(ROUNDS):
        loads = loads_of(channels, holders, "xyz")
        moves = [
            move
            for giver in loads
            for move in choose_moves(
                giver, [(found, channels[found]) for found, at in holders.items() if at == giver], loads
            )
        ]
        assert len(moves) <= MOVES_AT_ONCE
        for move in moves:
            holders[move.device_id] = move.successor
        if not moves:
            break
        after = loads_of(channels, holders, "xyz")
        assert sum(load**2 for load in after.values()) < sum(load**2 for load in loads.values())
    else:
        raise AssertionError("devices move for ever")
    most = max(loads, key=lambda found: (loads[found], found))
    smallest = min((load_of(channels[found]) for found, at in holders.items() if at == most), default=0)
    difference = max(loads.values()) - min(loads.values())
    assert difference <= tolerance_of(loads) or 2 * smallest > difference
