"""What receivers of each family report, on the values of the reference.

Source: docs/reference/protocols/sennheiser.md 2 to 4.
"""

import pytest

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import DeviceWarning, Encryption, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc import mapping
from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES
from micboard_tui.manufacturers.sennheiser.ssc.families.digital6000 import DIGITAL_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.ewdx import EWDX
from micboard_tui.manufacturers.sennheiser.ssc.families.speechline import MULTI_CHANNEL, RACK
from micboard_tui.manufacturers.sennheiser.ssc.family import MAX_CHANNELS, Family
from micboard_tui.manufacturers.sennheiser.ssc.values import parse_bars
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import Ewdx
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence
from micboard_tui.protocols.ssc.messages import Terms, Value
from micboard_tui.protocols.ssc.requests import encode_subscriptions
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.tree import Tree
from tests.manufacturers.sennheiser.ssc.ssc_devices import EM_2, NO_TX2, values_of
from tests.protocols.test_ssc_wire import heard

HERE, LOST, AWAY = Presence.HERE, Presence.LOST, Presence.AWAY
EMPTY = values_of({})


def test_an_em_2_is_mapped() -> None:
    values = values_of(EM_2, NO_TX2)
    device = mapping.device_of(EWDX, values, EWDX.count_units(values), ["/device/name", "/device/location"])
    assert (device.model, device.own_name, device.firmware, device.rf_band) == (
        "EWDX2CH",
        "EWDX_A",
        "3.0.2",
        "Q1-9",
    )
    assert (device.kind, device.channel_count, device.bay_count) == (DeviceKind.RECEIVER, 2, 0)
    assert device.serial == "1234567890"
    assert device.raw == (("/device/location", "FOH"), ("/device/name", "EWDX_A"))

    facts = EWDX.facts_of(values, 1, HERE)
    assert (facts.name, facts.frequency_khz, facts.gain_db, facts.receiver_muted) == (
        "LEAD",
        552300,
        12,
        False,
    )
    assert (facts.group_channel, facts.encryption, facts.transmitter_present) == (
        "b3,12",
        Encryption.ON,
        True,
    )
    assert facts.transmitter == Transmitter(
        "EW-DX SKM", "LEAD", muted=False, offset_db=-6, battery=Battery(84, minutes=455)
    )
    assert ("/mates/tx1/battery/type", "Battery") in facts.raw
    assert EWDX.meters_of(values, 1) == Meters(-62.5, -62.5, None, -21.4, "A", True, 96)


def test_a_channel_without_a_transmitter_has_no_battery() -> None:
    values = values_of(EM_2, NO_TX2)
    assert EWDX.has_link(values, 2) is False
    facts = EWDX.facts_of(values, 2, AWAY)
    assert (facts.transmitter_present, facts.transmitter, facts.receiver_muted) == (False, None, True)
    assert EWDX.meters_of(values, 2) == Meters(-104.0, None, None, -138.5, None, False, 0)
    lost = EWDX.facts_of(values, 1, LOST)
    assert (lost.transmitter_present, lost.transmitter) == (True, Transmitter())
    assert EWDX.facts_of(values, 1, Presence.UNKNOWN).transmitter_present is None


def test_the_evening_of_the_transcript() -> None:
    values = values_of({})
    seen = []
    for message in heard("ewdx"):
        for address, value in message.values.items():
            if value is not None:
                values.set(address, value)
        for address, fault in message.errors.items():
            values.set_error(address, fault.code)
        seen.append((EWDX.has_link(values, 1), EWDX.meters_of(values, 1)))
    assert seen[0] == (None, None)
    assert seen[-5] == (True, Meters(-62.5, -62.5, None, -21.4, "A", True, 96))
    assert seen[-1] == (False, Meters(-104.0, None, None, -21.4, None, False, 0))
    assert values.get("/mates/tx1/battery/gauge") is None


@pytest.mark.parametrize(
    ("reported", "link"),
    [
        ({"/rx1/warnings": ["RfPeak"]}, True),
        ({"/rx1/warnings": ["NoLink"], "/m/rx1/rsqi": 50}, False),
        ({"/rx1/warnings": [], "/m/rx1/rsqi": 0}, False),
        ({"/m/rx1/rsqi": 1}, True),
        ({"/rx1/mates": []}, False),
        ({"/rx1/mates": ["mates/tx1"]}, True),
        ({"/rx1/mates": "tx1"}, None),
    ],
)
def test_what_shows_that_a_transmitter_is_linked(reported: dict[str, Value], link: bool | None) -> None:
    assert EWDX.has_link(values_of(reported), 1) is link


