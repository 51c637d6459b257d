"""A board of a fleet: each collector, the hub, and the whole bus are lost and come back by themselves."""

from collections.abc import Mapping

import pytest

from micboard_tui.bus.mirror.mirror import COMPLETE_AFTER_S, Mirror
from micboard_tui.bus.mirror.publisher_watch import MAX_PUBLISHERS, PAST_AFTER_S, PublisherWatch
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, SignOfLife, encode_sign
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.health import DeviceHealth, HealthSnapshot
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from tests.bus.attached_site import running, settle
from tests.bus.fleet_site import DEVICES, REFS, Collector, Fleet, rename
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

ONE, TWO, THREE, FOUR = DEVICES
LIVE, UNKNOWN = LinkState.LIVE, LinkState.UNKNOWN


def links(board: Mirror) -> list[LinkState]:
    """Of the devices that it shows, in their order."""
    return [state.link_state for state in board.judge().states.values()]


def loss_of(board: Mirror) -> BusLoss:
    loss = board.findings.lost
    assert loss is not None
    return loss


def fleet_of_two() -> tuple[Fleet, Collector, Collector]:
    fleet = Fleet()
    fleet.place()
    return fleet, fleet.collector("land-1", ONE, TWO), fleet.collector("land-2", THREE, FOUR, token=2)


async def test_a_collector_that_dies_is_lost_alone_and_its_channels_are_past_after_five_seconds() -> None:
    fleet, first, second = fleet_of_two()
    board = fleet.board()
    async with running(fleet.hub(), board), second.running():
        async with first.running():
            await settle(3.0)
            assert (links(board), board.findings.lost) == ([LIVE] * 4, None)
        await settle(PAST_AFTER_S - 1.2)
        assert links(board) == [LIVE] * 4
        loss = loss_of(board)
        assert (loss.reason, loss.collector, loss.channels, loss.others) == (
            LossReason.COLLECTOR,
            "land-1",
            2,
            0,
        )
        assert loss.has_hub
        assert loss.host == "collector-land-1.local"
        await settle(1.7)
        assert links(board) == [UNKNOWN, UNKNOWN, LIVE, LIVE]
        state, snapshot = board.channel(REFS[0]), board.device(ONE.id)
        assert state is not None
        assert snapshot is not None
        assert state.fault_code == ErrorCode.COLLECTOR_LOST
        assert state.link_since == pytest.approx(loss.since, abs=0.1)
        assert snapshot.state.status is DeviceStatus.UNKNOWN
        assert snapshot.state.fault is not None
        assert "land-1" in snapshot.state.fault.message
        for _ in range(40):
            await settle(0.5)
            assert links(board) == [UNKNOWN, UNKNOWN, LIVE, LIVE]


async def test_devices_that_another_collector_takes_are_right_at_once_and_the_loss_is_forgotten() -> None:
    fleet, first, second = fleet_of_two()
    board = fleet.board()
    async with running(fleet.hub(), board), second.running():
        async with first.running():
            await settle(3.0)
        await settle(3.5)
        assert loss_of(board).channels == 2
        second.hold({ONE.id: 5, THREE.id: 2, FOUR.id: 2})
        await settle(0.5)
        assert loss_of(board).channels == 1
        second.hold(dict.fromkeys((ONE.id, TWO.id, THREE.id, FOUR.id), 5))
        await settle(0.5)
        assert (links(board), board.findings.lost) == ([LIVE] * 4, None)
        assert {sign.publisher for sign in board.signs} == {"hub", "collector-land-2"}


async def test_a_device_that_goes_from_one_collector_to_the_next_never_flashes() -> None:
    fleet, first, second = fleet_of_two()
    board = fleet.board()
    async with running(fleet.hub(), board), first.running(), second.running():
        await settle(3.0)
        for token in range(10, 14):
            giver, taker = (first, second) if token % 2 == 0 else (second, first)
            await giver.publisher.free(ONE.id)
            giver.hold({found: held for found, held in giver.tokens.items() if found != ONE.id})
            for _ in range(30):
                await settle(0.1)
                assert (links(board), board.findings.lost) == ([LIVE] * 4, None)
            taker.hold({**taker.tokens, ONE.id: token})
            for _ in range(10):
                await settle(0.1)
                assert (links(board), board.findings.lost) == ([LIVE] * 4, None)


