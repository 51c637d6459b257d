from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.domain.battery import Battery, BatteryType, MinutesNote
from micboard_tui.domain.channel import (
    ChannelFacts,
    DeviceWarning,
    Encryption,
    Lock,
    Slot,
    SlotStatus,
    Transmitter,
)
from micboard_tui.domain.command import SetSlotRf
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.shure.strings.commands import prepare_command
from micboard_tui.manufacturers.shure.strings.dialect import (
    ANX4,
    AXIENT,
    CHARGER,
    MXW,
    PSM1000,
    QLXD,
    SLXD,
    SLXD_PLUS,
    ULXD,
    Dialect,
    dialect_of,
)
from micboard_tui.manufacturers.shure.strings.mapping import device_of, facts_of
from micboard_tui.manufacturers.shure.values import parse_battery_type, parse_minutes_note, parse_text
from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Rep, Set, unquote_text
from tests.manufacturers.receivers import ULXD4D_OFF, ULXD4D_ON

ON = {"TX_MODEL": "ADX2"}


def values_of(lines: tuple[str, ...]) -> dict[str, str]:
    reps = Decoder().feed("".join(f"< {line} >" for line in lines).encode())
    return {rep.property: ",".join(rep.values) for rep in reps if isinstance(rep, Rep)}


def test_a_ulxd_channel_of_the_transcript() -> None:
    read = facts_of(ULXD, values_of(ULXD4D_ON), {"ENCRYPTION": "OFF"})
    assert (read.name, read.frequency_khz, read.group_channel, read.gain_db) == (
        "Lead Vox",
        482125,
        "01,01",
        12,
    )
    assert (read.receiver_muted, read.interference, read.encryption) == (False, False, Encryption.OFF)
    assert read.meter_interval_s is None
    assert read.transmitter == Transmitter(
        model="ULXD2",
        power_word="NORMAL",
        offset_db=0,
        battery=Battery(78, 4, 405, BatteryType.LI_ION, None, 96, 41, 25),
    )


def test_everything_that_an_axient_channel_sends_has_its_place() -> None:
    values = {
        "CHAN_NAME": "{Lead Vox                       }",
        "FREQUENCY": "0578350",
        "FREQUENCY2": "0602125",
        "FD_MODE": "FD-C",
        "GROUP_CHANNEL": "{01,05}",
        "AUDIO_GAIN": "060",
        "AUDIO_MUTE": "ON",
        "ENCRYPTION_STATUS": "OK",
        "INTERFERENCE_STATUS": "DETECTED",
        "METER_RATE": "60000",
        "TX_MODEL": "ADX2",
        "TX_DEVICE_ID": "{Pack 7                         }",
        "TX_MUTE_MODE_STATUS": "MUTE",
        "TX_POWER_LEVEL": "251",
        "TX_OFFSET": "033",
        "TX_BATT_BARS": "004",
        "TX_BATT_MINS": "00405",
        "TX_BATT_TYPE": "LION",
        "TX_BATT_CHARGE_PERCENT": "078",
        "TX_BATT_HEALTH_PERCENT": "096",
        "TX_BATT_CYCLE_COUNT": "00041",
        "TX_BATT_TEMP_C": "065",
        "SLOT_STATUS 8": "LINKED.INACTIVE",
        "SLOT_TX_MODEL 8": "ADX1",
        "SLOT_TX_DEVICE_ID 8": "{Pack 8                         }",
        "SLOT_RF_OUTPUT 8": "RF_ON",
        "SLOT_RF_POWER 8": "251",
        "SLOT_SHOWLINK_STATUS 8": "003",
        "SLOT_BATT_BARS 8": "002",
        "SLOT_BATT_CHARGE_PERCENT 8": "033",
        "SLOT_BATT_MINS 8": "00120",
        "SLOT_BATT_TYPE 8": "NIMH",
        "SLOT_BATT_HEALTH_PERCENT 8": "088",
        "SLOT_BATT_CYCLE_COUNT 8": "00007",
    }
    assert facts_of(AXIENT, values, {"ENCRYPTION_MODE": "ON"}, 0.1) == ChannelFacts(
        name="Lead Vox",
        frequency_khz=578_350,
        frequency2_khz=602_125,
        group_channel="01,05",
        gain_db=42,
        receiver_muted=True,
        encryption=Encryption.ON,
        interference=True,
        transmitter_present=True,
        transmitter=Transmitter(
            model="ADX2",
            name="Pack 7",
            muted=True,
            power_mw=251,
            offset_db=21,
            battery=Battery(78, 4, 405, BatteryType.LI_ION, None, 96, 41, 25),
        ),
        slots=(
            Slot(
                8,
                SlotStatus.LINKED_INACTIVE,
                "ADX1",
                "Pack 8",
                rf_on=True,
                power_mw=251,
                showlink_quality=3,
                battery=Battery(33, 2, 120, BatteryType.NIMH, None, 88, 7),
            ),
        ),
        meter_interval_s=0.1,
        raw=tuple(sorted((name, unquote_text(value)) for name, value in values.items())),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUDIO_GAIN", "061"),
        ("FREQUENCY", "10000000"),
        ("TX_POWER_LEVEL", "252"),
        ("TX_OFFSET", "034"),
        ("SLOT_RF_POWER 1", "252"),
    ],
)
def test_what_is_beyond_its_range_is_unknown(name: str, value: str) -> None:
    registered = ON | {"SLOT_STATUS 1": "STANDARD"}
    read = facts_of(AXIENT, registered | {name: value}, {})
    assert replace(read, raw=()) == replace(facts_of(AXIENT, registered, {}), raw=())


