import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.channel import ChannelFacts, DeviceWarning, Encryption, Meters, Transmitter
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import Ewdx
from micboard_tui.manufacturers.sennheiser.sscv2.values import MAX_RAW, MAX_TEXT
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence
from micboard_tui.protocols.sscv2.message import Json, News, read_json
from micboard_tui.protocols.sscv2.path import IDENTITY
from micboard_tui.protocols.sscv2.tree import Tree
from tests.protocols.sscv2_wire import answers, events
from tests.protocols.test_sscv2_tree import anything

EWDX = Ewdx()
PROMISE_S = 2.0


def linked(**changed: Json) -> Tree:
    """Channel 1 of a receiver as the reference writes it, with some resources changed."""
    tree = Tree()
    resources: dict[str, Json] = {
        "/api/channel/0": {"name": "LEAD", "mute": False, "gain": 12, "mates": ["TX1"]},
        "/api/channel/0/warnings": [],
        "/api/rf/channels/0": {
            "frequency": 552300,
            "presets": {"type": "Factory", "bank": 3, "channel": 12},
        },
        "/api/rf/encryption": {"enabled": True},
        "/api/transmitters/0": {"type": "EW_DX_SKM", "name": "Maya", "mute": False, "trim": -6},
        "/api/transmitters/0/battery": {"gauge": 84, "lifetime": 455, "type": "Battery"},
        "/api/channel/0/signalQualityIndicator": {"value": 96},
        "/api/channel/0/signalStrengthIndicator": {"value": -62.5},
        "/api/channel/0/diversityIndicator": {"value": 1},
        "/api/channel/0/level": {"value": -21.4},
    }
    names = {"channel": "/api/channel/0", "battery": "/api/transmitters/0/battery"}
    resources |= {
        names.get(name, f"/api/{name.replace('__', '/')}"): value for name, value in changed.items()
    }
    for path, value in resources.items():
        tree.take(path, value)
    return tree


def linked_paths(changed: dict[str, Json]) -> dict[str, Json]:
    return {
        "/api/channel/0" if name == "channel" else f"/api/{name.replace('__', '/')}": value
        for name, value in changed.items()
    }


def facts(tree: Tree) -> ChannelFacts:
    return EWDX.facts_of(tree, 1, Presence.HERE, PROMISE_S)


def meters(tree: Tree) -> Meters:
    result = EWDX.meters_of(tree, 1)
    assert result is not None
    return result


def test_a_linked_channel_is_read_by_value() -> None:
    channel_facts = facts(linked())

    assert channel_facts == ChannelFacts(
        name="LEAD",
        frequency_khz=552300,
        group_channel="b3,12",
        gain_db=12,
        receiver_muted=False,
        encryption=Encryption.ON,
        transmitter_present=True,
        transmitter=Transmitter(
            model="EW-DX SKM",
            name="Maya",
            muted=False,
            offset_db=-6,
            battery=Battery(percent=84, minutes=455),
        ),
        meter_interval_s=PROMISE_S,
        raw=channel_facts.raw,
    )
    assert {name.partition(" ")[0] for name, _ in channel_facts.raw} == {
        "channel/0",
        "channel/0/warnings",
        "rf/channels/0",
        "transmitters/0",
        "transmitters/0/battery",
    }
    assert ("channel/0/warnings", '["AfPeak"]') in facts(linked(channel__0__warnings=["AfPeak"])).raw
    assert ("channel/0 gain", "12") in channel_facts.raw
    assert ("channel/0 mates", '["TX1"]') in channel_facts.raw
    assert ("transmitters/0/battery gauge", "84") in channel_facts.raw
    assert list(channel_facts.raw) == sorted(channel_facts.raw)


def test_its_levels_are_read_by_value() -> None:
    assert meters(linked()) == Meters(
        rf_dbm=-62.5, rf_a_dbm=-62.5, audio_dbfs=-21.4, antenna="A", carrier=True, quality_percent=96
    )


def test_the_conversation_of_the_reference_is_read_by_value() -> None:
    tree = Tree()
    for event in events("ewdx.txt"):
        if isinstance(event, News):
            for path, value in event.values:
                tree.take(path, value)
    tree.replace(IDENTITY, read_json(answers("ewdx.txt")[1][1]))
    tree.replace("/api/transmitters/0/battery", read_json(answers("ewdx.txt")[3][1]))

    assert facts(tree).name == "LEAD"
    assert facts(tree).gain_db == 12
    assert EWDX.presence_of(tree, 1) is Presence.HERE
    assert meters(tree) == Meters(carrier=True, quality_percent=96)
    reported = EWDX.device_of(tree, [1, 2, 3, 4])
    assert (reported.model, reported.channel_count, reported.kind) == (
        "EW-DX EM 4 Dante",
        4,
        DeviceKind.RECEIVER,
    )