async def test_a_device_that_no_collector_takes_is_past_and_tells_zone_and_cure() -> None:
    fleet, first, second = fleet_of_two()
    board, late = fleet.board(), fleet.site.mirror("late")
    async with running(fleet.hub(), board), first.running(), second.running():
        await settle(3.0)
        await first.publisher.free(ONE.id)
        first.hold({TWO.id: 1})
        await settle(PAST_AFTER_S - 0.5)
        assert links(board)[0] is LIVE
        await settle(1.0)
        async with running(late):
            await late.wait_complete()
            await settle()
            for shown in (board, late):
                assert (links(shown), shown.findings.lost) == ([UNKNOWN, LIVE, LIVE, LIVE], None)
                snapshot = shown.device(ONE.id)
                assert snapshot is not None
                fault = snapshot.state.fault
                assert fault is not None
                assert (fault.code, snapshot.channels[0].fault_code) == (ErrorCode.NO_COLLECTOR,) * 2
                assert "zone land" in fault.message
                assert "--zone land" in fault.hint


@pytest.mark.no_cover
async def test_the_hub_may_be_away_and_values_go_on() -> None:
    fleet, first, second = fleet_of_two()
    board = fleet.board()
    async with running(board), first.running(), second.running():
        async with running(fleet.hub()):
            await settle(3.0)
            assert board.findings.lost is None
        await settle(3.5)
        loss = loss_of(board)
        assert (loss.reason, loss.host) == (LossReason.HUB, "hub.local")
        await settle(60.0)
        assert links(board) == [LIVE] * 4
        assert abs(board.now() - fleet.site.clock()) < 0.01
        async with running(fleet.hub(run=2)):
            await settle(0.5)
            assert board.findings.lost is None


async def test_a_hub_that_was_never_heard_is_missed_and_a_lost_collector_comes_first() -> None:
    fleet, first, second = fleet_of_two()
    async with first.running(), second.running():
        async with running(fleet.hub()):
            await settle(3.0)
        board = fleet.board()
        async with running(board):
            await board.wait_complete()
            await settle(4.0)
            assert (loss_of(board).reason, links(board)) == (LossReason.HUB, [LIVE] * 4)
            first.connection.cut()
            await settle(4.0)
            assert (loss_of(board).collector, loss_of(board).has_hub) == ("land-1", False)
            second.connection.cut()
            await settle(4.0)
            assert loss_of(board).reason is LossReason.SILENCE
            await settle(3.0)
            assert links(board) == [UNKNOWN] * 4
            first.connection.restore()
            second.connection.restore()
            await settle(2.0)
            assert links(board) == [LIVE] * 4


async def test_a_board_that_comes_after_a_collector_died_tells_of_it() -> None:
    fleet, first, second = fleet_of_two()
    async with running(fleet.hub()), second.running():
        async with first.running():
            await settle(3.0)
        await settle(30.0)
        board = fleet.board()
        async with running(board):
            await board.wait_complete()
            await settle(4.0)
            loss = loss_of(board)
            assert (loss.reason, loss.collector, loss.channels) == (LossReason.COLLECTOR, "land-1", 2)
            assert links(board) == [UNKNOWN, UNKNOWN, LIVE, LIVE]


async def test_the_whole_bus_is_lost_as_one() -> None:
    fleet, first, second = fleet_of_two()
    connection = fleet.site.bus.connect()
    board = fleet.site.mirror(connection=connection)
    async with running(fleet.hub(), board), first.running(), second.running():
        await settle(3.0)
        connection.cut()
        await settle(PAST_AFTER_S + 1.0)
        assert (loss_of(board).reason, links(board)) == (LossReason.CONNECTION, [UNKNOWN] * 4)
        assert board.judge().states[REFS[0]].fault_code is None
        connection.restore()
        for _ in range(20):
            await settle(0.1)
            assert {state.fault_code for state in board.judge().states.values()} == {None}
        assert (links(board), board.findings.lost) == ([LIVE] * 4, None)


# Layout and entries come from different programs.


