"""What a receiver answers, family by family (docs/reference/protocols/shure.md 1, 3 to 7)."""

import pytest

from micboard_tui.domain.channel import Meters
from micboard_tui.manufacturers.shure.families import Family as DriverFamily
from micboard_tui.manufacturers.shure.strings.meter_mapping import meters_of_values
from micboard_tui.protocols.shure_strings.messages import unquote_text
from micboard_tui.simulator.rack.rack_layout import RackOptions
from micboard_tui.simulator.shure.strings.families.qlxd import QLXD
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.families.slxd import SLXD, SLXD_AS_DOCUMENTED
from micboard_tui.simulator.shure.strings.models import BLUEPRINTS
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.stage.pack import Pack
from tests.simulator.strings_clients import (
    RECEIVER_MODELS,
    Err,
    Get,
    Rep,
    Sample,
    answers_to,
    channel_of,
    device_of,
    message_of,
    receiver_of,
    receivers_of,
    values_by_property,
)

FAMILIES = {model: receiver_of(model).family for model in sorted(RECEIVER_MODELS)}
SAYS_ERR = [model for model, family in FAMILIES.items() if family.says_err]
TAKES_0 = [model for model, family in FAMILIES.items() if family.lists_all_channels and family is not QLXD]


def rep(frame: str) -> Rep:
    message = message_of(f"REP {frame}")
    assert isinstance(message, Rep)
    return message


AXIENT_NAMES = {"CHAN_NAME": 31, "GROUP_CHANNEL": 10, "TX_DEVICE_ID": 31}
WIDTHS: dict[str, dict[str, int]] = {
    "ULXD4D": {"MODEL": 32, "DEVICE_ID": 8, "FW_VER": 18, "NA_DEVICE_NAME": 31, "CHAN_NAME": 8},
    "QLXD4": {"DEVICE_ID": 8, "FW_VER": 18, "CHAN_NAME": 8, "TX_DEVICE_ID": 8},
    "AD4D-A": {"MODEL": 32, "DEVICE_ID": 31, "FW_VER": 24, "RF_BAND": 8, **AXIENT_NAMES},
    "SLXD4D": {"DEVICE_ID": 8, "FW_VER": 24, "RF_BAND": 8, "CHAN_NAME": 31, "GROUP_CHANNEL": 10},
    "SLXD4Q+": {"MODEL": 32, "DEVICE_ID": 8, "NA_DEVICE_NAME": 31, "NA_CHAN_NAME": 31, "CHAN_NAME": 31},
}
DIGITS: dict[str, dict[str, int]] = {
    "ULXD4": {"FREQUENCY": 6, "AUDIO_GAIN": 3, "METER_RATE": 5, "BATT_BARS": 3, "BATT_RUN_TIME": 5},
    "QLXD4": {"FREQUENCY": 6, "AUDIO_GAIN": 3, "METER_RATE": 5, "BATT_CYCLE": 5, "AUDIO_LVL": 3},
    "AD4Q-A": {"FREQUENCY": 7, "TX_BATT_MINS": 5, "TX_OFFSET": 3, "AUDIO_LED_BITMAP": 3},
    "SLXD4": {"FREQUENCY": 7, "TX_BATT_MINS": 5, "TX_BATT_BARS": 3, "AUDIO_LEVEL_PEAK": 3},
}


@pytest.mark.parametrize("model", WIDTHS)
def test_strings_are_padded_to_their_width(model: str) -> None:
    told = values_by_property(answers_to(receiver_of(model), "GET 1 ALL"))
    lengths = {name: len(values[0]) - 2 for (_, name), values in told.items() if values[0].startswith("{")}
    assert {name: lengths[name] for name in WIDTHS[model]} == WIDTHS[model]


@pytest.mark.parametrize("model", DIGITS)
def test_numbers_have_their_digits(model: str) -> None:
    values = values_by_property(answers_to(receiver_of(model), "GET 1 ALL"))
    assert {name: len(values[1, name][0]) for name in DIGITS[model]} == DIGITS[model]
    assert all(values[1, name][0].isdigit() for name in DIGITS[model])