def test_a_device_has_its_name_its_band_and_its_firmware() -> None:
    tree = Tree()
    tree.take(IDENTITY, {"product": "EWDX2CHS", "serial": "1234567890"})
    tree.take("/api/device/site", {"deviceName": "EWDX_A"})
    tree.take("/api/rf", {"code": "Q1-9"})
    tree.take("/api/firmware/update/state", {"deviceVersion": "4.0.1"})

    reported = EWDX.device_of(tree, [1, 2])
    assert reported == DeviceHeard(
        DeviceKind.RECEIVER,
        2,
        "EW-DX EM 2",
        "EWDX_A",
        "4.0.1",
        "Q1-9",
        raw=reported.raw,
        serial="1234567890",
    )
    assert reported.raw == (
        ("device/identity product", "EWDX2CHS"),
        ("device/identity serial", "1234567890"),
        ("device/site deviceName", "EWDX_A"),
        ("firmware/update/state deviceVersion", "4.0.1"),
        ("rf code", "Q1-9"),
    )
    assert EWDX.device_of(Tree(), []) == DeviceHeard(DeviceKind.RECEIVER, 0)


def test_an_unknown_model_keeps_its_own_spelling() -> None:
    tree = Tree()
    tree.take(IDENTITY, {"product": "EWDX8CH"})

    assert EWDX.device_of(tree, []).model == "EWDX8CH"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Presence.HERE),
        ({"channel": {"mates": []}}, Presence.LOST),
        ({"channel__0__warnings": ["NoLink"]}, Presence.LOST),
        ({"channel__0__signalQualityIndicator": {"value": 0}}, Presence.LOST),
        ({"channel": {"name": "without mates"}}, Presence.HERE),
    ],
)
def test_a_transmitter_is_there_until_one_sign_is_against_it(
    changed: dict[str, Json], expected: Presence
) -> None:
    tree = linked()
    for path, value in linked_paths(changed).items():
        tree.replace(path, value)

    assert EWDX.presence_of(tree, 1) is expected


def test_before_anything_is_reported_all_is_unknown() -> None:
    tree = Tree()
    assert EWDX.presence_of(tree, 1) is Presence.UNKNOWN
    tree.take("/api/transmitters/0/battery", {"gauge": 50})
    assert EWDX.presence_of(tree, 1) is Presence.HERE
    signs: dict[str, Json] = {
        "/api/channel/0": {"mates": ["TX1"]},
        "/api/channel/0/signalQualityIndicator": {"value": 5},
    }
    for path, value in signs.items():
        tree = Tree()
        tree.take(path, value)
        assert EWDX.presence_of(tree, 1) is Presence.HERE


@pytest.mark.parametrize("muted", [True, False, "true", 1, None])
def test_a_switch_is_on_off_or_unknown(muted: Json) -> None:
    assert facts(linked(channel={"mute": muted})).receiver_muted is (
        muted if isinstance(muted, bool) else None
    )


@pytest.mark.parametrize(
    ("presence", "present", "transmitter"),
    [(Presence.LOST, True, Transmitter()), (Presence.AWAY, False, None), (Presence.UNKNOWN, None, None)],
)
def test_a_transmitter_that_is_not_there_has_no_battery(
    presence: Presence, present: bool | None, transmitter: Transmitter | None
) -> None:
    channel_facts = EWDX.facts_of(linked(), 1, presence, PROMISE_S)

    assert channel_facts.transmitter_present is present
    assert channel_facts.transmitter == transmitter


def test_a_channel_that_hears_nothing_has_no_carrier_whatever_its_quality() -> None:
    assert meters(linked(channel__0__warnings=["NoLink"])).carrier is False


@pytest.mark.parametrize("spelt", ["TX2", "tx2", "mates/tx2", " TX2 "])
def test_the_mate_is_found_however_it_is_spelt(spelt: str) -> None:
    tree = linked(channel={"mates": [spelt]}, transmitters__1__battery={"gauge": 40, "lifetime": 90})

    transmitter = facts(tree).transmitter
    assert transmitter is not None
    assert transmitter.battery == Battery(percent=40, minutes=90)
    assert EWDX.transmitter_paths(tree, 1)[0] == "/api/transmitters/1"
    assert EWDX.stale_paths(tree, [1]) == ["/api/transmitters/0", "/api/transmitters/0/battery"]


