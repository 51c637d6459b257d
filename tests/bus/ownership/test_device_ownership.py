"""Collectors that share the devices of a zone, over a bus in memory and in virtual time."""

import pytest

from micboard_tui.bus.ownership.load_balance import MOVES_AT_ONCE
from micboard_tui.bus.ownership.send_lease import HOLD_S, LIFETIME_S
from micboard_tui.bus.wire.subjects import Subjects, device_key
from micboard_tui.domain.identity import DeviceId
from tests.fakes.fleet import QUIET_S, Collector, Fleet

OWNERS = Subjects().owner_store


def shared_by_two(fleet: Fleet, devices: int = 6) -> tuple[Collector, Collector]:
    """Two collectors, each with half of the devices."""
    first, second = fleet.join("a"), fleet.join("b")
    fleet.run(1)
    for number in range(devices):
        fleet.set_device(f"d{number}")
    fleet.run_until(lambda: fleet.is_served, QUIET_S)
    assert len(first.ownership.owned) == len(second.ownership.owned) == devices // 2
    return first, second


def alone(fleet: Fleet, devices: int = 3) -> Collector:
    collector = fleet.join("a")
    for number in range(devices):
        fleet.set_device(f"d{number}")
    fleet.run_until(lambda: fleet.is_served, QUIET_S)
    return collector


def all_of(collector: Collector) -> bool:
    return len(collector.ownership.owned) == len(collector._fleet.devices)


# Taking.


async def write_damaged_record(fleet: Fleet) -> None:
    fleet.bus.write(OWNERS, device_key(DeviceId("d")), b"\xc1")


def test_in_a_new_store_devices_are_taken_when_no_other_can_hold_them(fleet: Fleet) -> None:
    collector = fleet.join("a")
    fleet.set_device("d")
    assert LIFETIME_S <= fleet.run_until(lambda: all_of(collector), QUIET_S) < LIFETIME_S + 0.2
    assert collector.sessions == {"d"}


def test_a_device_that_is_added_later_is_taken_at_once(fleet: Fleet) -> None:
    collector = alone(fleet)
    fleet.set_device("new")
    assert fleet.run_until(lambda: all_of(collector), 1) < 0.2


@pytest.mark.no_cover
def test_all_devices_of_a_killed_collector_are_taken_within_four_seconds(fleet: Fleet) -> None:
    first, second = shared_by_two(fleet, 366)
    # The worst moment: the sign is as new as can be.
    fleet.run_until(lambda: fleet.loop.time() - first.ownership._keeper.lease._renewed_at < 0.05, 2)
    fleet.kill(first)
    assert 2.4 < fleet.run_until(lambda: all_of(second), QUIET_S) < 3.5


def test_a_killed_collector_that_runs_again_gets_devices_beside_the_one_that_took_them(fleet: Fleet) -> None:
    first, second = shared_by_two(fleet)
    fleet.kill(first)
    again = fleet.join("a")
    fleet.run_until(lambda: fleet.is_served, QUIET_S)
    fleet.run(20)
    assert again.load + second.load == 24
    assert abs(again.load - second.load) <= 8


def test_a_device_that_the_right_collector_does_not_take_is_taken_by_another(fleet: Fleet) -> None:
    first, second = shared_by_two(fleet, 2)
    fleet.freeze(first)
    fleet.set_device("new", channels=1)
    fleet.set_device("newer", channels=1)
    assert fleet.run_until(lambda: {"new", "newer"} <= second.ownership.owned.keys(), 2) > 0.9


def test_a_record_that_cannot_be_read_is_replaced(fleet: Fleet) -> None:
    fleet.join("b")
    fleet.run(1)
    fleet.loop.run_until_complete(write_damaged_record(fleet))
    fleet.set_device("d")
    fleet.run_until(lambda: fleet.is_served, QUIET_S)


# Letting go.


def test_a_frozen_collector_sends_nothing_when_it_wakes_and_drops_what_it_had(fleet: Fleet) -> None:
    first, second = shared_by_two(fleet)
    had = set(first.ownership.owned)
    fleet.freeze(first)
    assert fleet.run_until(lambda: all_of(second), QUIET_S) < 4
    assert first.sessions == had, "its sockets stay open until it wakes"

    fleet.thaw(first)

    assert not any(map(first.ownership.may_send, fleet.devices)), "before any of its tasks ran"
    fleet.run(0.3)
    assert first.sessions == set()
    assert first.goodbyes == []
    assert all_of(second)


def test_a_collector_that_is_cut_off_lets_go_before_the_other_takes_over(fleet: Fleet) -> None:
    first, second = shared_by_two(fleet)
    mine = next(iter(first.ownership.owned))
    fleet.stall(first)
    renewed_at = first.ownership._keeper.lease._renewed_at
    fleet.run_until(lambda: not first.ownership.may_send(mine), LIFETIME_S)
    assert fleet.loop.time() - renewed_at == pytest.approx(HOLD_S, abs=0.06)
    assert mine not in second.ownership.owned
    fleet.run(0.3)
    assert first.sessions == set()
    fleet.run_until(lambda: all_of(second), 2)
    fleet.restore(first)
    fleet.run(20)
    assert abs(first.load - second.load) <= 8