@pytest.mark.parametrize(
    ("family", "reported", "warnings"),
    [
        (
            EWDX,
            {"/rx1/warnings": ["LowSignal", "RfPeak"], "/mates/tx1/warnings": ["LowBattery"]},
            {DeviceWarning.LOW_SIGNAL, DeviceWarning.RF_OVERLOAD, DeviceWarning.LOW_BATTERY},
        ),
        (
            DIGITAL_6000,
            {"/rx1/active_warnings": ["LowBattery", "NoClock"]},
            {DeviceWarning.LOW_BATTERY, DeviceWarning.CLOCK},
        ),
        (
            MULTI_CHANNEL,
            {"/rx1/warnings": "Bad Link", "/mates/tx1/warnings": ["Low Bat"]},
            {DeviceWarning.LOW_SIGNAL, DeviceWarning.LOW_BATTERY},
        ),
        (RACK, {"/mates/tx1/warnings": ["Low Bat"]}, {DeviceWarning.LOW_BATTERY}),
        (RACK, {"/mates/tx1/warnings": [""]}, set()),
    ],
)
def test_a_channel_has_what_its_receiver_and_its_pack_warn_of(
    family: Family, reported: dict[str, Value], warnings: set[DeviceWarning]
) -> None:
    assert family.facts_of(values_of(reported), 1, HERE).device_warnings == warnings


def test_warnings_of_an_ewdx() -> None:
    values = values_of({**EM_2, "/rx1/warnings": ["Aes256Error", "AfPeak"]})
    assert EWDX.facts_of(values, 1, HERE).encryption is Encryption.MISMATCH
    meters = EWDX.meters_of(values, 1)
    assert meters is not None
    assert meters.overload
    values = values_of({**EM_2, "/mates/tx1/warnings": ["AfPeak"]})
    meters = EWDX.meters_of(values, 1)
    assert meters is not None
    assert meters.overload


@pytest.mark.parametrize(
    ("divi", "meters"),
    [
        (0, Meters(-62.5)),
        (1, Meters(-62.5, -62.5, None, antenna="A")),
        (2, Meters(-62.5, None, -62.5, antenna="B")),
        (3, Meters(-62.5)),
        ("2", Meters(-62.5)),
    ],
)
def test_the_level_of_an_ewdx_is_that_of_the_antenna_in_use(divi: Value, meters: Meters) -> None:
    assert EWDX.meters_of(values_of({"/m/rx1/rssi": -62.5, "/m/rx1/divi": divi}), 1) == meters


@pytest.mark.parametrize(
    ("address", "lowest", "highest"),
    [("/m/rx1/rssi", -150, 20), ("/m/rx1/af", -150, 20), ("/m/rx1/rsqi", 0, 100)],
)
def test_levels_out_of_range_are_unknown(address: str, lowest: int, highest: int) -> None:
    for level in (lowest, highest):
        meters = EWDX.meters_of(values_of({address: level}), 1)
        assert meters is not None
        assert level in meters[:7]
    for level in (lowest - 1, highest + 1):
        assert EWDX.meters_of(values_of({address: level}), 1) is None


@pytest.mark.parametrize(("gain_db", "known"), [(-4, None), (-3, -3), (42, 42), (43, None)])
def test_a_gain_out_of_range_is_unknown(gain_db: int, known: int | None) -> None:
    assert EWDX.facts_of(values_of({"/rx1/gain": gain_db}), 1, HERE).gain_db == known


def test_nonsense_is_unknown_and_never_zero() -> None:
    nonsense: list[Value] = [None, [], "x", -1000, 10**400, [[1]], {}, True, ""]  # type: ignore[list-item]
    for value in nonsense:
        values = values_of(
            dict.fromkeys([*EM_2, "/rx1/carrier", "/mm", "/bays/device_type", "/slot1/type"], value)
        )
        for family in FAMILIES:
            family.bays_of(values)
            family.count_units(values)
            family.has_link(values, 1)
            family.meters_of(values, 1)
            facts = family.facts_of(values, 1, HERE)
            assert facts.frequency_khz is None
            assert facts.gain_db is None
            if facts.transmitter is not None:
                assert not facts.transmitter.battery.is_known
    assert EWDX.facts_of(values_of({"/rx1/presets/active": "odd:1:2"}), 1, AWAY).group_channel is None