def test_a_channel_without_transmitter_has_none_of_its_values() -> None:
    read = facts_of(ULXD, values_of(ULXD4D_OFF), {})
    assert read.transmitter_present is False
    assert read.transmitter is None
    assert read.group_channel is None


def test_stale_words_of_a_pack_that_went_off_are_not_believed() -> None:
    values = values_of(ULXD4D_ON) | {"TX_TYPE": "UNKN"}
    assert facts_of(ULXD, values, {}).transmitter is None


def test_a_channel_that_never_spoke_of_a_transmitter_is_not_known_to_have_none() -> None:
    read = facts_of(SLXD, {"CHAN_NAME": "{Lead Vox                       }"}, {})
    assert (read.name, read.transmitter_present, read.transmitter) == ("Lead Vox", None, None)


@pytest.mark.parametrize("raw", ["252", "253", "254", "255", "101", "-1", "", "abc", "١٢"])
def test_reserved_percents_are_unknown(raw: str) -> None:
    read = facts_of(AXIENT, ON | {"TX_BATT_CHARGE_PERCENT": raw, "TX_BATT_HEALTH_PERCENT": raw}, {})
    assert read.transmitter is not None
    assert read.transmitter.battery == Battery()


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ("65532", None),
        ("65533", MinutesNote.CONTACT_WARNING),
        ("65534", MinutesNote.CALCULATING),
        ("65535", None),
    ],
)
def test_reserved_minutes_are_unknown_and_say_why(raw: str, note: MinutesNote | None) -> None:
    read = facts_of(AXIENT, ON | {"TX_BATT_MINS": raw}, {})
    assert read.transmitter is not None
    assert read.transmitter.battery == Battery(minutes_note=note)


@pytest.mark.parametrize(("raw", "bars"), [("000", 0), ("005", 5), ("006", None), ("255", None)])
def test_bars(raw: str, bars: int | None) -> None:
    read = facts_of(SLXD, ON | {"TX_BATT_BARS": raw}, {})
    assert read.transmitter is not None
    assert read.transmitter.battery.bars == bars


@pytest.mark.parametrize(
    ("values", "of_device", "encryption"),
    [
        ({}, {}, None),
        ({}, {"ENCRYPTION": "AUTO"}, Encryption.ON),
        ({"ENCRYPTION": "OFF"}, {"ENCRYPTION": "MANUAL"}, Encryption.OFF),
        ({"ENCRYPTION_WARNING": "ON"}, {"ENCRYPTION": "ON"}, Encryption.MISMATCH),
        ({"ENCRYPTION_STATUS": "ERROR"}, {"ENCRYPTION_MODE": "ON"}, Encryption.MISMATCH),
        ({"ENCRYPTION_STATUS": "OK"}, {"ENCRYPTION_MODE": "OFF"}, Encryption.OFF),
    ],
)
def test_encryption(values: dict[str, str], of_device: dict[str, str], encryption: Encryption | None) -> None:
    assert facts_of(AXIENT, values, of_device).encryption is encryption