@pytest.mark.parametrize("model", TAKES_0)
def test_index_0_lists_the_device_once_and_every_channel(model: str) -> None:
    answer = answers_to(receiver_of(model), "GET 0 ALL")
    own = [each.property for each in answer if isinstance(each, Rep) and each.channel is None]
    assert len(own) == len(set(own)) > 3
    channels = {each.channel for each in answer if isinstance(each, Rep)} - {None}
    assert channels == set(range(1, BLUEPRINTS[model].channels + 1))


@pytest.mark.parametrize("model", FAMILIES)
def test_everything_listed_can_be_asked_for_alone(model: str) -> None:
    receiver = receiver_of(model)
    for message in answers_to(receiver, "GET 1 ALL"):
        assert isinstance(message, Rep)
        second = message.values[:1] if message.property.startswith(("SLOT_", "LINK_")) else ()
        reply = receiver.answer(Get(message.channel, message.property, second))
        assert any(message_of(frame.decode()[2:-2]) == message for frame in reply.to_asker)
        assert reply.to_all == []


REFUSED = (
    "GET 99 CHAN_NAME",
    "GET 1 NONSENSE",
    "GET NONSENSE",
    "GET ALL",
    "GET 0 MODEL",
    "GET CHAN_NAME",
    "GET 1 CHAN_NAME 1",
    "SET 1 FREQUENCY 1",
    "SET 1 FREQUENCY 500001",
    "SET 1 FREQUENCY many",
    "SET 1 FREQUENCY",
    "SET 1 FREQUENCY 99999999999",
    "SET 1 AUDIO_GAIN 999",
    "SET 1 AUDIO_GAIN INC x",
    "SET 1 METER_RATE 00099",
    "SET 1 METER_RATE 100000",
    "SET 1 CHAN_NAME {Nine char}",
    "SET 1 CHAN_NAME {}",
    "SET 1 CHAN_NAME {a|b}",
    "SET 1 CHAN_NAME bare",
    "SET 1 TX_BATT_BARS 5",
    "SET MODEL {Other}",
    "SET 99 AUDIO_GAIN 1",
    "SET 1 FLASH MAYBE",
    "REP 1 CHAN_NAME {Lead}",
    "REP ERR",
    "SAMPLE 1 ALL AX 087 023",
)


@pytest.mark.parametrize("model", SAYS_ERR)
def test_what_makes_no_sense_is_refused_and_changes_nothing(model: str) -> None:
    receiver = receiver_of(model)
    before = answers_to(receiver, "GET 1 ALL")
    for frame in REFUSED:
        assert answers_to(receiver, frame) == [Err()], frame
        assert answers_to(receiver, "GET 1 ALL") == before, frame


def test_a_group_that_does_not_exist_is_refused() -> None:
    for model, frames in {
        "ULXD4": ("GROUP_CHAN --,--", "GROUP_CHAN 99,01", "GROUP_CHAN 01,00", "GROUP_CHAN 0601"),
        "AD4D-A": ("GROUP_CHANNEL {--,--}", "GROUP_CHANNEL {1,101}", "GROUP_CHANNEL 1,1"),
    }.items():
        receiver = receiver_of(model)
        for frame in frames:
            assert answers_to(receiver, f"SET 1 {frame}") == [Err()]


def test_qlxd_is_silent_where_others_refuse() -> None:
    receiver = receiver_of("QLXD4")
    assert receiver.family is QLXD
    for frame in ("GET MODEL", "GET 0 ALL", "GET 0 CHAN_NAME", "SET 0 METER_RATE 1000", "GET 1 AUDIO_MUTE",
                  "SET 1 FLASH ON", "SET 1 AUDIO_GAIN 999", "GET 2 CHAN_NAME"):  # fmt: skip
        assert answers_to(receiver, frame) == []
    (answer,) = answers_to(receiver, "GET 1 MAC_ADDR")
    assert values_by_property([answer])[1, "MAC_ADDR"][0].startswith("00:0E:DD:")


def test_slxd_plus_refuses_the_list_of_all_channels_only() -> None:
    receiver = receiver_of("SLXD4Q+")
    assert answers_to(receiver, "GET 0 ALL") == [Err()]
    assert len(answers_to(receiver, "GET 0 CHAN_NAME")) == 4
    assert len(answers_to(receiver, "GET 4 ALL")) > 20