def test_an_em_6000_is_mapped() -> None:
    reported: dict[str, Value] = {
        "/rx2/name": "Sax",
        "/rx2/carrier": 520000,
        "/rx2/active_bank_channel": ["b3", 7],
        "/rx2/audio_mute": True,
        "/rx2/encryption": False,
        "/rx2/active_warnings": [],
        "/rx2/skx/type": ["SK 6000", 470100, 558000],
        "/rx2/skx/battery": ["70%", "5:12"],
        "/rx2/skx/name": "SAX",
        "/rx2/skx/gain": 12,
    }
    values = values_of({**reported, **heard("em6000")[1].values})
    facts = DIGITAL_6000.facts_of(values, 2, HERE)
    assert (facts.name, facts.frequency_khz, facts.group_channel) == ("Sax", 520000, "b3,7")
    assert (facts.receiver_muted, facts.encryption, facts.gain_db) == (True, Encryption.OFF, None)
    assert facts.transmitter == Transmitter("SK 6000", "SAX", offset_db=12, battery=Battery(70, minutes=312))
    assert facts.transmitter_present is True
    assert [address for address, _ in facts.raw] == sorted(reported)
    assert DIGITAL_6000.facts_of(values, 2, AWAY).transmitter_present is False
    assert DIGITAL_6000.meters_of(values, 2) == Meters(-86.0, -86.0, -101.0, -45.0, "AB", True, 50)
    assert DIGITAL_6000.meters_of(values, 1) == Meters(carrier=False)
    assert DIGITAL_6000.meters_of(values, 3) is None
    assert (DIGITAL_6000.has_link(values, 1), DIGITAL_6000.has_link(values, 2)) == (False, True)


@pytest.mark.parametrize(
    ("raw", "battery"),
    [
        (["100%", "-:--"], Battery(100)),
        (["low", "0:20"], Battery(bars=1, minutes=20)),
        (["30%"], Battery(30)),
        (["odd", "1:99"], Battery()),
        (["70%", "1:00"], Battery(70, minutes=60)),
        (["70%", "0:59"], Battery(70, minutes=59)),
        (["70%", "100:00"], Battery(70, minutes=6000)),
        (["70%", "101:00"], Battery(70)),
        (["70%", "1:60"], Battery(70)),
        (["70%", "-:30"], Battery(70)),
        (["70%", "1:-"], Battery(70)),
        (["70%", "1:2:3"], Battery(70)),
        (["70%", "\N{ARABIC-INDIC DIGIT ONE}:30"], Battery(70)),
        (["70%", "1:\N{SUPERSCRIPT TWO}"], Battery(70)),
        ([7, "1:00"], Battery(minutes=60)),
        ([], Battery()),
        ("70%", Battery()),
    ],
)
def test_batteries_of_an_em_6000(raw: Value, battery: Battery) -> None:
    transmitter = DIGITAL_6000.facts_of(values_of({"/rx1/skx/battery": raw}), 1, HERE).transmitter
    assert transmitter is not None
    assert transmitter.battery == battery


@pytest.mark.parametrize(
    ("reported", "link"),
    [
        ({"/rx1/active_warnings": ["NoLink"]}, False),
        ({"/rx1/active_warnings": ["RFPeak"]}, True),
        ({"/rx1/skx/battery": []}, False),
        ({"/rx1/skx/battery": ["70%", "1:00"]}, True),
        ({"/mm": [[9, 0, 9, 0, 0, 0, 0, 0, 0]]}, False),
        ({"/mm": [[9, 0, 9, 0, 0, 0, 0, 0]]}, None),
        ({"/mm": [[9, 0, 9, 0, 0, 0, 256, 0, 0]]}, None),
        ({}, None),
    ],
)
def test_what_shows_that_an_em_6000_has_a_linked_transmitter(
    reported: dict[str, Value], link: bool | None
) -> None:
    assert DIGITAL_6000.has_link(values_of(reported), 1) is link