@pytest.mark.parametrize(
    ("values", "interference"),
    [
        ({}, None),
        ({"RF_INT_DET": "NONE"}, False),
        ({"RF_INT_DET": "CRITICAL"}, True),
        ({"INTERFERENCE_STATUS": "DETECTED", "INTERFERENCE_STATUS2": "NONE"}, True),
        ({"INTERFERENCE_STATUS": "NONE", "INTERFERENCE_STATUS2": "DETECTED"}, True),
    ],
)
def test_interference(values: dict[str, str], interference: bool | None) -> None:
    assert facts_of(AXIENT, values, {}).interference is interference


@pytest.mark.parametrize(
    ("dialect", "values", "muted"),
    [
        (ULXD, {"TX_TYPE": "ULXD8", "TX_MUTE_STATUS": "ON"}, True),
        (ULXD, {"TX_TYPE": "ULXD8", "TX_MUTE_STATUS": "OFF"}, False),
        (ULXD, {"TX_TYPE": "ULXD1", "TX_MUTE_STATUS": "UNKN"}, None),
        (AXIENT, {"TX_MODEL": "ADX2", "TX_MUTE_MODE_STATUS": "ON"}, False),
        (AXIENT, {"TX_MODEL": "ADX2", "TX_MUTE_MODE_STATUS": "MUTE"}, True),
        (AXIENT, {"TX_MODEL": "ADX2", "TX_MUTE_MODE_STATUS": "UNKNOWN"}, None),
    ],
)
def test_on_mutes_a_ulxd_and_plays_an_axient(
    dialect: Dialect, values: dict[str, str], muted: bool | None
) -> None:
    read = facts_of(dialect, values, {})
    assert read.transmitter is not None
    assert read.transmitter.muted is muted


@pytest.mark.parametrize(
    ("dialect", "raw", "offset_db"),
    [
        (AXIENT, "012", 0),
        (AXIENT, "033", 21),
        (QLXD, "006", 6),
        (ULXD, "021", 21),
        (ULXD, "022", 10),
        (ULXD, "030", 18),
        (ULXD, "255", None),
    ],
)
def test_transmitter_offset(dialect: Dialect, raw: str, offset_db: int | None) -> None:
    read = facts_of(dialect, {dialect.tx_model: "ADX1", "TX_OFFSET": raw}, {})
    assert read.transmitter is not None
    assert read.transmitter.offset_db == offset_db


def test_the_second_carrier_counts_only_in_combining_diversity() -> None:
    values = {"FREQUENCY2": "0602125", "FD_MODE": "FD-C"}
    assert facts_of(AXIENT, values, {}).frequency2_khz == 602125
    assert facts_of(AXIENT, values | {"FD_MODE": "OFF"}, {}).frequency2_khz is None


def test_slots_hold_what_is_registered() -> None:
    values = {
        "SLOT_STATUS 1": "LINKED.ACTIVE",
        "SLOT_TX_MODEL 1": "ADX2",
        "SLOT_TX_DEVICE_ID 1": "{Lead                           }",
        "SLOT_RF_OUTPUT 1": "RF_MUTE",
        "SLOT_RF_POWER 1": "010",
        "SLOT_SHOWLINK_STATUS 1": "005",
        "SLOT_BATT_BARS 1": "004",
        "SLOT_STATUS 2": "EMPTY",
        "SLOT_STATUS 3": "STANDARD",
        "SLOT_BATT_BARS 3": "255",
        "SLOT_STATUS 4": "SOMETHING.NEW",
    }
    assert facts_of(AXIENT, values, {}).slots == (
        Slot(1, SlotStatus.LINKED_ACTIVE, "ADX2", "Lead", False, 10, 5, Battery(bars=4)),
        Slot(3, SlotStatus.STANDARD),
    )