async def test_a_board_is_complete_when_layout_and_entries_have_come_in_whatever_order() -> None:
    for hub_first in (True, False):
        fleet, first, second = fleet_of_two()
        board = fleet.board()
        hub = fleet.hub()
        programs = (hub, *(collector.publisher for collector in (first, second)))
        begun, late = (programs[:1], programs[1:]) if hub_first else (programs[1:], programs[:1])
        async with running(board, *begun):
            await settle(1.0)
            assert (board.snapshot(), board.changed_since(0).layout_version) == ((), 0)
            async with running(*late):
                await board.wait_complete()
                assert [snapshot.device for snapshot in board.snapshot()] == list(DEVICES)


async def test_a_board_does_not_wait_for_ever_for_devices_that_no_program_writes() -> None:
    fleet, first, _ = fleet_of_two()
    async with running(first.publisher):
        async with running(fleet.hub()):
            await settle(1.0)
        board = fleet.board()
        async with running(board):
            began = loop_time()
            await board.wait_complete()
            assert loop_time() - began <= COMPLETE_AFTER_S + 0.5
            assert [snapshot.device.id for snapshot in board.snapshot()] == [ONE.id, TWO.id]


async def test_a_board_waits_for_devices_as_long_as_more_of_them_come() -> None:
    fleet = Fleet()
    fleet.place()
    async with running(fleet.hub()):
        await settle(1.0)
    board, collector = fleet.board(), fleet.collector("land-1")
    async with running(board, collector.publisher):
        for count in range(1, len(DEVICES)):
            await settle(COMPLETE_AFTER_S - 1.0)
            collector.hold(dict.fromkeys([device.id for device in DEVICES[:count]], 1))
        await settle(COMPLETE_AFTER_S - 1.0)
        assert board.snapshot() == ()
        collector.hold({device.id: 1 for device in DEVICES})
        await settle(0.5)
        assert len(board.snapshot()) == len(DEVICES)


async def test_a_device_whose_entry_comes_before_the_layout_names_it_is_shown_as_soon_as_it_does() -> None:
    fleet = Fleet()
    fleet.place((ONE,))
    first = fleet.collector("land-1", ONE)
    board = fleet.board()
    async with running(fleet.hub(), board, first.publisher):
        await settle(3.0)
        # The collector has read the record before the hub has, and the hub writes another layout meanwhile.
        first.hold({ONE.id: 1, TWO.id: 1})
        await settle(0.3)
        fleet.place((ONE,), (Location(LocationId("stage"), "Stage"),))
        await settle(0.3)
        fleet.place((ONE, TWO))
        first.hold({ONE.id: 1, TWO.id: 1})
        await settle(3.0)
        assert [snapshot.device.id for snapshot in board.snapshot()] == [ONE.id, TWO.id]


async def test_a_device_that_was_removed_while_the_board_was_away_does_not_stay_in_memory() -> None:
    fleet, first, second = fleet_of_two()
    connection = fleet.site.bus.connect()
    board = fleet.site.mirror(connection=connection)
    async with running(fleet.hub(), board, first.publisher, second.publisher):
        await settle(3.0)
        connection.cut()
        first.hold({TWO.id: 1})
        fleet.place((TWO, THREE, FOUR))
        await settle(1.0)
        connection.restore()
        await settle(2.0)
        assert {device.device_id for device in board._devices.known} == {TWO.id, THREE.id, FOUR.id}
        second.hold({FOUR.id: 2})
        fleet.place((TWO, FOUR))
        await settle(1.0)
        assert {device.device_id for device in board._devices.known} == {TWO.id, FOUR.id}


async def test_a_renamed_device_is_never_missing_while_hub_and_collectors_disagree() -> None:
    fleet, first, second = fleet_of_two()
    board = fleet.board()
    async with running(fleet.hub(), board), first.running(), second.running():
        await settle(3.0)
        fleet.place((FOUR, rename(ONE, "Foyer"), TWO, THREE))
        for _ in range(15):
            await settle(0.1)
            assert len(board.snapshot()) == 4
        first.live.place([rename(ONE, "Foyer"), TWO], [])
        await settle(0.5)
        assert [snapshot.title for snapshot in board.snapshot()] == [
            FOUR.host,
            "Foyer",
            TWO.host,
            THREE.host,
        ]
        assert links(board) == [LIVE] * 4


# The clock.