@pytest.mark.parametrize(
    ("div1", "div2", "lqi", "antenna", "link"),
    [(1, 0, 0, "A", True), (0, 1, 0, "B", True), (0, 0, 1, None, True), (0, 0, 0, None, False)],
)
def test_either_antenna_or_the_quality_of_an_em_6000_shows_the_link(
    div1: int, div2: int, lqi: int, antenna: str, *, link: bool
) -> None:
    values = values_of({"/mm": [[83, 0, 53, 0, div1, div2, lqi, 165, 0]]})
    meters = DIGITAL_6000.meters_of(values, 1)
    assert meters is not None
    assert (meters.antenna, meters.carrier, DIGITAL_6000.has_link(values, 1)) == (antenna, link, link)


@pytest.mark.parametrize(("gain", "offset_db"), [(-61, None), (-60, -60), (60, 60), (61, None)])
def test_the_offset_of_an_em_6000_transmitter_has_its_range(gain: int, offset_db: int | None) -> None:
    transmitter = DIGITAL_6000.facts_of(values_of({"/rx1/skx/gain": gain}), 1, HERE).transmitter
    assert transmitter is not None
    assert transmitter.offset_db == offset_db


def test_a_peak_of_an_em_6000_is_an_overload() -> None:
    meters = DIGITAL_6000.meters_of(values_of({"/mm": [[83, 0, 53, 0, 1, 1, 128, 165, 1]]}), 1)
    assert meters is not None
    assert meters.overload


def test_encryption_and_banks_of_an_em_6000() -> None:
    values = values_of({"/rx1/active_warnings": ["Aes256Error"], "/rx1/active_bank_channel": ["--", 0]})
    facts = DIGITAL_6000.facts_of(values, 1, AWAY)
    assert (facts.encryption, facts.group_channel) == (Encryption.MISMATCH, None)
    facts = DIGITAL_6000.facts_of(values_of({"/rx1/encryption": True}), 1, AWAY)
    assert (facts.encryption, facts.group_channel) == (Encryption.ON, None)


@pytest.mark.parametrize(
    ("raw", "group_channel"),
    [
        (["b3", 7], "b3,7"),
        (["--", 7], None),
        ([None, 7], None),
        (["b3", None], None),
        (["b3"], None),
        (["b3", 7, 1], None),
        ("b3", None),
    ],
)
def test_a_bank_of_an_em_6000_needs_its_channel(raw: Value, group_channel: str | None) -> None:
    facts = DIGITAL_6000.facts_of(values_of({"/rx1/active_bank_channel": raw}), 1, AWAY)
    assert facts.group_channel == group_channel


def test_a_speechline_rack_is_mapped() -> None:
    values = values_of(
        {
            "/rx1/rf_quality": 88,
            "/audio/out1/level_db": -23.5,
            "/audio/out1/gain_db": 4,
            "/mates/active": ["tx1"],
            "/mates/tx1/device_type": 1,
            "/mates/tx1/bat_type": 1,
            "/mates/tx1/bat_gauge": 60,
            "/mates/tx1/bat_lifetime": 3700,
            "/mates/tx1/bat_bars": 4,
            "/mates/tx1/bat_health": 97,
            "/mates/tx1/bat_cycles": 12,
            "/rx1/mute_state": True,
        }
    )
    facts = RACK.facts_of(values, 1, HERE)
    assert (facts.gain_db, facts.frequency_khz) == (0, None)
    battery = Battery(60, minutes=61, health_percent=97, cycles=12)
    assert facts.transmitter == Transmitter("Bodypack", muted=True, battery=battery)
    assert RACK.has_link(values, 1) is True
    assert RACK.meters_of(values, 1) == Meters(audio_dbfs=-23.5, carrier=True, quality_percent=88)
    assert RACK.meters_of(EMPTY, 1) is None
    assert RACK.has_link(values_of({"/mates/active": []}), 1) is False
    assert RACK.has_link(EMPTY, 1) is None


def test_primary_cells_of_speechline_have_bars() -> None:
    values = values_of({"/mates/tx1/bat_bars": 4, "/mates/tx1/device_type": "Tablestand"})
    transmitter = RACK.facts_of(values, 1, HERE).transmitter
    assert transmitter is not None
    assert (transmitter.model, transmitter.battery) == ("Tablestand", Battery(bars=3))
    assert [parse_bars(bars) for bars in (0, 1, 2, 3, 6, 7, None)] == [0, 1, 1, 2, 5, None, None]