def test_slxd_plus_tells_little_of_an_empty_channel() -> None:
    receiver = receiver_of("SLXD4Q+")
    receiver.channels[1].air.pack.switch(on=False)
    values = {name for channel, name in values_by_property(answers_to(receiver, "GET 2 ALL")) if channel == 2}
    assert values == {"CHAN_NAME", "AUDIO_GAIN", "FREQUENCY", "GROUP_CHANNEL", "METER_RATE", "TX_MODEL"}


def test_slxd_plus_speaks_as_the_real_unit_did() -> None:
    receiver = receiver_of("SLXD4D+")
    assert len(answers_to(receiver, "GET 1 RSSI")) == 1
    assert values_by_property(answers_to(receiver, "GET 1 LINK_STATUS 1"))[1, "LINK_STATUS"] == (
        "1",
        "online",
    )
    assert values_by_property(answers_to(receiver, "GET 1 LINK_STATUS 2"))[1, "LINK_STATUS"] == (
        "2",
        "offline",
    )
    (model,) = answers_to(receiver, "GET 1 SLOT_TX_MODEL 1")
    assert len(values_by_property([model])[1, "SLOT_TX_MODEL"][1]) == 12
    assert answers_to(receiver, "GET 1 LINK_STATUS") == [Err()]
    assert answers_to(receiver, "GET 1 LINK_TX_MODEL 1") == [Err()]


def test_a_frequency_by_hand_leaves_its_group() -> None:
    for model, frequency, group in (
        ("ULXD4", "482125", "GROUP_CHAN --,--"),
        ("QLXD4", "482125", "GROUP_CHAN --,--"),
        ("SLXD4", "522125", "GROUP_CHANNEL {--,--     }"),
        ("AD4D-A", "594075", "GROUP_CHANNEL {--,--     }"),
    ):
        news = answers_to(receiver_of(model), f"SET 1 FREQUENCY {frequency}")
        width = 6 if "XD4" in model and model[0] in "UQ" else 7
        assert rep(f"1 FREQUENCY {frequency:0>{width}}") in news
        assert rep(f"1 {group}") in news
        assert len(news) == len({*map(str, news)})


def test_a_group_brings_its_frequency() -> None:
    receiver = receiver_of("AD4D-A")
    news = answers_to(receiver, "SET 2 GROUP_CHANNEL {6,100}")
    values = values_by_property(news)
    assert unquote_text(values[2, "GROUP_CHANNEL"][0]) == "6,100"
    assert (
        values[2, "FREQUENCY"] == values_by_property(answers_to(receiver, "GET 2 FREQUENCY"))[2, "FREQUENCY"]
    )
    plain = values_by_property(answers_to(receiver_of("ULXD4"), "SET 1 GROUP_CHAN 06,11"))
    assert plain[1, "GROUP_CHAN"] == ("06,11",)
    assert (1, "FREQUENCY") in plain


def test_the_second_carrier_of_frequency_diversity_is_tuned_alone() -> None:
    receiver = receivers_of(RackOptions(receivers=3))[2]
    first = values_by_property(answers_to(receiver, "GET 1 ALL"))
    assert first[1, "FD_MODE"] == ("FD-C",)
    assert first[1, "GROUP_CHANNEL2"] == ("{--,--     }",)
    assert answers_to(receiver, "SET 1 FREQUENCY2 612000") == [rep("1 FREQUENCY2 0612000")]
    assert answers_to(receiver, "SET 1 FREQUENCY2 700000") == [Err()]
    values = values_by_property(answers_to(receiver, "SET 1 GROUP_CHANNEL2 {2,5}"))
    assert set(values) == {(1, "FREQUENCY2"), (1, "GROUP_CHANNEL2")}
    assert (
        values_by_property(answers_to(receiver, "GET 1 FREQUENCY"))[1, "FREQUENCY"] == first[1, "FREQUENCY"]
    )
    assert answers_to(receiver, "GET 2 FREQUENCY2") == [Err()]
    answers_to(receiver, "SET 0 METER_RATE 100")
    assert [len(each.values) for each in samples(receiver)] == [4 + 2 * 5, 4 + 5]


def test_only_a_pack_on_showlink_follows_its_receiver() -> None:
    plain, linked = receiver_of("ULXD4"), receiver_of("AD4D-A")
    linked.channels[0].air.pack.is_remote = True
    assert rep("1 TX_TYPE UNKN") in answers_to(plain, "SET 1 FREQUENCY 482125")
    assert not any(
        each.property == "TX_MODEL"
        for each in answers_to(linked, "SET 1 FREQUENCY 594075")
        if isinstance(each, Rep)
    )
    assert linked.channels[0].air.is_heard