def test_a_channel_whose_mates_are_not_reported_has_the_transmitter_of_its_number() -> None:
    assert EWDX.transmitter_paths(Tree(), 2) == (
        "/api/transmitters/1",
        "/api/transmitters/1/battery",
        "/api/transmitters/1/warnings",
    )
    assert EWDX.transmitter_paths(linked(channel={"mates": []}), 1) == ()


def test_a_mate_that_cannot_be_read_is_the_one_of_the_same_number() -> None:
    assert EWDX.transmitter_paths(linked(channel={"mates": ["pack seven", 5]}), 1)[0] == "/api/transmitters/0"
    assert EWDX.transmitter_paths(linked(channel={"mates": ["TX0"]}), 1)[0] == "/api/transmitters/0"


@pytest.mark.parametrize(
    ("resource", "battery"),
    [
        (
            {"gauge": 0, "lifetime": 0, "type": "Battery"},
            Battery(percent=0, minutes=0),
        ),
        ({"gauge": 70, "type": "PrimaryCell"}, Battery(percent=70)),
        ({"gauge": 0, "lifetime": 0, "type": "NoBattery"}, NO_BATTERY),
        ({"gauge": 2000, "lifetime": -1, "type": 5}, NO_BATTERY),
        ({"gauge": 50, "lifetime": 70_000}, Battery(percent=50)),
        ({"gauge": "84", "lifetime": None}, NO_BATTERY),
        ({"gauge": True, "lifetime": 1e400}, NO_BATTERY),
    ],
    ids=["empty", "primary", "none", "out of range", "too many minutes", "no numbers", "no numbers either"],
)
def test_a_battery_is_only_what_is_in_range(resource: Json, battery: Battery) -> None:
    tree = linked()
    tree.replace("/api/transmitters/0/battery", resource)

    transmitter = facts(tree).transmitter
    assert transmitter is not None
    assert transmitter.battery == battery


@pytest.mark.parametrize(
    ("presets", "shown"),
    [
        ({"type": "User", "bank": 1, "channel": 3}, "u1,3"),
        ({"type": "User", "bank": 0, "channel": 0}, "u0,0"),
        ({"type": "User", "bank": 999, "channel": 999}, "u999,999"),
        ({"type": "User", "bank": 1000, "channel": 3}, None),
        ({"type": "User", "bank": 1, "channel": 1000}, None),
        ({"type": "None", "bank": 0, "channel": 0}, None),
        ({"type": "Factory", "bank": "x", "channel": 3}, None),
        ({}, None),
        ("Factory", None),
    ],
)
def test_a_preset_is_shown_where_there_is_one(presets: Json, shown: str | None) -> None:
    assert facts(linked(rf__channels__0={"presets": presets})).group_channel == shown


def test_a_wrong_key_outweighs_the_mode() -> None:
    assert facts(linked(channel__0__warnings=["Aes256Error"])).encryption is Encryption.MISMATCH
    assert facts(linked(rf__encryption={"enabled": False})).encryption is Encryption.OFF
    assert facts(Tree()).encryption is None


@pytest.mark.parametrize(
    ("diversity", "expected"),
    [(0, (None, None, None)), (1, ("A", -62.5, None)), (2, ("B", None, -62.5)), (3, (None, None, None))],
)
def test_the_antenna_in_use_has_the_level(
    diversity: Json, expected: tuple[str | None, float | None, float | None]
) -> None:
    levels = meters(linked(channel__0__diversityIndicator={"value": diversity}))

    assert (levels.antenna, levels.rf_a_dbm, levels.rf_b_dbm) == expected


def test_quality_0_is_no_carrier_and_no_quality_is_unknown() -> None:
    gone = meters(linked(channel__0__signalQualityIndicator={"value": 0}))
    assert (gone.carrier, gone.quality_percent) == (False, 0)
    silent = meters(linked(channel__0__signalQualityIndicator={"value": None}))
    assert (silent.carrier, silent.quality_percent) == (None, None)
    weak = meters(linked(channel__0__signalQualityIndicator={"value": 1}))
    assert (weak.carrier, weak.quality_percent) == (True, 1)
    assert EWDX.meters_of(Tree(), 1) is None


def test_a_clip_at_either_end_is_an_overload() -> None:
    assert meters(linked(channel__0__warnings=["AfPeak"])).overload
    assert meters(linked(transmitters__0__warnings=["AfPeak"])).overload
    assert not meters(linked()).overload


