"""From the server's words to channels, meters and bays; and which number each of them gets."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.bay_problem import find_bay_problems
from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.link_state import LinkState, judge_link_state
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS
from micboard_tui.domain.value_ranges import MAX_BAYS, MAX_CHANNELS
from micboard_tui.manufacturers.shure.system_api import mapping
from micboard_tui.manufacturers.shure.system_api.channel_numbers import Numbering
from micboard_tui.manufacturers.shure.system_api.inventory import MAX_SHOWN, Site, listing_key
from micboard_tui.manufacturers.shure.system_api.values import (
    parse_count,
    parse_gain_db,
    parse_percent,
    parse_switch,
    parse_text,
)
from micboard_tui.protocols.shure_system_api.messages import (
    AudioChannel,
    BatteryHealth,
    BatteryLevel,
    Feature,
    ListedDevice,
    Value,
)
from micboard_tui.protocols.shure_system_api.paths import CHANNELS, Topic

ALL = ("activity", "gain", "mute", "name")
AUDIO = (CHANNELS, "name", "audio-mute")
PACK = ("battery-level", "battery-health", "name")


def listed(
    model: str, device_id: str, state: str = "ONLINE", capabilities: Iterable[str] = AUDIO
) -> ListedDevice:
    return ListedDevice(
        device_id, model, f"sn-{device_id}", "1.2.1.1", state, "10.0.0.5", None, None, tuple(capabilities)
    )


def channels(count_: int) -> tuple[AudioChannel, ...]:
    return tuple(AudioChannel(f"c{index}", "SOURCE", None, ALL) for index in range(count_))


def site(*devices: ListedDevice, **counts: int) -> Site:
    """A site whose devices have so many channels, by id."""
    return Site(
        {each.id: each for each in sorted(devices, key=listing_key)},
        {device_id: channels(each) for device_id, each in counts.items()},
    )


def rig() -> Site:
    return site(
        listed("ANX4", "rx"), listed("ADTQ", "iem"), listed("ULXD6", "p1", capabilities=PACK), rx=8, iem=4
    )


def placed(site_before: Site) -> Numbering:
    numbering = Numbering()
    numbering.assign_numbers(site_before)
    return numbering


def with_values(site_before: Site, device_id: str, index: int, **values: Value) -> Site:
    """The site after a channel told its features."""
    channel = site_before.channels[device_id][index].id
    site_before.values |= {Topic(device_id, Feature(name), channel): value for name, value in values.items()}
    return site_before


def test_in_ear_channels_come_first_and_every_list_in_its_own_order() -> None:
    numbering = placed(rig())
    assert numbering.channels == {"iem": [1, 2, 3, 4], "rx": [5, 6, 7, 8, 9, 10, 11, 12]}
    assert numbering.bays == {"p1": 1}
    assert (numbering.find_channel(4), numbering.find_channel(5), numbering.find_channel(13)) == (
        ("iem", 3),
        ("rx", 0),
        None,
    )


def test_an_in_ear_transmitter_that_is_off_moves_no_other_channel() -> None:
    site_before = site(listed("ADTQ", "iem", "OFFLINE"), listed("ANX4", "rx"), rx=8)
    assert placed(site_before).channels["rx"][0] == 5


def test_numbers_stay_whatever_comes_and_goes() -> None:
    numbering = placed(site(listed("ANX4", "rx"), rx=2))
    numbering.assign_numbers(rig())
    assert numbering.channels["rx"] == [1, 2, 7, 8, 9, 10, 11, 12]
    assert numbering.channels["iem"] == [3, 4, 5, 6]
    numbering.assign_numbers(site())
    assert numbering.channel_count == 12


def test_no_more_is_numbered_than_can_be_shown() -> None:
    packs = [listed("ULXD6", f"p{index:03}", capabilities=PACK) for index in range(MAX_SHOWN)]
    numbering = placed(site(listed("ANX4", "rx"), *packs, rx=100))
    assert numbering.channel_count == MAX_CHANNELS
    assert len(numbering.bays) == MAX_BAYS
    assert len(list(site(*packs, listed("ANX4", "rx")).shown_devices())) == MAX_SHOWN


def test_ever_new_devices_are_not_all_remembered() -> None:
    numbering = Numbering()
    for number in range(MAX_CHANNELS + 20):
        numbering.assign_numbers(site(listed("ANX4", f"rx{number}"), **{f"rx{number}": 1}))
    assert len(numbering.channels) == MAX_CHANNELS


def test_receivers_that_command_strings_reach_are_left_to_them() -> None:
    site_before = site(listed("ULXD4Q", "u"), listed("AD4Q-A", "a"), listed("ANX4", "rx"), u=4, a=4, rx=2)
    numbering = placed(site_before)
    heard = mapping.device_of(site_before, numbering, pushed=3)
    assert (heard.kind, heard.channel_count, heard.bay_count) == (DeviceKind.RECEIVER, 2, 0)
    raw = dict(heard.raw)
    assert raw["read by command strings"] == "AD4Q-A a, ULXD4Q u"
    assert raw["device ANX4 rx"] == "online, at 10.0.0.5, firmware 1.2.1.1, channels 1 to 2"
    assert raw["values pushed"] == "3"
    assert "frequency" in raw["not provided by this API"]


def test_the_server_is_described_by_every_device_behind_it() -> None:
    site_before = rig()
    site_before.values[Topic("p1", Feature.NAME)] = "Table 1"
    site_before.values[Topic("rx", Feature.NAME)] = "Stage left"
    assert mapping.device_of(site_before, placed(site_before), pushed=None) == DeviceHeard(
        DeviceKind.RECEIVER,
        channel_count=12,
        model="SystemAPI",
        raw=(
            ("device ADTQ iem", "online, at 10.0.0.5, firmware 1.2.1.1, channels 1 to 4"),
            ("device ANX4 rx", "'Stage left', online, at 10.0.0.5, firmware 1.2.1.1, channels 5 to 12"),
            ("device ULXD6 p1", "'Table 1', online, at 10.0.0.5, firmware 1.2.1.1, bay 1"),
            (mapping.NOT_PROVIDED, mapping.NOT_PROVIDED_OF_RECEIVERS),
            ("values pushed", "none, all are polled"),
        ),
        bay_count=1,
    )


@pytest.mark.parametrize(
    ("devices", "kind"),
    [
        ((listed("ADTD", "iem"),), DeviceKind.IEM_TRANSMITTER),
        ((listed("ULXD8", "p", capabilities=PACK),), DeviceKind.CHARGER),
        ((), DeviceKind.RECEIVER),
    ],
    ids=["in-ear", "packs", "nothing"],
)
def test_the_server_is_what_stands_behind_it(devices: tuple[ListedDevice, ...], kind: DeviceKind) -> None:
    site_before = site(*devices, iem=2)
    assert mapping.device_of(site_before, placed(site_before), pushed=None).kind is kind


def test_a_list_that_is_not_whole_says_so() -> None:
    site_before = site(ListedDevice("x"))
    site_before.has_more = True
    raw = dict(mapping.device_of(site_before, placed(site_before), pushed=None).raw)
    assert raw["devices not listed"] == "the server has more than its first page"
    assert raw["device without model x"] == "state unknown"
    assert raw["values pushed"] == "none, all are polled"


def test_an_in_ear_channel_is_live_while_its_device_is_there() -> None:
    site_before = with_values(rig(), "iem", 0, name="Vox", gain=-3, activity="CLIPPING")
    facts = mapping.facts_of(site_before, "iem", 0, 5.0)
    assert (facts.name, facts.gain_db, facts.receiver_muted) == ("Vox", -3, None)
    assert (facts.transmitter_present, facts.transmitter, facts.meter_interval_s) == (True, None, 5.0)
    assert mapping.meters_of(site_before, "iem", 0) == Meters(carrier=True, overload=True)
    assert dict(facts.raw) == {
        "activity": "CLIPPING",
        "channel": "1 of 4",
        "channel id": "c0",
        "channel role": "SOURCE",
        "device": "ADTQ",
        "device address": "10.0.0.5",
        "device id": "iem",
        "device serial": "sn-iem",
        "device state": "ONLINE",
        "firmware": "1.2.1.1",
        "not provided by this API": mapping.NOT_PROVIDED_OF_IEM,
    }


def test_of_a_receiver_nothing_is_invented() -> None:
    site_before = with_values(rig(), "rx", 0, name="Pastor", gain=12, mute=False, activity="GOOD")
    facts, meters = mapping.facts_of(site_before, "rx", 0, 5.0), mapping.meters_of(site_before, "rx", 0)
    assert (facts.transmitter_present, facts.frequency_khz, facts.encryption) == (None, None, None)
    assert meters == Meters()
    assert dict(facts.raw)[mapping.NOT_PROVIDED] == mapping.NOT_PROVIDED_OF_RECEIVERS
    link = judge_link_state(transmitter=facts.transmitter_present, carrier=meters.carrier, muted=False)
    assert link is LinkState.UNKNOWN


@pytest.mark.parametrize(
    ("whole", "own", "muted"),
    [
        (None, None, None),
        (None, False, False),
        (None, True, True),
        (True, False, True),
        (False, None, False),
        (True, None, True),
        (False, True, True),
    ],
)
def test_a_channel_is_muted_alone_or_with_its_device(
    whole: bool | None, own: bool | None, muted: bool | None
) -> None:
    site_before = with_values(rig(), "rx", 1, mute=own)
    site_before.values[Topic("rx", Feature.AUDIO_MUTE)] = whole
    assert mapping.facts_of(site_before, "rx", 1, None).receiver_muted is muted


def test_a_channel_names_the_device_behind_the_server() -> None:
    site_before = rig()
    assert mapping.facts_of(site_before, "rx", 2, 5.0).channel_behind_server == "ANX4/3"
    site_before.values[Topic("rx", Feature.NAME)] = "Stage left"
    facts = mapping.facts_of(site_before, "rx", 2, 5.0)
    assert (facts.channel_behind_server, facts.is_offline, facts.meter_interval_s) == (
        "Stage left/3",
        False,
        5.0,
    )


@pytest.mark.parametrize("state", ["OFFLINE", "DISCOVERED", None])
def test_only_a_device_that_is_offline_takes_its_channels_off(state: str | None) -> None:
    site_before = rig()
    site_before.devices["rx"] = listed("ANX4", "rx")._replace(state=state)
    facts = mapping.facts_of(site_before, "rx", 0, 5.0)
    assert (facts.is_offline, facts.meter_interval_s) == ((True, 0.0) if state == "OFFLINE" else (False, 5.0))


def test_the_bay_of_a_pack_that_left_the_list_is_gone_and_those_after_it_move_up() -> None:
    packs = [listed("ULXD6", f"p{index}", capabilities=PACK) for index in range(3)]
    numbering = placed(site(*packs))
    numbering.assign_numbers(site(packs[0], packs[2]))
    assert numbering.bays == {"p0": 1, "p2": 2}
    numbering.assign_numbers(site(packs[0], packs[2]._replace(state="OFFLINE", capabilities=None), packs[1]))
    assert numbering.bays == {"p0": 1, "p2": 2, "p1": 3}


def test_a_channel_of_a_device_that_is_off_knows_its_name_only() -> None:
    site_before = with_values(rig(), "iem", 0, name="Vox", gain=-3, mute=True, activity="CLIPPING")
    site_before.devices["iem"] = listed("ADTQ", "iem", "OFFLINE")
    facts = mapping.facts_of(site_before, "iem", 0, 5.0)
    assert (facts.name, facts.gain_db, facts.receiver_muted, facts.transmitter_present) == (
        "Vox",
        *[None] * 3,
    )
    assert mapping.meters_of(site_before, "iem", 0) == Meters()


def test_a_channel_without_a_device_is_offline_and_one_beyond_its_list_unknown() -> None:
    site_before = rig()
    assert mapping.facts_of(site_before, "gone", 0, 5.0) == ChannelFacts(
        meter_interval_s=0.0,
        is_offline=True,
        channel_behind_server="gone/1",
        raw=(("device state", "not in the server's list any more"),),
    )
    beyond = mapping.facts_of(site_before, "iem", 4, None)
    assert (beyond.name, dict(beyond.raw)["device"]) == (None, "ADTQ")
    assert (beyond.is_offline, beyond.channel_behind_server) == (False, "ADTQ/5")
    assert mapping.meters_of(site_before, "p1", 0) == Meters()
    assert mapping.meters_of(site_before, "iem", 4) == mapping.meters_of(site_before, "gone", 0) == Meters()


def of_pack(level: BatteryLevel | None, health: BatteryHealth | None = None) -> Bay:
    site_before = rig()
    site_before.values[Topic("p1", Feature.NAME)] = "Table 1"
    site_before.values[Topic("p1", Feature.BATTERY_LEVEL)] = level
    site_before.values[Topic("p1", Feature.BATTERY_HEALTH)] = health
    return mapping.bay_of(site_before, "p1", 1)


def test_a_pack_that_the_server_does_not_reach_is_unknown_but_described() -> None:
    site_before = rig()
    site_before.devices["p1"] = listed("ULXD6", "p1", "OFFLINE", PACK)._replace(
        address=None, firmware=None, protocol="PROTOCOL"
    )
    site_before.values[Topic("p1", Feature.BATTERY_LEVEL)] = BatteryLevel(40, "CHARGING", "FULL", 30)
    assert mapping.bay_of(site_before, "p1", 7) == Bay(
        7,
        pack_model="ULXD6",
        pack_serial="sn-p1",
        raw=(
            ("battery state", "CHARGING"),
            ("battery target", "FULL"),
            ("device", "ULXD6"),
            ("device id", "p1"),
            ("device protocol", "PROTOCOL"),
            ("device serial", "sn-p1"),
            ("device state", "OFFLINE"),
            (mapping.NOT_PROVIDED, mapping.NOT_PROVIDED_OF_PACKS),
        ),
    )


def test_the_group_of_a_channel_is_shown() -> None:
    site_before = site(listed("ANX4", "rx"))
    site_before.channels["rx"] = (AudioChannel("c0", "SOURCE", "Drums", ALL),)
    assert dict(mapping.facts_of(site_before, "rx", 0, None).raw)["channel group"] == "Drums"


def test_a_pack_that_charges_is_named_with_its_minutes() -> None:
    bay = of_pack(BatteryLevel(87, "CHARGING", "FULL", 853), BatteryHealth(98, 12))
    assert (bay.number, bay.state, bay.pack_model, bay.pack_name, bay.pack_serial) == (
        1,
        BayState.CHARGING,
        "ULXD6",
        "Table 1",
        "sn-p1",
    )
    assert bay.battery == Battery(percent=87, health_percent=98, cycles=12)
    assert bay.minutes_to_full == 853


def test_minutes_until_a_pack_is_charged_for_storage_are_not_those_until_it_is_full() -> None:
    bay = of_pack(BatteryLevel(40, "CHARGING", "OPTIMAL_STORAGE", 30))
    assert (bay.state, bay.minutes_to_full) == (BayState.CHARGING, None)


def test_a_pack_that_is_charged_is_ready_and_one_that_is_stored_is_not() -> None:
    assert of_pack(BatteryLevel(100, "FULL", "FULL")).state is BayState.READY
    assert of_pack(BatteryLevel(40, "OPTIMAL_STORAGE", "OPTIMAL_STORAGE")).state is BayState.STORED
    assert of_pack(BatteryLevel(80, "DISCHARGING", "OPTIMAL_STORAGE")).state is BayState.STORED


@pytest.mark.parametrize(
    ("minutes", "problems"),
    [
        (95, ()),
        (29, (ProblemCode.BATTERY_LOW,)),
        (10, (ProblemCode.BATTERY_CRITICAL,)),
    ],
)
def test_a_pack_in_use_is_judged_by_its_battery(minutes: int, problems: tuple[ProblemCode, ...]) -> None:
    bay = of_pack(BatteryLevel(40, "DISCHARGING", "EMPTY", minutes))
    assert (bay.state, bay.battery) == (BayState.IN_USE, Battery(percent=40, minutes=minutes))
    assert find_bay_problems(bay, DEFAULT_THRESHOLDS) == problems
    assert find_bay_problems(replace(bay, state=BayState.CHARGING), DEFAULT_THRESHOLDS) == ()


@pytest.mark.parametrize("state", ["EMPTY", "CALCULATING", "SOMETHING_NEW", None])
def test_a_pack_that_may_be_at_work_is_not_said_to_be_in_a_charger(state: str | None) -> None:
    bay = of_pack(BatteryLevel(40, state, "EMPTY", 95))
    assert (bay.state, bay.pack_name, bay.minutes_to_full) == (BayState.UNKNOWN, "Table 1", None)
    assert bay.battery == Battery(percent=40)
    assert dict(bay.raw)["device name"] == "Table 1"


@pytest.mark.parametrize("target", ["FULL", "OPTIMAL_STORAGE", "SOMETHING_NEW", None])
def test_minutes_of_a_pack_that_discharges_to_another_target_are_no_run_time(target: str | None) -> None:
    bay = of_pack(BatteryLevel(40, "DISCHARGING", target, 95))
    assert (bay.battery.percent, bay.battery.minutes, bay.minutes_to_full) == (40, None, None)


def test_a_battery_that_is_not_told_is_no_battery() -> None:
    assert of_pack(None, BatteryHealth(98, 12)).battery == Battery(health_percent=98, cycles=12)
    assert of_pack(None).battery == NO_BATTERY
    assert of_pack(BatteryLevel(255, "CHARGING", "FULL", 99_999)).battery == NO_BATTERY
    assert of_pack(BatteryLevel(None), BatteryHealth(255, 65_535)).battery == NO_BATTERY


def test_a_pack_that_is_gone_leaves_an_unknown_bay() -> None:
    site_before = rig()
    assert mapping.bay_of(site_before, "gone", 3).state is BayState.UNKNOWN
    site_before.devices["p1"] = listed("ULXD6", "p1", "OFFLINE", PACK)
    bay = mapping.bay_of(site_before, "p1", 1)
    assert (bay.state, bay.pack_model, bay.battery) == (BayState.UNKNOWN, "ULXD6", NO_BATTERY)


def test_only_what_a_device_can_tell_is_asked() -> None:
    site_before = rig()
    device = site_before.devices["iem"]
    features = [topic.feature for topic in site_before.topics(device, 4, with_activity=False)]
    assert features == [Feature.NAME, Feature.AUDIO_MUTE, *[Feature.NAME, Feature.GAIN, Feature.MUTE] * 4]
    assert len(list(site_before.topics(device, 4, with_activity=True))) == 18
    assert len(list(site_before.topics(device, 1, with_activity=True))) == 6
    assert not list(site_before.topics(listed("ADTQ", "iem", "OFFLINE"), 4, with_activity=True))
    reduced = ListedDevice("iem", "ADTQ", state="ONLINE")
    site_before.channels.clear()
    assert not list(site_before.topics(reduced, 4, with_activity=True))


def test_numbers_beyond_their_scale_are_unknown() -> None:
    assert [parse_percent(each) for each in (0, 86.6, 100, 101, -1, None)] == [0, 87, 100, None, None, None]
    assert [parse_count(each) for each in (0, 65_531, 65_532, -1, None)] == [0, 65_531, None, None, None]
    assert [parse_gain_db(each) for each in (-3, 7.4, 120, -120, 121, True, "7", None)] == [
        -3,
        7,
        120,
        -120,
        None,
        None,
        None,
        None,
    ]
    assert [parse_switch(each) for each in (True, False, 1, "true", None)] == [True, False, None, None, None]
    assert [parse_text(each) for each in ("GOOD", " Vox ", "  ", 7, None)] == [
        "GOOD",
        "Vox",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("valid", [True, False, None])
def test_a_device_whose_firmware_is_not_valid_warns_of_itself(valid: bool | None) -> None:
    site_before = rig()
    site_before.devices["iem"] = site_before.devices["iem"]._replace(firmware_valid=valid)
    facts = mapping.facts_of(site_before, "iem", 0, 5.0)
    assert facts.device_warnings == ({"hardware"} if valid is False else set())
    assert ("firmware valid", "false") in facts.raw or valid is not False
    assert mapping.facts_of(site_before, "rx", 0, 5.0).device_warnings == set()