def test_gain_steps_stop_at_the_limits() -> None:
    receiver = receiver_of("SLXD4")
    assert answers_to(receiver, "SET 1 AUDIO_GAIN 40") == [rep("1 AUDIO_GAIN 040")]
    assert answers_to(receiver, "SET 1 AUDIO_GAIN DEC 5") == [rep("1 AUDIO_GAIN 035")]
    assert answers_to(receiver, "SET 1 AUDIO_GAIN INC 99") == [rep("1 AUDIO_GAIN 060")]
    assert answers_to(receiver, "SET 1 AUDIO_GAIN DEC 99") == [rep("1 AUDIO_GAIN 000")]


def test_mute_toggles() -> None:
    receiver = receiver_of("ULXD4D")
    assert answers_to(receiver, "SET 1 AUDIO_MUTE TOGGLE") == [rep("1 AUDIO_MUTE ON")]
    assert answers_to(receiver, "SET 1 AUDIO_MUTE TOGGLE") == [rep("1 AUDIO_MUTE OFF")]
    assert answers_to(receiver, "SET 0 AUDIO_MUTE ON") == [rep("1 AUDIO_MUTE ON"), rep("2 AUDIO_MUTE ON")]


def test_a_value_in_force_is_confirmed_to_the_asker_alone() -> None:
    receiver = receiver_of("ULXD4")
    gain = receiver.channels[0].gain
    reply = receiver.answer(message_of(f"SET 1 AUDIO_GAIN {gain}"))
    assert len(reply.to_asker) == 1
    assert reply.to_all == []


def test_names_and_modes_are_kept() -> None:
    receiver = receiver_of("ULXD4D")
    assert answers_to(receiver, "SET DEVICE_ID {A>B [x]}") == [rep("DEVICE_ID {A>B [x] }")]
    assert answers_to(receiver, "SET 2 CHAN_NAME {Lead Vox}")[0] == rep("2 CHAN_NAME {Lead Vox}")
    assert answers_to(receiver, "SET AUDIO_SUMMING_MODE 1+2") == [rep("AUDIO_SUMMING_MODE 1+2")]
    assert answers_to(receiver, "SET AUDIO_SUMMING_MODE 5+6") == [Err()]
    assert answers_to(receiver, "GET NET_SETTINGS SC")[0] == rep(
        f"NET_SETTINGS SC AUTO 127.000.000.002 255.255.255.000 000.000.000.000 {receiver.device.mac}"
    )
    assert answers_to(receiver_of("SLXD4D+"), "SET AUDIO_SUMMING_MODE OFF") == [Err()]


def test_flashing_stops_by_itself_and_says_so() -> None:
    receiver = receiver_of("ULXD4")
    assert answers_to(receiver, "SET FLASH ON") == [rep("FLASH ON")]
    assert answers_to(receiver, "SET 1 FLASH ON") == [rep("1 FLASH ON")]
    assert answers_to(receiver, "GET 1 FLASH") == [rep("1 FLASH ON")]
    news = [frame for _ in range(200) for frame in receiver.step(0.1)]
    assert sorted(news) == [b"< REP 1 FLASH OFF >", b"< REP FLASH OFF >"]
    answers_to(receiver, "SET FLASH ON")
    assert answers_to(receiver, "SET FLASH OFF") == [rep("FLASH OFF")]


def test_slxd_flashing_can_only_be_written() -> None:
    receiver = receiver_of("SLXD4")
    assert answers_to(receiver, "SET 1 FLASH ON") == [rep("1 FLASH ON")]
    assert answers_to(receiver, "GET 1 FLASH") == [Err()]