@pytest.mark.parametrize(
    ("device_type", "model"),
    [(0, "Handheld"), (1, "Bodypack"), (2, "Table stand"), (3, "Boundary"), (4, None)],
)
def test_transmitters_of_speechline_have_numbers(device_type: int, model: str | None) -> None:
    transmitter = RACK.facts_of(values_of({"/mates/tx1/device_type": device_type}), 1, HERE).transmitter
    assert transmitter is not None
    assert transmitter.model == model


@pytest.mark.parametrize(("gain_db", "known"), [(-25, None), (-24, -24), (12, 12), (13, None)])
def test_a_gain_of_a_multi_channel_receiver_has_its_range(gain_db: int, known: int | None) -> None:
    assert MULTI_CHANNEL.facts_of(values_of({"/audio/rx1/gain": gain_db}), 1, HERE).gain_db == known


def test_a_multi_channel_receiver_is_mapped() -> None:
    values = values_of(
        {
            "/rx1/state": "CONNECTED",
            "/rx2/state": "NOT_CONNECTED",
            "/rx1/name": "DAIS",
            "/audio/rx1/gain": -6,
            "/m/rx1/level": -12.0,
            "/mates/tx1/bat_gauge": 40,
        }
    )
    assert MULTI_CHANNEL.count_units(values) == 2
    facts = MULTI_CHANNEL.facts_of(values, 1, HERE)
    assert (facts.name, facts.gain_db) == ("DAIS", -6)
    assert MULTI_CHANNEL.meters_of(values, 1) == Meters(audio_dbfs=-12.0, carrier=True)
    assert MULTI_CHANNEL.meters_of(values, 2) is None
    assert [MULTI_CHANNEL.has_link(values, n) for n in (1, 2, 3)] == [True, False, None]
    assert MULTI_CHANNEL.has_link(values_of({"/mates/tx3/active": True}), 3) is True


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.title)
def test_a_group_is_subscribed_by_one_datagram(family: Family) -> None:
    """One confirmation is then one for all of it."""
    for count in range(1, MAX_CHANNELS + 1):
        for group in family.groups_for(count):
            assert len(encode_subscriptions(group.subscribed, Terms())) == 1


@pytest.mark.parametrize(
    ("state", "link"),
    [
        ("CONNECTED", True),
        ("WALKTEST", True),
        ("PAIRING", False),
        ("NOT_CONNECTED", False),
        ("FWU_OTA", None),
        ("TRANSMITTER_UPDATE_FAILED", None),
    ],
)
def test_a_transmitter_that_is_being_updated_is_not_reported_as_linked(state: str, link: bool | None) -> None:
    assert MULTI_CHANNEL.has_link(values_of({"/rx1/state": state, "/mates/tx1/active": True}), 1) is link


@pytest.mark.parametrize(
    ("version_1", "version_2", "shown"),
    [
        ("factory:3:12", {"type": "Factory", "bank": 3, "channel": 12}, "b3,12"),
        ("user:1:4", {"type": "User", "bank": 1, "channel": 4}, "u1,4"),
        ("none", {"type": "None", "bank": 0, "channel": 0}, None),
    ],
)
def test_both_protocols_of_an_ewdx_show_the_same(
    version_1: str, version_2: dict[str, Json], shown: str | None
) -> None:
    resources: dict[str, Json] = {
        "/api/rf/channels/0": {"frequency": 552300, "presets": version_2},
        "/api/channel/0": {"mates": ["TX1"]},
        "/api/transmitters/0": {"type": "EW_DX_SKM"},
        "/api/transmitters/0/battery": {"gauge": 84, "lifetime": 455, "type": "Battery"},
    }
    tree = Tree()
    for path, value in resources.items():
        tree.take(path, value)
    values = values_of(
        {
            "/rx1/presets/active": version_1,
            "/mates/tx1/type": "SKM",
            "/mates/tx1/battery/gauge": 84,
            "/mates/tx1/battery/lifetime": 455,
            "/mates/tx1/battery/type": "Battery",
        }
    )
    one, two = EWDX.facts_of(values, 1, Presence.HERE), Ewdx().facts_of(tree, 1, Presence.HERE, 0.1)
    assert one.group_channel == two.group_channel == shown
    assert one.transmitter == two.transmitter == Transmitter("EW-DX SKM", battery=Battery(84, None, 455))


def test_an_empty_battery_has_no_minute_left() -> None:
    for family, address in (
        (EWDX, "/mates/tx1/battery/lifetime"),
        (RACK, "/mates/tx1/bat_lifetime"),
        (MULTI_CHANNEL, "/mates/tx1/bat_lifetime"),
    ):
        transmitter = family.facts_of(values_of({address: 0}), 1, HERE).transmitter
        assert transmitter is not None
        assert transmitter.battery == Battery(minutes=0)