def test_the_two_forms_of_slxd_plus_links_are_both_read() -> None:
    for value, status in (
        ("LINKED.ACTIVE", SlotStatus.LINKED_ACTIVE),
        ("online", SlotStatus.LINKED_ACTIVE),
        ("offline", SlotStatus.LINKED_INACTIVE),
    ):
        values = {"LINK_STATUS 1": value, "SLOT_TX_MODEL 1": "{SLXD1+    }"}
        assert facts_of(SLXD_PLUS, values, {}).slots == (Slot(1, status, "SLXD1+"),)
    linked = {"LINK_STATUS 2": "LINKED.INACTIVE", "LINK_TX_MODEL 2": "{SLXD2+    }"}
    assert facts_of(SLXD_PLUS, linked, {}).slots == (Slot(2, SlotStatus.LINKED_INACTIVE, "SLXD2+"),)


def test_the_device_tells_what_it_is() -> None:
    values = {
        "MODEL": "{ULXD4Q      }",
        "DEVICE_ID": "{Rack_1  }",
        "FW_VER": "{2.7.6.0*  }",
        "RF_BAND": "{G50     }",
    }
    assert device_of(ULXD, values, 4) == DeviceHeard(
        DeviceKind.RECEIVER,
        channel_count=4,
        model="ULXD4Q",
        own_name="Rack_1",
        firmware="2.7.6.0*",
        rf_band="G50",
        raw=(("DEVICE_ID", "Rack_1"), ("FW_VER", "2.7.6.0*"), ("MODEL", "ULXD4Q"), ("RF_BAND", "G50")),
        device_warnings=frozenset({DeviceWarning.HARDWARE}),
    )
    assert device_of(QLXD, {}, 1).model == "QLXD4"
    assert device_of(ULXD, {}, 1).model is None


def test_the_vendors_words_are_kept_for_the_detail_screen() -> None:
    assert facts_of(ULXD, {"TX_TYPE": "UNKN", "CHAN_NAME": "{A>B     }"}, {}).raw == (
        ("CHAN_NAME", "A>B"),
        ("TX_TYPE", "UNKN"),
    )


@pytest.mark.parametrize(
    ("model", "dialect"),
    [
        ("ULXD4Q", ULXD),
        ("QLXD4", QLXD),
        ("AD4Q-A", AXIENT),
        ("SLXD4D", SLXD),
        ("SLXD4Q+", SLXD_PLUS),
        ("SLXD4QDAN+", SLXD_PLUS),
        ("P10T", PSM1000),
        ("MXWAPT8", MXW),
        ("SBC240", CHARGER),
        ("SBRC", CHARGER),
        ("SBC840M", CHARGER),
        ("SBC441", CHARGER),
        ("ANX4", ANX4),
        ("ADTQ", None),
        ("", None),
    ],
)
def test_models_and_their_dialects(model: str, dialect: Dialect | None) -> None:
    assert dialect_of(model) is dialect


def test_unknown_values_are_none() -> None:
    assert [parse_text(raw) for raw in (None, "UNKN", "UNKNOWN", "{        }", "--,--", "{--,--     }")] == [
        None
    ] * 6
    assert parse_battery_type("WARN") is None
    assert parse_minutes_note("nonsense") is None


@given(
    st.dictionaries(
        st.sampled_from([*values_of(ULXD4D_ON), "SLOT_STATUS 1", "TX_MODEL"]), st.text(max_size=12)
    )
)
def test_no_values_raise_or_break_a_limit(values: dict[str, str]) -> None:
    for dialect in (ULXD, QLXD, AXIENT, SLXD, SLXD_PLUS):
        read = facts_of(dialect, values, values)
        battery = read.transmitter.battery if read.transmitter else Battery()
        assert battery.percent is None or 0 <= battery.percent <= 100
        assert battery.bars is None or 0 <= battery.bars <= 5
        assert read.gain_db is None or -18 <= read.gain_db <= 42


def test_the_last_slot_is_read_and_one_beyond_it_is_not() -> None:
    values = {f"SLOT_STATUS {number}": "LINKED.ACTIVE" for number in (0, 8, 9)} | {"SLOT_TX_MODEL 8": "ADX1"}
    assert [(slot.number, slot.model) for slot in facts_of(AXIENT, values, {}).slots] == [(8, "ADX1")]