def test_meter_rates_belong_to_channels_and_end_with_a_reboot() -> None:
    receiver = receiver_of("ULXD4D")
    assert answers_to(receiver, "SET 2 METER_RATE 99999") == [rep("2 METER_RATE 99999")]
    assert answers_to(receiver, "SET 1 METER_RATE 100") == [rep("1 METER_RATE 00100")]
    assert [message.channel for message in samples(receiver)] == [1]
    assert answers_to(receiver, "SET 1 METER_RATE 0") == [rep("1 METER_RATE 00000")]
    assert samples(receiver) == []
    answers_to(receiver, "SET 1 METER_RATE 00100")
    answers_to(receiver, "SET 1 FLASH ON")
    receiver.reboot()
    assert samples(receiver) == []
    assert answers_to(receiver, "GET 0 METER_RATE") == [rep("1 METER_RATE 00000"), rep("2 METER_RATE 00000")]
    assert receiver.step(0.1) == []


def samples(receiver: Receiver) -> list[Sample]:
    return [
        each
        for frame in receiver.samples(100)
        if isinstance(each := message_of(frame.decode()[2:-2]), Sample)
    ]


def test_antennas_are_asked_for_one_by_one_or_all_at_once() -> None:
    slxd = receiver_of("SLXD4")
    documented = Receiver(SLXD_AS_DOCUMENTED, slxd.device, slxd.channels)
    for receiver in (receiver_of("AD4D-A"), documented):
        both = answers_to(receiver, "GET 1 RSSI 0")
        assert [values[0] for values in (each.values for each in both if isinstance(each, Rep))] == ["1", "2"]
        assert answers_to(receiver, "GET 1 RSSI") == both
        assert answers_to(receiver, "GET 1 RSSI 2") == both[1:]
        assert answers_to(receiver, "GET 1 RSSI 3") == [Err()]


@pytest.mark.parametrize(
    ("family", "frames", "meters"),
    [
        (SLXD, [b"< REP 1 RSSI 083 >"], Meters(-37.0, None, None, None, None, True)),
        (
            SLXD_AS_DOCUMENTED,
            [b"< REP 1 RSSI 1 083 >", b"< REP 1 RSSI 2 064 >"],
            Meters(-37.0, None, None, None, None, True),
        ),
    ],
    ids=["as two real units", "as documented"],
)
def test_an_slxd_tells_one_level_or_one_an_antenna_and_both_are_read(
    family: Family, frames: list[bytes], meters: Meters
) -> None:
    channel = channel_of(1, Pack("SLXD2"))
    channel.air.rf_dbm[:] = [-37, -56]
    receiver = Receiver(family, device_of("SLXD4", "SLXD4", "1.4.7.0", band="G55"), [channel])
    reply = receiver.answer(message_of("GET 1 RSSI"))
    assert reply.to_asker == frames
    values = {
        " ".join([rep.property, *rep.values[:-1]]): rep.values[-1]
        for rep in map(message_of, (frame.decode()[2:-2] for frame in reply.to_asker))
        if isinstance(rep, Rep)
    }
    assert meters_of_values(DriverFamily.SLXD, values) == meters


def test_slots_are_set_only_while_linked_and_active() -> None:
    receiver = receiver_of("AD4Q-A")
    linked = next(each for each in receiver.channels if each.air.pack.is_remote)
    x = linked.number
    receiver.step(0.1)
    powered = answers_to(receiver, f"SET {x} SLOT_RF_POWER_MODE 1 HIGH")
    assert powered == [
        rep(f"{x} TX_POWER_LEVEL 035"),
        rep(f"{x} SLOT_RF_POWER 1 035"),
        rep(f"{x} SLOT_RF_POWER_MODE 1 HIGH"),
    ]
    assert rep(f"{x} SLOT_OFFSET 1 033") in answers_to(receiver, f"SET {x} SLOT_OFFSET 1 INC 40")
    assert rep(f"{x} SLOT_TX_DEVICE_ID 1 {{{'New':31}}}") in answers_to(
        receiver, f"SET {x} SLOT_TX_DEVICE_ID 1 {{New}}"
    )
    assert answers_to(receiver, f"SET {x} SLOT_RF_OUTPUT 1 MAYBE") == [Err()]
    muted = answers_to(receiver, f"SET {x} SLOT_RF_OUTPUT 1 RF_MUTE")
    assert rep(f"{x} SLOT_RF_OUTPUT 1 RF_MUTE") in muted
    assert rep(f"{x} TX_MODEL UNKNOWN") in muted
    assert values_by_property(answers_to(receiver, f"GET {x} SLOT_STATUS 1"))[x, "SLOT_STATUS"] == (
        "1",
        "LINKED.ACTIVE",
    )
    linked.air.pack.switch(on=False)
    assert values_by_property(answers_to(receiver, f"GET {x} SLOT_STATUS 1"))[x, "SLOT_STATUS"] == (
        "1",
        "LINKED.INACTIVE",
    )
    assert answers_to(receiver, f"SET {x} SLOT_RF_OUTPUT 1 RF_ON") == [Err()]
    assert answers_to(receiver, f"SET {x} SLOT_OFFSET 8 020") == [Err()]
    assert answers_to(receiver, f"SET {x} SLOT_STATUS 1 EMPTY") == [Err()]
    assert len(answers_to(receiver, f"GET {x} SLOT_STATUS 0")) == 8
    assert answers_to(receiver, f"GET {x} SLOT_STATUS") == [Err()]


