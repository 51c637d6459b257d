import json
from dataclasses import fields, replace

import anyio
import anyio.lowlevel
import pytest

from micboard_tui.api.device_documents import DEVICES_A_PART
from micboard_tui.api.live.live_client import LiveClient
from micboard_tui.api.live.rack_log import METER_FIELDS, SEEN_FIELDS
from micboard_tui.api.live.subscription import TICK_S, Subscription
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceState
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.session_holder import SessionHolder
from micboard_tui.domain.show import Show, ShowProgress
from tests.api.live.feed_rig import EACH, FOYER, HALL, PLACES, FeedRig, device, ref
from tests.services.stage import HEARD, LOUD, ON, QUIET

NOTHING = Subscription()
RENAMED = replace(ON, gain_db=21)


@pytest.fixture
def rig() -> FeedRig:
    return FeedRig()


def kinds(messages: list[dict[str, object]]) -> list[object]:
    return [message["type"] for message in messages]


def test_a_client_gets_everything_first_and_then_meters_of_what_it_watches(rig: FeedRig) -> None:
    client = rig.join(Subscription(frozenset({ref(1, 2)}), every=2))
    snapshot, meters = client.take()
    assert (snapshot["type"], snapshot["alarms"], snapshot["show"]) == ("snapshot", [], None)
    assert [each["device_id"] for each in snapshot["devices"]] == ["rack-1", "rack-2", "rack-3"]
    assert snapshot["version"] == rig.live.version
    assert meters["rows"] == [["rack-1", 2, -52.0, -52.0, None, None, None, -20.0, -20.0, None, "A"]]


def test_only_meters_that_changed_are_sent_and_a_peak_is_held(rig: FeedRig) -> None:
    client = rig.join()
    client.take()
    assert client.next(2) == []
    rig.report(1, MetersHeard(1, QUIET))
    (meters,) = client.next(2)
    assert meters["rows"] == [["rack-1", 1, -52.0, -52.0, None, None, None, -70.0, -20.0, None, "A"]]


