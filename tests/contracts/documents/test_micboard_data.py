"""The document and the messages of micboard, as its page reads them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from micboard_tui.contracts.documents.micboard_channels import channel_entry, channel_status, device_type
from micboard_tui.contracts.documents.micboard_data import (
    MicboardRack,
    micboard_document,
    read_rack,
    update_message,
)
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import NO_BATTERY, Battery, LastBattery
from micboard_tui.domain.channel import NO_METERS, ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.link_state import LinkState

NOW = 1_000_000.0
RACK = DeviceId("rack")
PACK = Transmitter("ULXD2", battery=Battery(88, 4, 425), offset_db=6)
LIVE = ChannelState(
    RACK,
    1,
    link_state=LinkState.LIVE,
    facts=ChannelFacts("HH05 Ada", 578_350, transmitter=PACK, raw=(("CHAN_NAME", "HH05 Ada"),)),
    meters=Meters(rf_dbm=-41.0, audio_dbfs=-27.0, antenna="A"),
    observed_at=NOW,
    meters_at=NOW,
)


def device(
    *channels: ChannelState,
    model: str = "ULXD4D",
    status: DeviceStatus = DeviceStatus.ONLINE,
    kind: DeviceKind = DeviceKind.RECEIVER,
    name: str = "rack",
    location: str | None = "stage",
) -> DeviceSnapshot:
    where = None if location is None else LocationId(location)
    registered = Device(DeviceId(name), "shure", "shure-strings", "127.0.0.2", 2202, None, where)
    state = DeviceState(DeviceId(name), status=status, model=model, kind=kind, raw=(("MODEL", model),))
    return DeviceSnapshot(registered, state, channels, location and location.title())


def status_of(state: ChannelState, status: DeviceStatus = DeviceStatus.ONLINE) -> str:
    return channel_status(device(state, status=status), state, NOW)


def with_battery(battery: Battery | None) -> ChannelState:
    pack = None if battery is None else replace(PACK, battery=battery)
    link = LinkState.LIVE if pack else LinkState.TRANSMITTER_OFF
    return replace(LIVE, link_state=link, facts=replace(LIVE.facts, transmitter=pack))


def test_the_document_is_what_its_page_reads() -> None:
    document = micboard_document([device(LIVE)], NOW, "http://127.0.0.1:8642", 8642)
    assert json.loads(json.dumps(document)) == {
        "receivers": [
            {
                "ip": "127.0.0.2",
                "type": "ulxd",
                "status": "CONNECTED",
                "raw": {"MODEL": "ULXD4D"},
                "tx": [
                    {
                        "id": "HH05",
                        "name": "Ada",
                        "name_raw": "HH05 Ada",
                        "channel": 1,
                        "slot": 1,
                        "type": "ulxd",
                        "frequency": "578.350",
                        "audio_level": 46,
                        "rf_level": 75,
                        "antenna": "AX",
                        "battery": 4,
                        "runtime": "7:05",
                        "tx_offset": 6,
                        "quality": 255,
                        "status": "GOOD",
                        "raw": {"CHAN_NAME": "HH05 Ada"},
                    }
                ],
            }
        ],
        "url": "http://127.0.0.1:8642",
        "gif": [],
        "jpg": [],
        "mp4": [],
        "config": {
            "slots": [{"slot": 1, "ip": "127.0.0.2", "type": "ulxd", "channel": 1}],
            "groups": [{"group": 1, "title": "Stage", "slots": [1], "hide_charts": False}],
            "port": 8642,
            "prefixes": [],
        },
        "discovered": [],
    }


def test_what_is_not_known_is_its_word_for_it_and_never_good() -> None:
    nothing = ChannelState(RACK, 2)
    entry = channel_entry(device(nothing), nothing, 7, NOW)
    assert entry == {
        "id": "",
        "name": "",
        "name_raw": "SLOT 7",
        "channel": 2,
        "slot": 7,
        "type": "ulxd",
        "frequency": "000000",
        "audio_level": 0,
        "rf_level": 0,
        "antenna": "XX",
        "battery": 255,
        "runtime": "",
        "tx_offset": 255,
        "quality": 255,
        "status": "TX_COM_ERROR",
    }
    assert status_of(with_battery(NO_BATTERY)) == "TX_COM_ERROR"
    assert status_of(with_battery(Battery(minutes=300))) == "TX_COM_ERROR"


@pytest.mark.parametrize(
    ("battery", "bars", "word"),
    [
        (Battery(bars=5), 5, "GOOD"),
        (Battery(bars=4), 4, "GOOD"),
        (Battery(bars=3), 3, "REPLACE"),
        (Battery(bars=2), 2, "CRITICAL"),
        (Battery(bars=0), 0, "CRITICAL"),
        (Battery(percent=61), 4, "GOOD"),
        (Battery(percent=60), 3, "REPLACE"),
        (Battery(percent=40), 2, "CRITICAL"),
        (Battery(percent=1), 1, "CRITICAL"),
    ],
)
def test_a_charge_is_in_bars_and_has_its_word_now_and_for_half_an_hour(
    battery: Battery, bars: int, word: str
) -> None:
    state = with_battery(battery)
    assert channel_entry(device(state), state, 1, NOW)["battery"] == bars
    assert status_of(state) == word
    gone = replace(with_battery(None), last_battery=LastBattery(battery, NOW - 1799.0))
    assert channel_entry(device(gone), gone, 1, NOW)["battery"] == 255
    assert status_of(gone) == f"PREV_{word}"
    assert status_of(replace(gone, last_battery=LastBattery(battery, NOW - 1800.0))) == "TX_COM_ERROR"


def test_the_battery_that_a_receiver_repeats_without_a_carrier_is_a_previous_one() -> None:
    lost = replace(LIVE, link_state=LinkState.RF_LOST, link_since=NOW - 5.0)
    entry = channel_entry(device(lost), lost, 1, NOW)
    assert (entry["battery"], entry["runtime"], entry["status"]) == (255, "", "PREV_GOOD")


def test_each_other_status_has_its_reason() -> None:
    for status in DeviceStatus:
        if status is not DeviceStatus.ONLINE:
            assert status_of(LIVE, status) == "RX_COM_ERROR"
    assert status_of(replace(LIVE, audio_peak_dbfs=0.0)) == "AUDIO_PEAK"
    silent = Assignment(ChannelRef(RACK, 1), expected_off=True)
    assert status_of(replace(with_battery(None), assignment=silent)) == "UNASSIGNED"


@pytest.mark.parametrize(
    ("name", "mic_number", "performer", "shown"),
    [
        ("HH05 Ada", None, None, ("HH05", "Ada")),
        ("05", None, None, ("05", "")),
        ("BP-3 Choir left", None, None, ("BP-3", "Choir left")),
        ("Lead Vox", None, None, ("", "Lead Vox")),
        ("HH05 Ada", "7", None, ("7", "HH05 Ada")),
        ("HH05 Ada", "7", "Zoe", ("7", "Zoe")),
        ("HH05 Ada", None, "3rd Lady", ("", "3rd Lady")),
        (None, None, None, ("", "")),
    ],
)
def test_the_number_of_a_mic_and_who_has_it_stand_apart(
    name: str | None, mic_number: str | None, performer: str | None, shown: tuple[str, str]
) -> None:
    wearer = None if performer is None else Performer(PerformerId("p"), performer)
    assignment = Assignment(ChannelRef(RACK, 1), wearer, mic_number=mic_number)
    state = replace(LIVE, facts=replace(LIVE.facts, name=name), assignment=assignment)
    entry = channel_entry(device(state), state, 1, NOW)
    assert (entry["id"], entry["name"]) == shown


@pytest.mark.parametrize(
    ("model", "type_"),
    [("ULXD4Q", "ulxd"), ("QLXD4", "qlxd"), ("AD4Q-A", "axtd"), ("UR4D", "uhfr"), ("EW-DX EM 2", "ulxd")],
)
def test_other_receivers_are_drawn_as_one_that_it_knows(model: str, type_: str) -> None:
    assert device_type(device(model=model)) == type_


@pytest.mark.parametrize(
    ("model", "meters", "audio", "rf"),
    [
        ("ULXD4", Meters(rf_dbm=-128.0, audio_dbfs=-50.0), 0, 0),
        ("ULXD4", Meters(rf_dbm=-13.0, audio_dbfs=0.0), 100, 100),
        ("ULXD4", Meters(rf_dbm=0.0, audio_dbfs=-80.0), 0, 100),
        ("AD4D", Meters(rf_dbm=-34.0, audio_dbfs=-18.0), 82, 74),
        ("UR4S", Meters(rf_dbm=-60.0), 0, 50),
        ("EM 300-500 G4", Meters(rf_a_percent=40, rf_b_percent=65), 0, 65),
    ],
)
def test_levels_are_on_its_scales(model: str, meters: Meters, audio: int, rf: int) -> None:
    state = replace(LIVE, meters=meters)
    entry = channel_entry(device(state, model=model), state, 1, NOW)
    assert (entry["audio_level"], entry["rf_level"]) == (audio, rf)


def test_an_in_ear_transmitter_has_two_audio_levels_and_no_battery() -> None:
    state = replace(LIVE, facts=ChannelFacts("IEM 1"), meters=Meters(audio_dbfs=-25.0))
    entry = channel_entry(device(state, kind=DeviceKind.IEM_TRANSMITTER), state, 1, NOW)
    assert (entry["type"], entry["audio_level_l"], entry["audio_level_r"]) == ("p10t", 50, 50)
    assert entry["status"] == "UNASSIGNED"
    assert not {"battery", "rf_level", "antenna", "quality"} & entry.keys()


def test_slots_and_groups_follow_the_rack_and_chargers_have_none() -> None:
    two = device(LIVE, replace(LIVE, number=2))
    charger = device(kind=DeviceKind.CHARGER, name="desk")
    chapel = device(replace(LIVE, device_id=DeviceId("b")), name="b", location="chapel")
    nowhere = device(replace(LIVE, device_id=DeviceId("c")), name="c", location=None)
    document: Any = micboard_document([two, charger, chapel, nowhere], NOW, "", 0)
    assert [tx["slot"] for each in document["receivers"] for tx in each["tx"]] == [1, 2, 3, 4]
    assert [(group["title"], group["slots"]) for group in document["config"]["groups"]] == [
        ("Stage", [1, 2]),
        ("Chapel", [3]),
    ]
    many = [
        device(replace(LIVE, device_id=DeviceId(name)), name=name, location=f"hall {name}")
        for name in "abcdefghijkl"
    ]
    groups: Any = micboard_document(many, NOW, "", 0)["config"]
    assert [group["group"] for group in groups["groups"]] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_a_message_has_levels_channels_and_groups_only_where_they_changed() -> None:
    quiet = replace(LIVE, number=2, meters=NO_METERS, meters_at=None)
    before = read_rack([device(LIVE, quiet)], NOW)
    assert update_message(before, before) == {}
    first: Any = update_message(MicboardRack(), before)
    assert [entry["slot"] for entry in first["data-update"]] == [1, 2]
    assert [entry["slot"] for entry in first["chart-update"]] == [1]
    assert first["group-update"] == [{"group": 1, "title": "Stage", "slots": [1, 2], "hide_charts": False}]

    louder = replace(LIVE, meters=replace_audio(-7.0), meters_at=NOW + 0.1)
    after = read_rack([device(louder, quiet)], NOW + 0.1)
    assert update_message(before, after) == {
        "chart-update": [
            {"audio_level": 86, "rf_level": 75, "slot": 1, "type": "ulxd", "timestamp": NOW + 0.1}
        ]
    }

    renamed = replace(louder, facts=replace(LIVE.facts, name="HH05 Zoe"))
    message: Any = update_message(after, read_rack([device(renamed, quiet)], NOW + 0.2))
    (entry,) = message["data-update"]
    assert message.keys() == {"data-update"}
    assert (entry["slot"], entry["name"], entry["timestamp"]) == (1, "Zoe", NOW + 0.2)
    assert "raw" not in entry

    moved: Any = update_message(after, read_rack([device(louder, quiet, location="chapel")], NOW + 0.2))
    assert [group["title"] for group in moved["group-update"]] == ["Chapel"]


def replace_audio(dbfs: float) -> Meters:
    return LIVE.meters._replace(audio_dbfs=dbfs)
