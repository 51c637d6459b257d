"""From MCP's lines to a channel, on the frames of docs/reference/protocols/sennheiser.md 5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, DeviceWarning, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.link_state import LinkState, judge_link_state
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.mcp import mapping
from micboard_tui.manufacturers.sennheiser.mcp.values import Mute, audio_dbfs_of, drop_outside, parse_number
from micboard_tui.protocols.mcp.codec import read
from micboard_tui.protocols.mcp.messages import Line
from tests.protocols.test_mcp_codec import datagrams

EM, SR = DeviceKind.RECEIVER, DeviceKind.IEM_TRANSMITTER


def lines_of(*wire: bytes) -> dict[str, str]:
    lines = [line for datagram in wire for line in read(datagram) if isinstance(line, Line)]
    return {"AF" if line.keyword == "Af" else line.keyword: line.rest for line in lines}


EM_ON = lines_of(*datagrams("mcp/em_g4.txt")[1:2], datagrams("mcp/em_g4.txt")[9])
EM_OFF = lines_of(*datagrams("mcp/em_off.txt"))
SR_ON = lines_of(*datagrams("mcp/sr_iem_g4.txt")[1:2], datagrams("mcp/sr_iem_g4.txt")[5])
SR_OFF = lines_of(*datagrams("mcp/sr_iem_g4.txt")[1:2], datagrams("mcp/sr_iem_g4.txt")[6])


def state(lines: mapping.Lines) -> LinkState:
    facts, meters = mapping.facts_of(EM, lines, 0.1), mapping.meters_of(EM, lines)
    pack_muted = facts.transmitter is not None and facts.transmitter.muted
    return judge_link_state(
        transmitter=facts.transmitter_present,
        carrier=meters.carrier,
        muted=bool(facts.receiver_muted or pack_muted),
    )


def test_a_receiver_with_its_transmitter() -> None:
    assert mapping.kind_of(EM_ON) is EM
    assert mapping.facts_of(EM, EM_ON, 0.1) == ChannelFacts(
        name="Vocal 1",
        frequency_khz=822_000,
        group_channel="02,10",
        gain_db=-18,
        receiver_muted=True,
        transmitter_present=True,
        transmitter=Transmitter(muted=True, battery=Battery(percent=70)),
        device_warnings=frozenset({DeviceWarning.LOW_SIGNAL, DeviceWarning.LOW_BATTERY}),
        meter_interval_s=0.1,
        raw=(
            ("AfOut", "-18"),
            ("Bat", "70"),
            ("Equalizer", "1"),
            ("Frequency", "822000 2 10"),
            ("Msg", "Low_RF_Signal Low_Battery"),
            ("Mute", "1"),
            ("Name", "Vocal 1"),
            ("Squelch", "7"),
            ("States", "3 2"),
        ),
    )
    # Antenna 1 is in use, at 50 % now; antenna 2 had 78 % at most. Never a dBm.
    assert mapping.meters_of(EM, EM_ON) == Meters(
        audio_dbfs=-30.0, antenna="A", carrier=True, rf_a_percent=50, rf_b_percent=78
    )


def test_a_real_receiver_whose_transmitter_is_off() -> None:
    assert mapping.kind_of(EM_OFF) is EM
    facts = mapping.facts_of(EM, EM_OFF, None)
    assert (facts.transmitter_present, facts.transmitter) == (False, None)
    assert mapping.meters_of(EM, EM_OFF) == Meters(
        audio_dbfs=-48.0, carrier=False, rf_a_percent=0, rf_b_percent=0
    )
    assert state(EM_OFF) is LinkState.TRANSMITTER_OFF


@pytest.mark.parametrize(
    ("rf", "af", "bat", "expected"),
    [
        ("90 2 1", "40 65 0", "100", LinkState.LIVE),
        ("90 2 1", "0 0 3", "100", LinkState.MUTED),
        ("90 2 1", "0 0 9", "100", LinkState.MUTED),
        # Out of reach: the pilot is gone, its battery was reported a moment ago.
        ("2 2 0", "0 0 5", "70", LinkState.RF_LOST),
        ("0 2 0", "4 4 5", "?", LinkState.TRANSMITTER_OFF),
        # A pilot before the first battery telegram.
        ("90 2 1", "40 65 0", "?", LinkState.LIVE),
        # A transmitter without pilot gets through all the same.
        ("90 2 0", "40 65 0", "?", LinkState.LIVE),
    ],
)
def test_the_state_of_a_link(rf: str, af: str, bat: str, expected: LinkState) -> None:
    assert state({"RF": rf, "AF": af, "Bat": bat}) is expected


@pytest.mark.parametrize(
    ("bits", "transmitter", "receiver", "carrier"),
    [
        (0, False, False, True),
        (3, True, False, True),
        (5, False, False, False),
        (9, False, True, True),
        (13, False, True, False),
        (15, True, True, False),
    ],
)
def test_mute_bits_follow_the_table(bits: int, *, transmitter: bool, receiver: bool, carrier: bool) -> None:
    lines = {"RF": "50 1 1", "AF": f"10 10 {bits}", "Bat": "70"}
    facts = mapping.facts_of(EM, lines, None)
    assert facts.transmitter is not None
    assert facts.transmitter.muted is transmitter
    assert facts.receiver_muted is receiver
    assert mapping.meters_of(EM, lines).carrier is carrier


@pytest.mark.parametrize(
    ("bat", "percent"),
    [("0", 0), ("30", 30), ("70", 70), ("100", 100), ("?", None), ("170", None), ("x", None)],
)
def test_a_battery_is_known_in_steps_or_not_at_all(bat: str, percent: int | None) -> None:
    facts = mapping.facts_of(EM, {"RF": "50 1 1", "Bat": bat}, None)
    assert facts.transmitter is not None
    assert facts.transmitter.battery.percent == percent


def test_levels_above_the_scale_are_its_end_and_an_overload() -> None:
    meters = mapping.meters_of(EM, {"RF1": "90 130 1", "RF2": "0 5 0", "RF": "120 1 1", "AF": "104 110 0"})
    assert (meters.rf_a_percent, meters.rf_b_percent) == (100, 5)
    assert (meters.audio_dbfs, meters.overload) == (0.0, True)
    assert mapping.meters_of(EM, {"Msg": "TX_Mute AF_Peak"}).overload
    assert mapping.meters_of(EM, {"AF": "101 101 0"}).overload
    assert not mapping.meters_of(EM, {"AF": "100 100 0"}).overload, "full scale is no overload"


@pytest.mark.parametrize(
    ("kind", "lines", "gain_db"),
    [
        (EM, {"AfOut": "24"}, 24),
        (EM, {"AfOut": "-24"}, -24),
        (EM, {"AfOut": "25"}, None),
        (SR, {"Sensitivity": "0"}, 0),
        (SR, {"Sensitivity": "1"}, None),
        (SR, {"Sensitivity": "-42"}, -42),
        (SR, {"Sensitivity": "-43"}, None),
    ],
)
def test_a_gain_out_of_range_is_unknown(kind: DeviceKind, lines: dict[str, str], gain_db: int | None) -> None:
    assert mapping.facts_of(kind, lines, None).gain_db == gain_db


def test_an_in_ear_transmitter_has_no_rf_and_no_battery() -> None:
    assert mapping.kind_of(SR_ON) is SR
    facts = mapping.facts_of(SR, SR_ON, 0.4)
    assert (facts.name, facts.gain_db, facts.transmitter_present, facts.transmitter) == (
        "IEM 1",
        -21,
        True,
        None,
    )
    assert mapping.meters_of(SR, SR_ON) == Meters(audio_dbfs=-37.5, carrier=True)


def test_an_in_ear_transmitter_is_muted_by_its_switch_or_its_rf() -> None:
    assert mapping.facts_of(SR, SR_ON, None).receiver_muted is True
    assert mapping.facts_of(SR, SR_ON | {"Mute": "0"}, None).receiver_muted is False
    assert mapping.facts_of(SR, SR_OFF | {"Mute": "0"}, None).receiver_muted is True
    assert mapping.meters_of(SR, SR_OFF).audio_dbfs == -37.5


def test_an_in_ear_transmitter_that_clips_says_so() -> None:
    assert mapping.meters_of(SR, {"AF": "10 101 1 1"}) == Meters(audio_dbfs=0.0, carrier=True, overload=True)


@pytest.mark.parametrize(
    ("kind", "lines", "expected"),
    [
        (EM, {"Mute": "0"}, False),
        (EM, {"Mute": "1"}, True),
        (EM, {"Mute": "2"}, None),
        (SR, {"States": "0"}, False),
        (SR, {"States": "1"}, True),
        (SR, {"States": "2"}, None),
    ],
)
def test_a_switch_is_off_on_or_unknown(
    kind: DeviceKind, lines: dict[str, str], expected: bool | None
) -> None:
    assert mapping.facts_of(kind, lines, None).receiver_muted is expected


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ({"Name": "A", "Mute": "0", "Frequency": "1 0 0"}, None),
        ({"AF": "1 2 0"}, None),
        ({"AF": "1 2 3 4"}, SR),
        ({"AF": "1 2 3 4 5"}, SR),
        ({"Sensitivity": "-21"}, SR),
        ({"Squelch": "5"}, EM),
        ({"Bat": "?"}, EM),
    ],
)
def test_the_kind_of_device_shows_in_its_keywords(lines: dict[str, str], kind: DeviceKind | None) -> None:
    assert mapping.kind_of(lines) is kind


def test_a_device_is_mapped() -> None:
    lines = {"Name": "Vocal 1 ", "FirmwareRevision": "1.20.1", "RfConfig": "566000 608000 25"}
    assert mapping.device_of(EM, lines) == DeviceHeard(
        EM,
        1,
        "EM",
        "Vocal 1",
        "1.20.1",
        "566-608 MHz",
        (("FirmwareRevision", "1.20.1"), ("RfConfig", "566000 608000 25")),
    )
    assert mapping.device_of(SR, {}) == DeviceHeard(SR, 1, "SR IEM")


@pytest.mark.parametrize(
    ("limits", "band"),
    [
        ("566000 608000 25", "566-608 MHz"),
        ("566000 590000 25 600000 608000 25", "566-608 MHz"),
        ("823000.5 865000 125", None),
        ("608000 566000 25", None),
        ("566000", None),
        ("", None),
    ],
)
def test_bands(limits: str, band: str | None) -> None:
    assert mapping.device_of(EM, {"RfConfig": limits}).rf_band == band


@pytest.mark.parametrize(
    ("frequency", "khz", "preset"),
    [
        ("822000 2 10", 822_000, "02,10"),
        ("822000 21 3", 822_000, "U1,03"),
        ("822000 20 64", 822_000, "20,64"),
        ("822000 26 1", 822_000, "U6,01"),
        ("821000 0 0", 821_000, None),
        ("821000 5 65", 821_000, None),
        ("821000 27 1", 821_000, None),
        ("821000", 821_000, None),
        ("1", 1, None),
        ("0 1 1", None, "01,01"),
        ("?", None, None),
    ],
)
def test_frequencies(frequency: str, khz: int | None, preset: str | None) -> None:
    facts = mapping.facts_of(EM, {"Frequency": frequency}, None)
    assert (facts.frequency_khz, facts.group_channel) == (khz, preset)


def test_without_lines_all_is_unknown() -> None:
    assert mapping.facts_of(EM, {}, None) == ChannelFacts()
    assert mapping.meters_of(EM, {}) == Meters()
    assert mapping.facts_of(SR, {}, None) == ChannelFacts(transmitter_present=True)
    assert mapping.switches_of(EM, {"AF": "1 1 16", "RF": "1 1 2"}) == mapping.Switches()
    assert mapping.switches_of(SR, {"States": "0 1"}).mutes == Mute(0)


def test_the_pilot_shows_the_carrier_where_mutes_are_unknown() -> None:
    assert mapping.meters_of(EM, {"RF": "50 2 1"}).carrier is True
    assert mapping.meters_of(EM, {"RF": "50 2 0"}).carrier is False
    assert mapping.meters_of(EM, {"RF": "50 2 2"}).carrier is None
    assert mapping.meters_of(EM, {"RF": "50 2 1"}).antenna == "B"


def test_the_antenna_in_use_tells_its_level_now_and_the_other_its_highest() -> None:
    highest = {"RF1": "10 30 1", "RF2": "20 60 1"}
    for rf, levels in (("50 1 1", (50, 60)), ("50 2 1", (30, 50))):
        meters = mapping.meters_of(EM, highest | {"RF": rf})
        assert (meters.rf_a_percent, meters.rf_b_percent) == levels


@pytest.mark.parametrize(("percent", "dbfs"), [(0, -50.0), (1, -49.5), (100, 0.0), (120, 0.0), (-1, None)])
def test_audio_in_percent_is_a_level_below_full_scale(percent: int, dbfs: float | None) -> None:
    assert audio_dbfs_of(percent) == dbfs


def test_numbers() -> None:
    assert parse_number(["-24"], 0) == -24
    assert parse_number(["9" * 9], 0) == 999_999_999
    for rubbish in ("", "-", "--1", "1.5", "\u0663", "9" * 10):
        assert parse_number([rubbish], 0) is None
    assert parse_number([], 0) is None
    assert drop_outside(None, 0, 1) is None


KEYS = st.sampled_from([*mapping.BLOCK_KEYWORDS, *mapping.SETTING_KEYWORDS, *mapping.DEVICE_KEYWORDS])
TEXTS = st.one_of(
    st.text(max_size=20), st.lists(st.integers(-200, 200), max_size=5).map(lambda v: " ".join(map(str, v)))
)


@given(st.dictionaries(KEYS, TEXTS), st.sampled_from([EM, SR]))
def test_no_lines_raise_or_leave_their_ranges(lines: dict[str, str], kind: DeviceKind) -> None:
    facts, meters = mapping.facts_of(kind, lines, None), mapping.meters_of(kind, lines)
    mapping.device_of(kind, lines)
    for level in (meters.rf_a_percent, meters.rf_b_percent):
        assert level is None or 0 <= level <= 100
    assert meters.audio_dbfs is None or -50.0 <= meters.audio_dbfs <= 0.0
    if facts.transmitter is None:
        assert facts.transmitter_present is not True or kind is SR
    else:
        assert facts.transmitter_present


@pytest.mark.parametrize(
    ("terms", "warnings"),
    [
        ("OK", set()),
        ("Low_Battery Low_RF_Signal AF_Peak", {"low_battery", "low_signal", "audio_peak"}),
        ("RX_Mute  Low_Battery", {"low_battery"}),
        ("", set()),
    ],
)
def test_every_term_of_a_warning_counts(terms: str, warnings: set[str]) -> None:
    lines = EM_ON | {"Msg": terms}
    assert mapping.facts_of(EM, lines, 0.1).device_warnings == {DeviceWarning(name) for name in warnings}
    assert mapping.meters_of(EM, lines).overload == ("audio_peak" in warnings)


@pytest.mark.parametrize(
    ("level", "battery"),
    [
        ("0", Battery(percent=0)),
        ("1", Battery(bars=1)),
        ("5", Battery(bars=5)),
        ("6", Battery(percent=6)),
        ("30", Battery(percent=30)),
        ("100", Battery(percent=100)),
        ("101", Battery()),
        ("x", Battery()),
    ],
)
def test_what_can_be_no_step_of_percent_is_bars(level: str, battery: Battery) -> None:
    transmitter = mapping.facts_of(EM, EM_ON | {"Bat": level}, 0.1).transmitter
    assert transmitter is not None
    assert transmitter.battery == battery