def test_what_changed_beside_meters_comes_with_the_whole_entry(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    (snapshot,) = client.take()
    rig.report(2, FactsHeard(1, RENAMED))
    (changes,) = client.next()
    assert (changes["since"], changes["version"]) == (snapshot["version"], rig.live.version)
    (entry,) = changes["channels"]
    assert (entry["device_id"], entry["number"], entry["gain_db"], entry["rf_dbm"]) == (
        "rack-2",
        1,
        21,
        -52.0,
    )
    assert changes["devices"] == []


def test_meters_alone_are_no_change(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    client.take()
    rig.report(1, MetersHeard(1, QUIET))
    assert client.next() == []


def test_a_device_that_changed_comes_without_its_channels(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    client.take()
    rig.report(1, HEARD._replace(firmware="2.8.0.0"))
    (changes,) = client.next()
    (entry,) = changes["devices"]
    assert (entry["device_id"], entry["firmware"], changes["channels"]) == ("rack-1", "2.8.0.0", [])
    assert "channels" not in entry


def test_a_warning_that_comes_with_time_alone_is_a_change(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    client.take()
    (changes,) = client.next(100)
    assert changes["since"] == changes["version"]
    assert all("stale" in entry["warnings"] for entry in changes["channels"])
    assert len(changes["channels"]) == 6


def test_changes_come_less_than_four_times_a_second(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    client.take()
    rig.report(1, FactsHeard(1, RENAMED))
    assert [kinds(client.next(1)) for _ in range(6)] == [[], [], [], [], [], ["changes"]]


def test_a_slow_client_gets_the_newest_of_all_that_it_missed_in_one_message(rig: FeedRig) -> None:
    quick, slow = rig.join(), rig.join()
    version = slow.take()[0]["version"]
    quick.take()
    for gain in range(5):
        rig.report(1, FactsHeard(1, replace(ON, gain_db=gain)), MetersHeard(2, QUIET))
        quick.next(6)
    rig.report(1, MetersHeard(2, LOUD))
    changes, meters = slow.next(6)
    assert (changes["since"], [entry["gain_db"] for entry in changes["channels"]]) == (version, [4])
    assert [row[7] for row in meters["rows"] if row[1] == 2] == [-20.0]
    assert kinds(quick.take()) == ["meters"]


def test_every_message_has_the_version_that_the_next_changes_begin_at(rig: FeedRig) -> None:
    client = rig.join()
    versions = [message["version"] for message in client.take()]
    for gain in range(3):
        rig.report(1, MetersHeard(1, QUIET))
        versions += [message["version"] for message in client.next(2)]
        rig.report(1, FactsHeard(1, replace(ON, gain_db=gain)))
        for message in client.next(8):
            if message["type"] == "changes":
                assert message["since"] == versions[-1]
            versions.append(message["version"])
    assert versions == sorted(versions)
    assert len(set(versions)) == 4


def test_a_new_layout_brings_a_snapshot_in_place_of_changes(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    client.take()
    rig.live.place([device(1), device(2)], PLACES)
    assert client.next() == []
    (snapshot,) = client.next(14)
    assert [each["device_id"] for each in snapshot["devices"]] == ["rack-1", "rack-2"]


def test_snapshots_are_written_once_a_second_whoever_asks(rig: FeedRig) -> None:
    first = rig.join(NOTHING)
    (snapshot,) = first.take()
    rig.report(1, FactsHeard(1, RENAMED))
    late = rig.join(NOTHING)
    assert kinds(late.next(6)) == ["snapshot"]
    assert late.texts == first.texts
    (changes,) = late.next(6)
    assert (changes["since"], changes["channels"][0]["gain_db"]) == (snapshot["version"], 21)
    late.state.ask_for_snapshot()
    assert kinds(late.next(6)) == []
    assert kinds(late.next(10)) == ["snapshot"]


async def test_others_go_on_while_a_snapshot_of_a_large_rack_is_written() -> None:
    rig = FeedRig()
    rig.live.place([device(number) for number in range(1, 3 * DEVICES_A_PART + 1)], PLACES)
    client, is_taken, turns = rig.feed.join(NOTHING, 0.0), anyio.Event(), 0
    kept: list[str] = []

    async def take() -> None:
        kept.extend(message.type for message in await rig.feed.take(client, 0))
        is_taken.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take)
        while not is_taken.is_set():
            turns += 1
            await anyio.lowlevel.checkpoint()
    assert kept == ["snapshot"]
    assert turns > 3


async def test_a_client_that_watches_another_location_while_its_snapshot_is_written_gets_that() -> None:
    rig = FeedRig()
    rig.live.place([device(1, FOYER), *(device(number) for number in range(2, 3 * DEVICES_A_PART))], PLACES)
    client = rig.feed.join(NOTHING, 0.0)
    messages: list[str] = []

    async def take() -> None:
        messages.extend(message.text for message in await rig.feed.take(client, 0))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take)
        await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        client.subscribe(replace(NOTHING, locations=frozenset({FOYER.id})))
    (snapshot,) = map(json.loads, messages)
    assert [each["device_id"] for each in snapshot["devices"]] == ["rack-1"]


def test_no_snapshot_is_sent_while_it_is_not_known_which_devices_there_are() -> None:
    rig = FeedRig()
    empty = type(rig.live)(rig.clock)
    rig.live = empty
    rig.documents = type(rig.documents)(empty, rig.clock)
    rig.feed = type(rig.feed)(empty, rig.documents)
    client = rig.join()
    assert client.next(20) == []
    assert kinds(client.next(20)) == ["alive"]
    empty.place([], PLACES)
    (snapshot,) = client.next(6)
    assert (snapshot["type"], snapshot["devices"]) == ("snapshot", [])


def test_after_two_silent_seconds_a_client_hears_that_the_line_is_good(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    version = client.take()[0]["version"]
    assert client.next(39) == []
    (alive,) = client.next(1)
    assert (alive["type"], alive["version"], alive["at"][:4]) == ("alive", version, "1970")


def test_messages_are_made_once_for_all_who_watch_the_same(rig: FeedRig) -> None:
    clients = [rig.join() for _ in range(20)]
    for client in clients:
        client.take()
    rig.pass_ticks(10)
    rig.report(1, MetersHeard(1, QUIET), FactsHeard(2, RENAMED))
    rig.live.asked = 0
    for client in clients:
        client.take()
    assert len({tuple(map(id, client.texts)) for client in clients[:1]}) == 1
    assert {tuple(client.texts) for client in clients} == {tuple(clients[0].texts)}
    assert len(clients[0].texts) == 2
    assert rig.live.asked == 1


def test_a_location_stands_for_all_below_it(rig: FeedRig) -> None:
    hall = rig.join(Subscription(None, every=2, locations=frozenset({HALL.id})))
    foyer = rig.join(Subscription(None, every=2, locations=frozenset({FOYER.id})))
    snapshot, meters = hall.take()
    assert [each["device_id"] for each in snapshot["devices"]] == ["rack-1", "rack-2"]
    assert {row[0] for row in meters["rows"]} == {"rack-1", "rack-2"}
    assert [each["device_id"] for each in foyer.take()[0]["devices"]] == ["rack-3"]
    rig.report(1, FactsHeard(1, RENAMED))
    assert kinds(hall.next(6)) == ["changes", "meters"]
    assert kinds(foyer.take()) == []


def test_a_client_that_asks_for_another_location_gets_a_snapshot_of_it(rig: FeedRig) -> None:
    client = rig.join()
    client.take()
    client.state.subscribe(replace(EACH, locations=frozenset({FOYER.id})))
    rig.pass_ticks(20)
    snapshot, meters = client.take()
    assert [each["device_id"] for each in snapshot["devices"]] == ["rack-3"]
    assert {row[0] for row in meters["rows"]} == {"rack-3"}


def test_a_client_that_watches_other_channels_gets_their_meters_at_once(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    client.take()
    client.state.subscribe(Subscription(frozenset({ref(3, 1), ref(9, 1)}), every=2))
    (meters,) = client.next(2)
    assert [row[:2] for row in meters["rows"]] == [["rack-3", 1]]


def alarm(number: int, **values: object) -> Alarm:
    key = AlarmKey(ProblemCode.RF_LOST, DeviceId(f"rack-{number}"), 1)
    return replace(Alarm(key, AlarmPriority.NOW, 1000.0, 1000.0), **values)  # type: ignore[arg-type]


def test_alarms_come_when_the_list_changed_and_not_because_they_last(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    client.take()
    rig.live.findings = replace(rig.live.findings, alarms=AlarmList((alarm(1), alarm(3))))
    changes, alarms = client.next()
    assert [len(entry["alarms"]) for entry in changes["channels"] if entry["number"] == 1] == [1, 0, 1]
    assert (alarms["type"], [each["device_id"] for each in alarms["alarms"]]) == (
        "alarms",
        ["rack-1", "rack-3"],
    )
    seen_again = AlarmList((alarm(1, last_seen_at=1010.0), alarm(3)))
    rig.live.findings = replace(rig.live.findings, alarms=seen_again)
    assert client.next() == []
    seen = AlarmList((alarm(1, acknowledged_at=1011.0, acknowledged_by="Ada"), alarm(3)))
    rig.live.findings = replace(rig.live.findings, alarms=seen)
    changes, alarms = client.next()
    assert [entry["device_id"] for entry in changes["channels"]] == ["rack-1"]
    assert alarms["alarms"][0]["acknowledged_by"] == "Ada"


def test_a_location_has_its_own_alarms_and_those_of_no_location(rig: FeedRig) -> None:
    stored = replace(alarm(1), key=AlarmKey(ProblemCode.NOT_STORED))
    foyer = replace(alarm(1), key=AlarmKey(ProblemCode.NOT_STORED, location_id=FOYER.id))
    rig.live.findings = replace(rig.live.findings, alarms=AlarmList((alarm(1), alarm(3), stored, foyer)))
    client = rig.join(replace(NOTHING, locations=frozenset({HALL.id})))
    (snapshot,) = client.take()
    assert [each["device_id"] for each in snapshot["alarms"]] == ["rack-1", None]


def test_alarms_of_a_snapshot_that_is_given_again_are_brought_up_to_date(rig: FeedRig) -> None:
    rig.join(NOTHING).take()
    rig.live.findings = replace(rig.live.findings, alarms=AlarmList((alarm(1),)))
    late = rig.join(NOTHING)
    (snapshot,) = late.next(6)
    assert snapshot["alarms"] == []
    _, alarms = late.next(6)
    assert [each["device_id"] for each in alarms["alarms"]] == ["rack-1"]


def test_the_show_comes_when_it_changed(rig: FeedRig) -> None:
    client = rig.join(NOTHING)
    client.take()
    rig.live.findings = replace(rig.live.findings, show=ShowProgress(Show("Opening night")))
    (show,) = client.next()
    assert (show["type"], show["show"]["show"]["name"]) == ("show", "Opening night")
    assert client.next() == []
    rig.live.findings = replace(rig.live.findings, show=None)
    assert client.next() == [{"type": "show", "show": None}]


def test_a_snapshot_names_the_process_that_reads_the_devices_where_it_is_another(rig: FeedRig) -> None:
    (snapshot,) = rig.join(NOTHING).take()
    assert snapshot["read_by"] is None
    rig.live.findings = replace(rig.live.findings, holder=SessionHolder("Ada", "foh", 7, 0.0))
    client = rig.join(NOTHING)
    (snapshot,) = client.next(30)
    assert snapshot["read_by"] == {"user": "Ada", "host": "foh", "since": "1970-01-01T00:00:00.000Z"}


def test_what_is_not_heard_comes_with_the_snapshot_and_when_it_changes(rig: FeedRig) -> None:
    early = rig.join(NOTHING)
    (snapshot,) = early.take()
    assert snapshot["lost"] is None
    rig.live.findings = replace(rig.live.findings, lost=BusLoss(5.0, LossReason.CONNECTION))
    lost = {
        "text": "Bus lost, values {age} old: check the network and `micboard-tui serve` there",
        "since": "1970-01-01T00:00:05.000Z",
    }
    assert early.next() == [{"type": "lost", "lost": lost}]
    assert early.next() == []
    (snapshot,) = rig.join(NOTHING).next(30)
    assert snapshot["lost"] == lost
    rig.live.findings = replace(rig.live.findings, lost=None)
    assert early.next(30)[-1] == {"type": "lost", "lost": None}


def test_a_client_wakes_for_its_meters_and_for_changes_and_never_twice_at_one_tick() -> None:
    client = LiveClient(replace(NOTHING, every=4), 0)
    now, ticks = 0.0, []
    for _ in range(7):
        # A timer may end a hair before its time.
        ticks.append(FeedRig().feed.next_tick(client, now))
        now = ticks[-1] * TICK_S - 0.0003
    assert ticks == [4, 6, 8, 12, 16, 18, 20]


def test_what_counts_as_meters_is_a_field_of_the_states() -> None:
    assert {each.name for each in fields(ChannelState)} >= METER_FIELDS
    assert {each.name for each in fields(DeviceState)} >= SEEN_FIELDS