@pytest.mark.parametrize(("slot", "code"), [(0, "INVALID_VALUE"), (8, None), (9, "INVALID_VALUE")])
def test_the_last_slot_is_commanded_and_one_beyond_it_is_not(slot: int, code: str | None) -> None:
    values = {f"SLOT_STATUS {number}": "LINKED.ACTIVE" for number in range(10)}
    if code is None:
        prepared = prepare_command(SetSlotRf(1, slot, on=False), AXIENT, {1: values})
        assert prepared.set == Set(1, "SLOT_RF_OUTPUT", (str(slot), "RF_MUTE"))
        return
    with pytest.raises(DeviceError) as caught:
        prepare_command(SetSlotRf(1, slot, on=False), AXIENT, {1: values})
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("dialect", "values", "battery"),
    [
        (ULXD, {"BATT_BARS": "004"}, Battery(bars=4)),
        (ULXD, {"BATT_CHARGE": "078", "BATT_RUN_TIME": "00404"}, Battery(percent=78, minutes=404)),
        (AXIENT, {"TX_BATT_MINS": "65534"}, Battery(minutes_note=MinutesNote.CALCULATING)),
        (SLXD, {"TX_BATT_MINS": "00125"}, Battery(minutes=125)),
    ],
)
def test_a_charge_is_shown_before_the_type_of_its_transmitter_is_known(
    dialect: Dialect, values: dict[str, str], battery: Battery
) -> None:
    read = facts_of(dialect, values, {})
    assert read.transmitter_present is True
    assert read.transmitter == Transmitter(battery=battery)
    none = facts_of(dialect, values | {dialect.tx_model: "UNKNOWN"}, {})
    assert (none.transmitter_present, none.transmitter) == (False, None)


@pytest.mark.parametrize("values", [{"BATT_BARS": "255", "BATT_RUN_TIME": "65535"}, {"BATT_CYCLE": "00041"}])
def test_without_type_and_charge_nothing_is_known_of_a_transmitter(values: dict[str, str]) -> None:
    read = facts_of(ULXD, values, {})
    assert (read.transmitter_present, read.transmitter) == (None, None)


LINKED = {"LINK_STATUS 1": "LINKED.ACTIVE", "LINK_TX_MODEL 1": "{SLXD2+    }", "LINK_TX_BATT_MINS 1": "00125"}


@pytest.mark.parametrize(
    ("values", "present", "model", "minutes"),
    [
        (LINKED, True, "SLXD2+", 125),
        ({"LINK_TX_MODEL": "SLXD1+", "LINK_TX_BATT_MINS": "00060"}, True, "SLXD1+", 60),
        (LINKED | {"LINK_TX_BATT_MINS 1": "65535"}, True, "SLXD2+", None),
        (LINKED | {"LINK_STATUS 1": "LINKED.INACTIVE", "LINK_TX_BATT_MINS 1": "65535"}, None, None, None),
        ({"LINK_STATUS 1": "EMPTY", "LINK_TX_BATT_MINS 1": "65535"}, None, None, None),
        (LINKED | {"TX_MODEL": "SLXD1+", "TX_BATT_MINS": "00200"}, True, "SLXD1+", 200),
        (LINKED | {"TX_MODEL": "SLXD1+", "TX_BATT_MINS": "65535"}, True, "SLXD1+", 125),
        (LINKED | {"TX_MODEL": "UNKNOWN"}, False, None, None),
        (
            {
                "LINK_STATUS 1": "offline",
                "LINK_STATUS 2": "online",
                "LINK_TX_MODEL 1": "A",
                "LINK_TX_MODEL 2": "B",
            },
            True,
            "B",
            None,
        ),
    ],
)
def test_an_slxd_plus_may_describe_its_transmitter_by_its_link_alone(
    values: dict[str, str], present: bool | None, model: str | None, minutes: int | None
) -> None:
    read = facts_of(SLXD_PLUS, values, {})
    assert read.transmitter_present is present
    transmitter = read.transmitter or Transmitter()
    assert (transmitter.model, transmitter.battery.minutes) == (model, minutes)