def test_a_channel_has_what_its_receiver_and_its_pack_warn_of() -> None:
    tree = linked(channel__0__warnings=["LowSignal", "RfPeak"], transmitters__0__warnings=["LowBattery"])
    assert facts(tree).device_warnings == {
        DeviceWarning.LOW_SIGNAL,
        DeviceWarning.RF_OVERLOAD,
        DeviceWarning.LOW_BATTERY,
    }
    assert facts(linked()).device_warnings == frozenset()


def test_levels_out_of_range_are_unknown() -> None:
    levels = meters(
        linked(channel__0__level={"value": 170}, channel__0__signalStrengthIndicator={"value": "x"})
    )

    assert (levels.audio_dbfs, levels.rf_dbm) == (None, None)


def test_every_resource_belongs_to_its_channel() -> None:
    tree = linked()
    assert EWDX.channel_of(tree, "/api/channel/3/level") == 4
    assert EWDX.channel_of(tree, "/api/rf/channels/1") == 2
    assert EWDX.channel_of(tree, "/api/transmitters/0/battery") is None
    assert EWDX.channel_of(tree, "/api/channel/x") is None
    assert EWDX.is_level("/api/channel/3/level")
    assert not EWDX.is_level("/api/channel/3")


def test_no_link_is_no_carrier_whatever_the_quality() -> None:
    assert meters(linked(channel__0__warnings=["No Link"])).carrier is False
    assert meters(linked(transmitters__0__warnings=["NoLink"])).carrier is True


def test_hostile_text_stays_small() -> None:
    channel_facts = facts(linked(channel={"name": "\x1b[2J" + "x" * 10_000, "mates": ["TX1"]}))

    assert channel_facts.name is not None
    assert len(channel_facts.name) == MAX_TEXT
    assert max(len(value) for _, value in channel_facts.raw) <= MAX_RAW


@given(st.dictionaries(st.sampled_from(sorted(linked().under("/api"))), anything, max_size=8))
def test_whatever_a_device_sends_is_read_without_a_crash(said: dict[str, Json]) -> None:
    tree = linked()
    for path, value in said.items():
        tree.replace(path, value)

    EWDX.device_of(tree, [1])
    EWDX.facts_of(tree, 1, Presence.HERE, PROMISE_S)
    EWDX.meters_of(tree, 1)
    EWDX.presence_of(tree, 1)
    EWDX.stale_paths(tree, [1])


@pytest.mark.parametrize(
    ("command", "path", "field", "wanted", "shown"),
    [
        (Identify(), "/api/device/identification", "visual", True, "flashing"),
        (Identify(2), "/api/channel/1/identify", "enabled", True, "flashing"),
        (SetGain(1, -3), "/api/channel/0", "gain", -3, "-3 dB"),
        (SetMute(2, muted=True), "/api/channel/1", "mute", True, "muted"),
        (SetMute(2, muted=False), "/api/channel/1", "mute", False, "not muted"),
        (SetFrequency(1, 552300), "/api/rf/channels/0/frequency", "frequency", 552300, "552.300 MHz"),
    ],
)
def test_a_command_becomes_one_property(
    command: Command, path: str, field: str, wanted: Json, shown: str
) -> None:
    prepared = EWDX.prepare_command(command, [1, 2])

    assert (prepared.path, prepared.field, prepared.value, prepared.format_value(wanted)) == (
        path,
        field,
        wanted,
        shown,
    )
    assert prepared.confirmation_path == path.removesuffix("/frequency")
    assert prepared.format_value(None)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetGain(1, 45), ErrorCode.INVALID_VALUE),
        (SetGain(3, 0), ErrorCode.INVALID_VALUE),
        (SetFrequency(1, 552310), ErrorCode.INVALID_VALUE),
        (SetFrequency(1, 100_000), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "LEAD"), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetDeviceName("A"), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetGroupChannel(1, 1, 1), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetSlotRf(1, 1, on=True), ErrorCode.COMMAND_NOT_SUPPORTED),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_sent(command: Command, code: ErrorCode) -> None:
    with pytest.raises(DeviceError) as raised:
        EWDX.prepare_command(command, [1, 2])

    assert raised.value.code is code
    assert raised.value.info.hint


@pytest.mark.parametrize("spelling", ["NoLink", "No Link", "no_link"])
def test_warnings_are_read_in_every_spelling(spelling: str) -> None:
    tree = linked(channel__0__warnings=[spelling])
    assert EWDX.presence_of(tree, 1) is Presence.LOST