@pytest.mark.no_cover
def test_alone_in_its_zone_a_collector_keeps_its_sessions_while_the_bus_is_away(fleet: Fleet) -> None:
    collector = alone(fleet)
    fleet.join("far", "foh")
    fleet.run(1)
    before = dict(collector.ownership.owned)
    fleet.stop_server()
    fleet.run(60)
    assert collector.ownership.owned == before
    assert all(map(collector.ownership.may_send, before))

    fleet.start_server()
    fleet.run(1)

    after = collector.ownership.owned
    assert all(after[found] > before[found] for found in before), "taken anew, so that a rival's try fails"
    assert not collector.is_alone
    assert collector.sessions == before.keys()
    assert collector.goodbyes == []


def test_one_that_froze_alone_without_the_bus_does_not_go_on_by_itself(fleet: Fleet) -> None:
    collector = alone(fleet)
    fleet.freeze(collector)
    fleet.run(5)
    fleet.thaw(collector)
    assert not any(map(collector.ownership.may_send, fleet.devices))
    fleet.run_until(lambda: all_of(collector), 1)


def test_one_that_was_alone_lets_go_what_another_took_meanwhile(fleet: Fleet) -> None:
    first = alone(fleet)
    fleet.cut(first)
    second = fleet.join("b")
    fleet.run_until(lambda: all_of(second), 6)
    assert all(map(first.ownership.may_send, fleet.devices)), "it cannot know"
    fleet.restore(first)
    fleet.run(0.3)
    assert fleet.is_served
    assert all_of(second)
    assert first.goodbyes == []


# The server.


def test_a_server_that_is_back_after_a_second_costs_no_session(fleet: Fleet) -> None:
    collectors = shared_by_two(fleet)
    before = [dict(found.ownership.owned) for found in collectors]
    fleet.stop_server()
    fleet.run(1)
    fleet.start_server()
    fleet.run(10)
    assert [dict(found.ownership.owned) for found in collectors] == before, "by the same tokens"


def test_after_a_long_outage_each_takes_at_once_what_is_still_its_own(fleet: Fleet) -> None:
    collectors = shared_by_two(fleet)
    before = [set(found.ownership.owned) for found in collectors]
    fleet.stop_server()
    fleet.run(8)
    assert [found.sessions for found in collectors] == [set(), set()]
    fleet.start_server()
    assert fleet.run_until(lambda: fleet.is_served, QUIET_S) < 1.6
    assert [set(found.ownership.owned) for found in collectors] == before


def test_a_store_that_lost_its_content_is_filled_again_without_a_pause(fleet: Fleet) -> None:
    collectors = shared_by_two(fleet)
    before = [dict(found.ownership.owned) for found in collectors]
    fleet.stop_server()
    fleet.run(0.5)
    fleet.start_server(loses_disk=True)
    fleet.run(0.2)
    for collector, owned in zip(collectors, before, strict=True):
        after = collector.ownership.owned
        assert {found: token > owned[found] for found, token in after.items()} == dict.fromkeys(owned, True)


@pytest.mark.parametrize("loses_disk", [False, True])
def test_what_is_missing_in_a_new_store_is_left_to_the_holder_that_is_not_back_yet(
    fleet: Fleet, *, loses_disk: bool
) -> None:
    first, _ = shared_by_two(fleet)
    held = set(first.ownership.owned)
    fleet.stop_server()
    fleet.start_server(loses_disk=loses_disk, without=first)
    fleet.join("c")
    fleet.run(1.2)
    assert first.sessions == held
    fleet.restore(first)
    fleet.run(3)
    assert held == set(first.ownership.owned)
    assert first.goodbyes == []


def test_tokens_grow_although_all_who_knew_them_are_gone_with_the_store(fleet: Fleet) -> None:
    collector = alone(fleet)
    before = dict(collector.ownership.owned)
    fleet.kill(collector)
    fleet.stop_server()
    fleet.run(1)
    fleet.start_server(loses_disk=True)
    after = fleet.join("b").ownership
    fleet.run_until(lambda: fleet.is_served, QUIET_S)
    assert all(after.owned[found] > token for found, token in before.items())


def test_what_a_wrong_clock_made_is_not_exceeded_by_one_that_does_not_know_it(fleet: Fleet) -> None:
    """The store lost its content, too: then nothing but the clocks is left, see ``fencing_token``."""
    collector = fleet.join("a")
    collector.ahead_s = 7200.0
    device_id = fleet.set_device("d")
    fleet.run_until(lambda: fleet.is_served, QUIET_S)
    before = collector.ownership.owned[device_id]
    fleet.kill(collector)
    fleet.stop_server()
    fleet.start_server(loses_disk=True)
    after = fleet.join("b").ownership
    fleet.run_until(lambda: fleet.is_served, QUIET_S)
    assert after.owned[device_id] < before


