"""What PSM1000, Microflex Wireless and chargers say, in our words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import NO_BATTERY, Battery, MinutesNote
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import BayHeard, FactsHeard
from micboard_tui.manufacturers.shure.strings import mapping, psm1000_mapping
from micboard_tui.manufacturers.shure.strings.charger_bay import bay_of
from micboard_tui.manufacturers.shure.strings.dialect import CHARGER, MXW, PSM1000, ULXD, Dialect
from micboard_tui.manufacturers.shure.strings.meter_mapping import meters_of_values
from micboard_tui.manufacturers.shure.strings.observation_mapping import observation_of
from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Rep, unquote_text
from tests.protocols.wire import said


def values_of(conversation: str, channel: int | None) -> dict[str, str]:
    reps = Decoder().feed(said(conversation, "D"))
    return {
        rep.property: ",".join(rep.values) for rep in reps if isinstance(rep, Rep) and rep.channel == channel
    }


FULL_BAY = {
    "BATT_DETECTED": "YES",
    "BATT_STATE": "NORMAL",
    "BATT_BARS": "003",
    "BATT_CHARGE": "071",
    "BATT_TIME_TO_FULL": "00107",
    "BATT_HEALTH": "096",
    "BATT_CYCLE": "00041",
    "BATT_TEMP_C": "065",
    "BATT_ERROR": "000",
}


def test_the_bays_of_the_transcript() -> None:
    # The last word in the transcript is news: a minute less.
    charging = bay_of(CHARGER, 1, values_of("shure_strings/sbc240.txt", 1))
    assert (charging.state, charging.minutes_to_full, charging.error) == (BayState.CHARGING, 106, None)
    assert charging.battery == Battery(percent=71, bars=3)
    empty = bay_of(CHARGER, 2, values_of("shure_strings/sbc240.txt", 2))
    assert (empty.number, empty.state, empty.battery) == (2, BayState.EMPTY, NO_BATTERY)
    assert (empty.minutes_to_full, empty.error) == (None, None)


def test_everything_that_a_charger_tells_of_a_battery() -> None:
    read = bay_of(CHARGER, 3, FULL_BAY)
    assert read == Bay(
        3,
        BayState.CHARGING,
        battery=Battery(percent=71, bars=3, health_percent=96, cycles=41, temperature_c=25),
        minutes_to_full=107,
        raw=tuple(sorted(FULL_BAY.items())),
    )


@pytest.mark.parametrize(
    ("state", "ours"),
    [
        ("FULL", BayState.READY),
        ("WARM_FULL", BayState.READY),
        ("READY_TO_STORE", BayState.STORED),
        ("CALCULATING", BayState.CHARGING),
        ("NORMAL", BayState.CHARGING),
        ("WARM", BayState.CHARGING),
        ("PRECHARGE", BayState.CHARGING),
        ("HOT", BayState.FAULT),
        ("COLD", BayState.FAULT),
        ("ERROR", BayState.FAULT),
        ("DISCHARGE_CALC", BayState.STORED),
        ("DISCHARGING", BayState.STORED),
        ("DISCHARGING_WARM", BayState.STORED),
        ("DISCHARGING_COLD", BayState.STORED),
        ("NO_BATT", BayState.EMPTY),
        ("SOMETHING_NEW", BayState.UNKNOWN),
    ],
)
def test_every_word_for_the_state_of_a_bay(state: str, ours: BayState) -> None:
    read = bay_of(CHARGER, 1, FULL_BAY | {"BATT_STATE": state})
    assert read.state is ours
    assert (read.error is not None) == (ours is BayState.FAULT)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("001", "unknown kind"),
        ("002", "not recognised"),
        ("003", "too deeply"),
        ("004", "Charging failed"),
        ("005", "battery needs to be checked"),
        ("006", "charger needs to be checked"),
        ("007", "communicate"),
        ("042", "error 42"),
    ],
)
def test_errors_are_told_in_plain_words(code: str, word: str) -> None:
    read = bay_of(CHARGER, 1, FULL_BAY | {"BATT_ERROR": code})
    assert read.state is BayState.FAULT
    assert word in (read.error or "")


@pytest.mark.parametrize("name", ["BATT_CHARGE", "BATT_BARS"])
def test_a_charge_that_cannot_be_told_is_a_fault(name: str) -> None:
    read = bay_of(CHARGER, 1, FULL_BAY | {name: "254"})
    assert (read.state, read.error) == (BayState.FAULT, "The charger cannot tell the battery's charge")
    assert bay_of(CHARGER, 1, FULL_BAY | {name: "255"}).state is BayState.CHARGING


@pytest.mark.parametrize(
    ("select", "warnings"), [("EXT", frozenset[str]()), ("ERR", frozenset({"hardware"}))]
)
def test_a_microflex_microphone_warns_of_its_input(select: str, warnings: frozenset[str]) -> None:
    heard = observation_of(MXW, 1, {"TX_STATUS": "ACTIVE", "BP_MIC_SELECT": select}, {})
    assert isinstance(heard, FactsHeard)
    assert heard.facts.device_warnings == warnings


@pytest.mark.parametrize("code", ["000", "254", "255", "x"])
def test_no_error_is_no_fault(code: str) -> None:
    assert bay_of(CHARGER, 1, FULL_BAY | {"BATT_ERROR": code}).state is BayState.CHARGING


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("00000", 0),
        ("65528", 65528),
        ("65529", 0),
        ("65530", None),
        ("65533", None),
        ("65534", None),
        ("65535", None),
        ("", None),
    ],
)
def test_minutes_to_full_and_what_says_that_nobody_knows_them(raw: str, minutes: int | None) -> None:
    assert bay_of(CHARGER, 1, FULL_BAY | {"BATT_TIME_TO_FULL": raw}).minutes_to_full == minutes


def test_sentinels_are_unknown() -> None:
    words = dict.fromkeys(("BATT_BARS", "BATT_CHARGE", "BATT_HEALTH", "BATT_TEMP_C"), "254")
    read = bay_of(CHARGER, 1, words | {"BATT_CYCLE": "65534"})
    assert (read.state, read.battery) == (BayState.FAULT, NO_BATTERY)


def test_what_was_said_of_a_battery_that_is_gone_is_not_believed() -> None:
    for words in ({"BATT_DETECTED": "NO"}, {"BATT_STATE": "NO_BATT"}):
        read = bay_of(CHARGER, 1, FULL_BAY | {"BATT_ERROR": "004"} | words)
        assert (read.state, read.battery, read.error) == (BayState.EMPTY, NO_BATTERY, None)
        assert read.minutes_to_full is None
        assert dict(read.raw)["BATT_ERROR"] == "004"


PSM_VALUES = {
    "CHAN_NAME": "IEM_1",
    "AUDIO_IN_LVL": "-12",
    "GROUP_CHAN": "01,05",
    "FREQUENCY": "578000",
    "RF_TX_LVL": "50",
    "RF_MUTE": "1",
    "METER_RATE": "00200",
    "AUDIO_IN_LVL_L": "00000085488",
    "AUDIO_IN_LVL_R": "00000071020",
}


def test_a_channel_of_a_psm1000() -> None:
    read = psm1000_mapping.facts_of(PSM1000, PSM_VALUES, 0.1)
    assert read == ChannelFacts(
        name="IEM 1",
        frequency_khz=578_000,
        group_channel="01,05",
        gain_db=-12,
        receiver_muted=True,
        transmitter_present=True,
        transmitter=Transmitter(power_mw=50),
        meter_interval_s=0.1,
        raw=tuple(
            sorted((name, value) for name, value in PSM_VALUES.items() if name not in psm1000_mapping.LEVELS)
        ),
    )


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("AUDIO_IN_LVL", "-67", "gain_db", -67),
        ("AUDIO_IN_LVL", "0", "gain_db", 0),
        ("RF_MUTE", "1", "receiver_muted", True),
        ("RF_MUTE", "0", "receiver_muted", False),
        ("RF_MUTE", "OFF", "receiver_muted", None),
    ],
)
def test_gain_and_mute_of_a_psm1000(name: str, value: str, field: str, expected: object) -> None:
    assert getattr(psm1000_mapping.facts_of(PSM1000, {name: value}), field) == expected


@pytest.mark.parametrize("raw", ["", "x", "-68", "1", "--1", "-1234"])
def test_a_level_out_of_range_is_unknown(raw: str) -> None:
    assert psm1000_mapping.facts_of(PSM1000, {"AUDIO_IN_LVL": raw}).gain_db is None


def test_an_in_ear_transmitter_that_says_nothing_more_still_sends() -> None:
    read = psm1000_mapping.facts_of(PSM1000, {"GROUP_CHAN": "--,--"})
    assert (read.transmitter_present, read.transmitter, read.group_channel) == (True, None, None)
    assert (read.receiver_muted, read.meter_interval_s) == (None, None)
    assert meters_of_values(PSM1000.family, {}) == Meters(carrier=True)


def test_the_louder_side_is_shown_relative_to_the_loudest_ever_seen() -> None:
    assert psm1000_mapping.meters_of(PSM_VALUES) == Meters(audio_dbfs=-32.4, carrier=True)
    assert psm1000_mapping.meters_of({"AUDIO_IN_LVL_R": "3548184"}).audio_dbfs == 0
    assert (
        psm1000_mapping.meters_of({"AUDIO_IN_LVL_L": "99999999", "AUDIO_IN_LVL_R": "17000"}).audio_dbfs == 0
    )
    assert psm1000_mapping.meters_of({"AUDIO_IN_LVL_L": "00000000000"}).audio_dbfs == -60
    assert psm1000_mapping.meters_of({"AUDIO_IN_LVL_L": "1"}).audio_dbfs == -60
    assert psm1000_mapping.meters_of({"AUDIO_IN_LVL_L": "x"}).audio_dbfs is None


MXW_WORDS = {
    "CHAN_NAME": "{Table 1                        }",
    "TX_AVAILABLE": "YES",
    "TX_STATUS": "ACTIVE",
    "TX_TYPE": "MXW6",
    "TX_DEVICE_ID": "{Boundary    }",
    "AUDIO_GAIN": "030",
    "BATT_CHARGE": "090",
    "BATT_RUN_TIME": "00450",
    "BATT_HEALTH": "097",
    "METER_RATE": "00000",
}


def mxw(**words: str) -> ChannelFacts:
    heard = observation_of(MXW, 1, MXW_WORDS | words, {})
    assert isinstance(heard, FactsHeard)
    return heard.facts


def test_a_microphone_of_microflex_wireless() -> None:
    assert mxw() == ChannelFacts(
        name="Table 1",
        gain_db=5,
        transmitter_present=True,
        transmitter=Transmitter(
            model="MXW6",
            name="Boundary",
            muted=False,
            battery=Battery(percent=90, minutes=450, health_percent=97),
        ),
        meter_interval_s=0.0,
        raw=tuple(sorted((name, unquote_text(value)) for name, value in MXW_WORDS.items())),
    )
    assert (mxw(AUDIO_GAIN="060").gain_db, mxw(AUDIO_GAIN="061").gain_db) == (35, None)


@pytest.mark.parametrize("dialect", [PSM1000, MXW, ULXD])
def test_facts_are_those_of_the_channel_with_the_number(dialect: Dialect) -> None:
    heard = observation_of(dialect, 2, {}, {})
    assert isinstance(heard, FactsHeard)
    assert heard.number == 2


def test_a_bay_has_the_number_of_its_place() -> None:
    assert observation_of(CHARGER, 3, FULL_BAY, {}) == BayHeard(bay_of(CHARGER, 3, FULL_BAY))
    assert bay_of(CHARGER, 3, FULL_BAY).number == 3


@pytest.mark.parametrize(
    ("status", "present", "muted"),
    [
        ("ACTIVE", True, False),
        ("MUTE", True, True),
        ("STANDBY", True, True),
        ("ON_CHARGER", False, None),
        ("OFF", False, None),
        ("UNKNOWN", None, None),
        ("", None, None),
    ],
)
def test_what_a_microphone_does(status: str, present: bool | None, muted: bool | None) -> None:
    read = mxw(TX_STATUS=status)
    assert read.transmitter_present is present
    assert (read.transmitter.muted if read.transmitter else None) is muted


def test_a_microphone_that_is_not_available_is_not_there() -> None:
    read = mxw(TX_AVAILABLE="NO")
    assert (read.transmitter_present, read.transmitter) == (False, None)


@pytest.mark.parametrize(
    ("raw", "minutes", "note"),
    [
        ("00007", 7, None),
        ("65532", None, None),
        ("65533", None, None),
        ("65534", None, MinutesNote.CALCULATING),
        ("65535", None, None),
    ],
)
def test_run_times_that_are_none(raw: str, minutes: int | None, note: MinutesNote | None) -> None:
    transmitter = mxw(BATT_RUN_TIME=raw, BATT_CHARGE="255").transmitter
    assert transmitter is not None
    assert transmitter.battery == Battery(minutes=minutes, minutes_note=note, health_percent=97)


def test_devices_tell_their_kind_and_count() -> None:
    charger = mapping.device_of(CHARGER, values_of("shure_strings/sbc240.txt", None), 2)
    assert (charger.kind, charger.channel_count, charger.bay_count) == (DeviceKind.CHARGER, 0, 2)
    assert (charger.model, charger.own_name) == ("SBC240", "Charger 1")
    ears = mapping.device_of(PSM1000, {"DEVICE_NAME": "PSM_A"}, 2)
    assert (ears.kind, ears.model, ears.own_name) == (DeviceKind.IEM_TRANSMITTER, "P10T", "PSM A")
    assert (ears.channel_count, ears.bay_count) == (2, 0)
    assert mapping.device_of(MXW, {}, 4).model == "MXWAPT4"
    assert mapping.device_of(MXW, {}, 3).model is None


WORDS = st.dictionaries(
    st.sampled_from(sorted({*FULL_BAY, *PSM_VALUES, *MXW_WORDS, "BATT_TEMP_F", "LED_STATUS"})),
    st.one_of(st.text(max_size=12), st.integers().map(str), st.sampled_from(["254", "255", "65535", "{x}"])),
)


@given(st.sampled_from([PSM1000, MXW, CHARGER, ULXD]), WORDS)
def test_no_words_raise_or_leave_their_ranges(dialect: Dialect, words: dict[str, str]) -> None:
    heard = observation_of(dialect, 1, words, words)
    meters_of_values(dialect.family, words)
    transmitter = None if isinstance(heard, BayHeard) else heard.facts.transmitter
    battery = heard.bay.battery if isinstance(heard, BayHeard) else (transmitter or Transmitter()).battery
    assert battery.percent is None or 0 <= battery.percent <= 100
    assert battery.bars is None or 0 <= battery.bars <= 5
    assert battery.cycles is None or 0 <= battery.cycles <= 65531