def test_a_linked_slot_has_the_minutes_of_its_link() -> None:
    assert facts_of(SLXD_PLUS, LINKED, {}).slots == (
        Slot(1, SlotStatus.LINKED_ACTIVE, "SLXD2+", battery=Battery(minutes=125)),
    )


@pytest.mark.parametrize(
    ("dialect", "values", "lock"),
    [
        (AXIENT, {"TX_LOCK": "NONE"}, Lock.NONE),
        (AXIENT, {"TX_LOCK": "POWER"}, Lock.POWER),
        (AXIENT, {"TX_LOCK": "MENU"}, Lock.MENU),
        (AXIENT, {"TX_LOCK": "ALL"}, Lock.ALL),
        (AXIENT, {"TX_LOCK": "LOCKED"}, Lock.ALL),
        (AXIENT, {"TX_LOCK": "UNKNOWN"}, None),
        (ULXD, {"TX_MENU_LOCK": "OFF", "TX_PWR_LOCK": "OFF"}, Lock.NONE),
        (ULXD, {"TX_MENU_LOCK": "ON", "TX_PWR_LOCK": "OFF"}, Lock.MENU),
        (ULXD, {"TX_MENU_LOCK": "OFF", "TX_PWR_LOCK": "ON"}, Lock.POWER),
        (ULXD, {"TX_MENU_LOCK": "ON", "TX_PWR_LOCK": "ON"}, Lock.ALL),
        (ULXD, {"TX_MENU_LOCK": "UNKN", "TX_PWR_LOCK": "UNKN"}, None),
        (ULXD, {}, None),
    ],
)
def test_what_is_locked_at_a_transmitter(dialect: Dialect, values: dict[str, str], lock: Lock | None) -> None:
    read = facts_of(dialect, {dialect.tx_model: "ADX1"} | values, {})
    assert read.transmitter is not None
    assert read.transmitter.lock is lock


@pytest.mark.parametrize(("raw", "is_on"), [("ON", True), ("OFF", False), ("UNKNOWN", None)])
def test_a_talk_switch(raw: str, is_on: bool | None) -> None:
    read = facts_of(AXIENT, ON | {"TX_TALK_SWITCH": raw}, {})
    assert read.transmitter is not None
    assert read.transmitter.is_talk_switch_on is is_on


@pytest.mark.parametrize(
    ("raw", "lock"), [("OFF", Lock.NONE), ("MENU", Lock.MENU), ("ALL", Lock.ALL), ("?", None)]
)
def test_the_lock_of_a_front_panel_is_that_of_every_channel(raw: str, lock: Lock | None) -> None:
    assert facts_of(SLXD, {}, {"LOCK_STATUS": raw}).receiver_lock is lock


@pytest.mark.parametrize(
    ("values", "warnings"),
    [
        ({}, frozenset[DeviceWarning]()),
        ({"UNREGISTERED_TX_STATUS": "OK"}, frozenset[DeviceWarning]()),
        ({"UNREGISTERED_TX_STATUS": "ERROR"}, {DeviceWarning.UNREGISTERED_PACK}),
        # These have fields of their own.
        (
            {"RF_INT_DET": "CRITICAL", "ENCRYPTION_WARNING": "ON", "BATT_RUN_TIME": "65533"},
            frozenset[DeviceWarning](),
        ),
    ],
)
def test_what_a_receiver_warns_of_beside_its_values(
    values: dict[str, str], warnings: frozenset[DeviceWarning]
) -> None:
    assert facts_of(ULXD, values, {}).device_warnings == warnings


@pytest.mark.parametrize("dialect", [ULXD, CHARGER], ids=lambda dialect: dialect.family)
@pytest.mark.parametrize(
    ("firmware", "warnings"),
    [
        ("{2.0.15.2                }", frozenset[DeviceWarning]()),
        ("{2.0.15.2*               }", {DeviceWarning.HARDWARE}),
        ("{                        }", frozenset[DeviceWarning]()),
    ],
)
def test_firmware_whose_self_test_failed_is_a_warning_of_the_device(
    dialect: Dialect, firmware: str, warnings: frozenset[DeviceWarning]
) -> None:
    assert device_of(dialect, {"FW_VER": firmware}, 1).device_warnings == warnings
    assert device_of(dialect, {}, 1).device_warnings == frozenset()