@pytest.mark.parametrize("cycles", [0, 100_000])
def test_cycles_of_a_speechline_transmitter_have_their_range(cycles: int) -> None:
    for reported, known in ((cycles, cycles), (-1, None), (100_001, None)):
        transmitter = RACK.facts_of(values_of({"/mates/tx1/bat_cycles": reported}), 1, HERE).transmitter
        assert transmitter is not None
        assert transmitter.battery.cycles == known


@pytest.mark.parametrize(("step", "gain_db"), [(-1, None), (0, -24), (6, 12), (7, None)])
def test_a_gain_of_a_speechline_rack_has_six_steps(step: int, gain_db: int | None) -> None:
    assert RACK.facts_of(values_of({"/audio/out1/gain_db": step}), 1, HERE).gain_db == gain_db


def test_a_speechline_rack_has_meters_as_soon_as_one_is_known() -> None:
    assert RACK.meters_of(values_of({"/rx1/rf_quality": 0}), 1) == Meters(quality_percent=0)
    assert RACK.meters_of(values_of({"/audio/out1/level_db": -60}), 1) == Meters(audio_dbfs=-60.0)


@pytest.mark.parametrize(("family", "address"), [(EWDX, "/rx1/frequency"), (DIGITAL_6000, "/rx1/carrier")])
@pytest.mark.parametrize(
    ("frequency_khz", "known"), [(0, None), (1, 1), (1_999_000, 1_999_000), (1_999_001, None)]
)
def test_a_frequency_out_of_range_is_unknown(
    family: Family, address: str, frequency_khz: int, known: int | None
) -> None:
    assert family.facts_of(values_of({address: frequency_khz}), 1, HERE).frequency_khz == known
    assert family.is_marker_value(frequency_khz) is (known is not None)


@pytest.mark.parametrize(("trim", "offset_db"), [(-61, None), (-60, -60), (60, 60), (61, None)])
def test_the_trim_of_an_ewdx_transmitter_has_its_range(trim: int, offset_db: int | None) -> None:
    transmitter = EWDX.facts_of(values_of({"/mates/tx1/trim": trim}), 1, HERE).transmitter
    assert transmitter == Transmitter(offset_db=offset_db)


@pytest.mark.parametrize(
    ("family", "address", "longest", "minutes"),
    [
        (EWDX, "/mates/tx1/battery/lifetime", 6000, 6000),
        # Seconds.
        (RACK, "/mates/tx1/bat_lifetime", 604_800, 10_080),
        (MULTI_CHANNEL, "/mates/tx1/bat_lifetime", 604_800, 10_080),
    ],
)
def test_more_minutes_than_a_battery_lasts_are_unknown(
    family: Family, address: str, longest: int, minutes: int
) -> None:
    for reported, known in ((longest, minutes), (longest + 1, None)):
        transmitter = family.facts_of(values_of({address: reported}), 1, HERE).transmitter
        assert transmitter == Transmitter(battery=Battery(minutes=known))


@pytest.mark.parametrize(
    ("family", "address"), [(RACK, "/audio/out1/level_db"), (MULTI_CHANNEL, "/m/rx1/level")]
)
@pytest.mark.parametrize(("level", "known"), [(-101, None), (-100, -100), (20, 20), (21, None)])
def test_an_audio_level_of_speechline_has_its_range(
    family: Family, address: str, level: int, known: int | None
) -> None:
    meters = family.meters_of(values_of({address: level}), 1)
    assert meters == (None if known is None else Meters(audio_dbfs=known))


@pytest.mark.parametrize("family", [RACK, MULTI_CHANNEL], ids=lambda family: family.title)
def test_a_speechline_channel_shows_what_it_was_told_and_no_transmitter_that_is_away(family: Family) -> None:
    reported: dict[str, Value] = {"/rx1/name": "DAIS", "/rx1/warnings": [], "/mates/tx1/bat_gauge": 40}
    facts = family.facts_of(values_of({**reported, "/rx2/name": "ALTAR"}), 1, AWAY)
    assert (facts.name, facts.transmitter_present, facts.transmitter) == ("DAIS", False, None)
    assert {address for address, _ in facts.raw} == set(reported)