async def test_the_clock_of_the_hub_counts_and_a_little_difference_never_turns_it_back() -> None:
    fleet, first, _ = fleet_of_two()
    first.live.now = lambda: fleet.site.clock() + 0.3  # type: ignore[method-assign] # another computer's
    board = fleet.board()
    async with running(board, first.publisher):
        await settle(2.0)
        assert board.now() - fleet.site.clock() == pytest.approx(0.3, abs=0.01)
        async with running(fleet.hub()):
            last = board.now()
            for _ in range(30):
                await settle(0.05)
                assert last <= board.now()
                last = board.now()
            assert board.now() == pytest.approx(fleet.site.clock(), abs=0.01)
        await settle(10.0)
        assert board.now() == pytest.approx(fleet.site.clock(), abs=0.01)


def test_publishers_beyond_a_limit_are_not_remembered() -> None:
    watch = PublisherWatch(lambda: 10.0, lambda: 0.0)
    for number in range(MAX_PUBLISHERS + 5):
        watch.take(SignOfLife(f"collector-{number}", 1, 0.0, 0, role=COLLECTOR))
    assert len(watch.signs) == MAX_PUBLISHERS


def test_of_several_lost_collectors_the_one_with_the_most_channels_is_named() -> None:
    moment = [0.0]
    watch = PublisherWatch(lambda: moment[0], lambda: 0.0)
    channels: Mapping[str, int] = {"collector-a": 4, "collector-b": 32, "collector-c": 8}
    for name in channels:
        watch.take(SignOfLife(name, 1, 0.0, 0, role=COLLECTOR, host="rack\x1b"))
    assert watch.find_loss(None, channels) is None
    moment[0] = 4.0
    watch.take(SignOfLife("collector-c", 1, 4.0, 0, role=COLLECTOR))
    watch.take(SignOfLife("hub", 1, 4.0, 0, role="hub"))
    assert watch.find_loss(None, channels) == BusLoss(
        0.0, LossReason.COLLECTOR, "b", "rack\N{SYMBOL FOR ESCAPE}", 32, 1
    )


async def test_a_board_knows_the_collectors_and_which_of_them_has_each_device() -> None:
    fleet = Fleet()
    fleet.place()
    fleet.site.health = HealthSnapshot((DeviceHealth(DEVICES[0].id, 7),))
    foh, board = fleet.collector("foh", DEVICES[0]), fleet.board()
    async with running(fleet.hub(), foh.publisher, board):
        await settle(4.0)
        (collector,) = board.health.collectors
        assert (collector.name, collector.zone, collector.devices, collector.channels) == (
            "foh",
            "land",
            1,
            1,
        )
        assert collector.is_heard
        assert (board.publisher_of(DEVICES[0].id), board.publisher_of(DEVICES[1].id)) == ("collector-foh", "")
        assert {health.collector for health in board.health.devices} <= {"foh", ""}
        assert "foh" in {health.collector for health in board.health.devices}
        heard_at = collector.heard_at
        foh.connection.cut()
        await settle(6.0)
        (lost,) = board.health.collectors
        assert not lost.is_heard
        assert abs(lost.heard_at - heard_at) < 2.0
        assert [sign.publisher for sign in board.heard_signs()] == ["hub"]


async def test_a_device_whose_meters_come_seldom_was_heard_when_its_own_collector_says() -> None:
    fleet = Fleet()
    fleet.place()
    foh, board = fleet.collector("foh", ONE), fleet.board()
    began = fleet.site.clock()

    async def tell(publisher: str, heard_at: float) -> float | None:
        health = (DeviceHealth(ONE.id, last_heard_at=heard_at), DeviceHealth(DeviceId("gone"), 1))
        sign = SignOfLife(publisher, 1, fleet.site.clock(), 0, role=COLLECTOR, device_health=health)
        await foh.connection.publish(Subjects().sign_of_life(publisher), encode_sign(sign))
        await settle(0.05)
        return board.snapshot()[0].state.last_seen_at

    async with running(fleet.hub(), foh.publisher, board):
        await settle(3.0)
        version = board.version
        assert board.snapshot()[0].state.last_seen_at == pytest.approx(began, abs=0.5)
        assert await tell("collector-other", began + 9.0) == pytest.approx(began, abs=0.5)
        assert await tell("collector-foh", began + 2.5) == began + 2.5
        assert await tell("collector-foh", began + 1.5) == began + 2.5
        assert [device.device_id for device in board.changed_since(version).devices] == [ONE.id]
        assert links(board)[:1] == [LIVE]