def test_a_collector_that_starts_without_the_bus_waits_for_it(fleet: Fleet) -> None:
    fleet.set_device("d")
    fleet.stop_server()
    collector = fleet.join("a")
    fleet.run(10)
    assert not collector.ownership.owned
    fleet.start_server()
    fleet.run_until(lambda: fleet.is_served, QUIET_S)


# Giving.


def test_a_collector_that_ends_says_goodbye_and_others_have_its_devices_at_once(fleet: Fleet) -> None:
    first, second = shared_by_two(fleet)
    had = sorted(first.ownership.owned)
    fleet.leave(first)
    assert fleet.run_until(lambda: all_of(second), 1) < 0.5
    fleet.run(0.5)
    assert sorted(first.goodbyes) == had
    assert fleet.collectors == [second]
    assert [sign.name for sign in second.ownership.collectors.values()] == ["b"]


def test_the_next_run_of_a_collector_that_ended_in_order_begins_at_once(fleet: Fleet) -> None:
    collector = alone(fleet)
    fleet.leave(collector)
    fleet.run(1)
    again = fleet.join("a")
    assert fleet.run_until(lambda: all_of(again), QUIET_S) < 1.2


@pytest.mark.no_cover
def test_a_new_collector_gets_its_share_a_few_devices_at_a_time(fleet: Fleet) -> None:
    first = alone(fleet, 12)
    second = fleet.join("b")
    fleet.run(4)
    assert second.load == 0, "the zone is to be quiet for a while"
    most_at_once = 0
    for _ in range(200):
        fleet.run(0.1)
        most_at_once = max(most_at_once, len(first._releasing))
    assert 0 < most_at_once <= MOVES_AT_ONCE
    assert (first.load, second.load) == (28, 20)
    assert len(first.goodbyes) == 5
    fleet.run(60)
    assert (len(first.goodbyes), len(second.goodbyes)) == (5, 0), "and nothing goes back and forth"
    assert set(second.ownership.holders.values()) == {first.token, second.token}


def test_a_session_that_does_not_close_stays_where_it_is(fleet: Fleet) -> None:
    first = alone(fleet, 12)
    second = fleet.join("b")
    first.never_closes = True
    fleet.run(30)
    assert all_of(first)
    assert second.sessions == set()
    assert first.sessions == first.ownership.owned.keys()


def test_a_session_that_is_closing_when_the_lease_lapses_is_closed_at_once(fleet: Fleet) -> None:
    first = alone(fleet, 12)
    second = fleet.join("b")
    first.never_closes = True
    fleet.run_until(lambda: first._releasing != set(), 10)
    fleet.stall(first)
    fleet.run_until(lambda: first.sessions == set(), LIFETIME_S)
    fleet.run_until(lambda: all_of(second), 2)


def test_a_hand_over_that_fails_leaves_no_device_without_an_owner(fleet: Fleet) -> None:
    first = alone(fleet, 12)
    second = fleet.join("b")
    fleet.run_until(lambda: first._releasing != set(), 10)
    fleet.stall(first)
    fleet.run(0.5)
    fleet.restore(first)
    fleet.run_until(lambda: fleet.is_served, QUIET_S)
    fleet.run(20)
    assert (first.load, second.load) == (28, 20)


def test_a_hand_over_to_one_that_dies_comes_back(fleet: Fleet) -> None:
    first = alone(fleet, 12)
    second = fleet.join("b")
    fleet.run_until(lambda: first._releasing != set(), 10)
    fleet.kill(second)
    fleet.run_until(lambda: all_of(first), QUIET_S)


def test_a_removed_device_is_given_back_after_a_goodbye(fleet: Fleet) -> None:
    collector = alone(fleet, 1)
    removed = fleet.set_device("d0")
    fleet.remove_device(removed)
    fleet.run(1)
    assert collector.goodbyes == [removed]
    assert collector.ownership.holders == {}


def test_a_device_that_moves_to_another_zone_is_held_there(fleet: Fleet) -> None:
    first, second = alone(fleet, 2), fleet.join("b", "foh")
    fleet.run(4)
    moved = fleet.set_device("d0", "foh")
    fleet.run_until(lambda: moved in second.ownership.owned, 1)
    assert first.goodbyes == [moved]
    assert [len(found.ownership.owned) for found in (first, second)] == [1, 1]


def test_a_device_that_was_removed_while_the_bus_was_away_is_free_afterwards(fleet: Fleet) -> None:
    first, second = shared_by_two(fleet)
    removed = next(iter(first.ownership.owned))
    fleet.stop_server()
    fleet.run(5)
    fleet.remove_device(removed)
    fleet.start_server()
    fleet.run(2)
    assert removed not in second.ownership.holders


def test_load_and_zone_of_each_collector_are_known(fleet: Fleet) -> None:
    _, second = shared_by_two(fleet)
    fleet.run(1.1)
    signs = sorted(second.ownership.collectors.values())
    assert [(sign.name, sign.zone, sign.load) for sign in signs] == [("a", "main", 12), ("b", "main", 12)]