def test_pads_and_polarity_belong_to_bodypacks() -> None:
    receiver = receiver_of("AD4Q-A")
    channel = next(each for each in receiver.channels if each.air.pack.is_remote)
    pack, x = channel.air.pack, channel.number
    pack.pad_on = False
    assert rep(f"{x} SLOT_INPUT_PAD 1 000") in answers_to(receiver, f"SET {x} SLOT_INPUT_PAD 1 000")
    assert rep(f"{x} SLOT_POLARITY 1 NEGATIVE") in answers_to(receiver, f"SET {x} SLOT_POLARITY 1 NEGATIVE")
    pack.pad_on = None
    assert answers_to(receiver, f"SET {x} SLOT_INPUT_PAD 1 012") == [Err()]
    assert answers_to(receiver, f"SET {x} SLOT_POLARITY 1 POSITIVE") == [Err()]
    assert answers_to(receiver, f"GET {x} SLOT_INPUT_PAD 1") == [rep(f"{x} SLOT_INPUT_PAD 1 255")]


def test_a_pack_without_showlink_tells_its_battery_to_its_channel_only() -> None:
    receiver = receiver_of("AD4D-A")
    channel = receiver.channels[0]
    channel.slots[0].is_linked = False
    questions = ("GET 1 SLOT_STATUS 1", "GET 1 SLOT_BATT_MINS 1", "GET 1 TX_BATT_BARS")
    values = values_by_property([answer for text in questions for answer in answers_to(receiver, text)])
    assert values[1, "SLOT_STATUS"] == ("1", "STANDARD")
    assert values[1, "SLOT_BATT_MINS"] == ("1", "65535")
    assert values[1, "TX_BATT_BARS"] != ("255",)


def test_what_happens_on_stage_is_told_once() -> None:
    receiver = receiver_of("AD4D-A")
    air = receiver.channels[0].air
    receiver.step(0.1)
    air.pack.mute(on=True)
    air.interfere(on=True)
    air.mismatch(on=True)
    air.step(0.1, 0.0)
    assert sorted(receiver.step(0.1)) == [
        b"< REP 1 ENCRYPTION_STATUS ERROR >",
        b"< REP 1 INTERFERENCE_STATUS DETECTED >",
        b"< REP 1 TX_MUTE_MODE_STATUS MUTE >",
    ]
    assert receiver.step(0.1) == []


def test_only_table_microphones_tell_ulxd_that_they_are_muted() -> None:
    receiver = receiver_of("ULXD4")
    pack = receiver.channels[0].air.pack
    pack.mute(on=True)
    for model, word, source in (("ULXD2", "UNKN", "UNKNOWN"), ("ULXD8", "ON", "BATTERY")):
        pack.model = model
        values = values_by_property(answers_to(receiver, "GET 1 ALL"))
        assert values[1, "TX_MUTE_STATUS"] == (word,)
        assert values[1, "TX_POWER_SOURCE"] == (source,)


def test_minutes_are_unknown_for_a_while_after_power_on() -> None:
    receiver = receiver_of("SLXD4")
    pack = receiver.channels[0].air.pack
    pack.switch(on=False)
    pack.switch(on=True)
    assert answers_to(receiver, "GET 1 TX_BATT_MINS") == [rep("1 TX_BATT_MINS 65534")]
    pack.step(61.0, 1.0)
    (minutes,) = values_by_property(answers_to(receiver, "GET 1 TX_BATT_MINS")).values()
    assert int(minutes[0]) < 1000
