import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, DeviceWarning, Meters, Transmitter
from micboard_tui.domain.command import SetMute
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import Ewdx
from micboard_tui.manufacturers.sennheiser.sscv2.identification import family_of, unsupported_device_error
from micboard_tui.manufacturers.sennheiser.sscv2.spectera_mapping import PACKS, RF_CHANNELS, Spectera
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence
from micboard_tui.protocols.sscv2.message import Json, News
from micboard_tui.protocols.sscv2.path import IDENTITY, VERSION
from micboard_tui.protocols.sscv2.tree import Tree
from tests.protocols.sscv2_wire import events
from tests.protocols.test_sscv2_tree import anything

SPECTERA = Spectera()


def facts(tree: Tree, number: int = 1) -> ChannelFacts:
    """As they are right after the first look."""
    reported = SPECTERA.presence_of(tree, number)
    return SPECTERA.facts_of(tree, number, Presence.AWAY if reported is Presence.LOST else reported, 2.0)


def station(until: int | None = None) -> Tree:
    """What the events of the reference leave behind."""
    tree = Tree(SPECTERA.collections)
    for event in list(events("spectera.txt"))[:until]:
        if isinstance(event, News):
            for path, value in event.values:
                tree.take(path, value)
    return tree


def pack(**changed: Json) -> Tree:
    tree = Tree(SPECTERA.collections)
    tree.take(f"{PACKS}/1", {"serial": "1", "state": "Connected", "rfChannelId": 0, **changed})
    tree.take(RF_CHANNELS, [{"rfChannelId": 0, "frequency": 506000, "rfState": "RfActive"}])
    return tree


def test_a_connected_pack_is_read_by_value() -> None:
    channel_facts = facts(station(3), 1)

    assert channel_facts == ChannelFacts(
        name="Guitar",
        shared_carrier="0",
        frequency_khz=506000,
        gain_db=12,
        receiver_muted=False,
        interference=False,
        transmitter_present=True,
        transmitter=Transmitter("SEK", "Guitar", "1000000001", battery=Battery(percent=62, minutes=212)),
        meter_interval_s=2.0,
        raw=channel_facts.raw,
    )
    assert SPECTERA.meters_of(station(3), 1) == Meters(
        rf_dbm=-52.0, antenna="B", carrier=True, quality_percent=97
    )


def test_a_station_describes_itself() -> None:
    tree = Tree(SPECTERA.collections)
    assert SPECTERA.device_of(tree, []) == DeviceHeard(DeviceKind.RECEIVER, 0, "Spectera Base Station")
    tree.take(IDENTITY, {"product": "SBS", "serial": "1234567890"})
    tree.take(VERSION, {"schema": "18.1"})
    tree.take("/api/device/site", {"deviceName": "FOH"})
    tree.take("/api/device/state", {"state": "Ok"})
    tree.take("/api/firmware/update/state", {"deviceVersion": "1.2.0"})
    tree.take("/api/health/psu", {"psu1": "Ok"})
    assert SPECTERA.device_of(tree, [1, 5]) == DeviceHeard(
        DeviceKind.RECEIVER,
        channel_count=5,
        model="SBS",
        own_name="FOH",
        firmware="1.2.0",
        raw=(
            ("device/identity product", "SBS"),
            ("device/identity serial", "1234567890"),
            ("device/site deviceName", "FOH"),
            ("device/state state", "Ok"),
            ("firmware/update/state deviceVersion", "1.2.0"),
            ("health/psu psu1", "Ok"),
            ("ssc/version schema", "18.1"),
        ),
        serial="1234567890",
    )


@pytest.mark.parametrize(("gain", "gain_db"), [(-61, None), (-60, -60), (100, 100), (101, None)])
def test_a_gain_out_of_range_is_unknown(gain: Json, gain_db: int | None) -> None:
    assert facts(pack(micPreampGain=gain)).gain_db == gain_db


def test_what_a_pack_tells_of_itself_is_shown_but_for_its_levels() -> None:
    raw = facts(pack(rssi=-50, micLqi=80, iemLqi=70, dominantAntenna="a", micPreampGain=3)).raw
    assert [name.rpartition(" ")[2] for name, _ in raw] == [
        "micPreampGain",
        "rfChannelId",
        "serial",
        "state",
    ]


def test_levels_of_a_pack_without_link_are_not_believed() -> None:
    lost = pack(state="Disconnected", rssi=-50, micLqi=80, dominantAntenna="a")
    assert SPECTERA.meters_of(lost, 1) == Meters(carrier=False)
    linked = SPECTERA.meters_of(pack(micLqi=0), 1)
    assert linked is not None
    assert linked.quality_percent == 0


@pytest.mark.parametrize(
    ("rssi", "rf_dbm"), [(-201, None), (-200, -200.0), (20, 20.0), (21, None), ("loud", None)]
)
def test_a_level_out_of_range_is_unknown(rssi: Json, rf_dbm: float | None) -> None:
    levels = SPECTERA.meters_of(pack(rssi=rssi), 1)
    assert levels is not None
    assert levels.rf_dbm == rf_dbm


@pytest.mark.parametrize(
    ("low", "warnings"),
    [(True, {DeviceWarning.LOW_BATTERY}), (False, set()), (None, set()), ("true", set())],
)
def test_a_pack_whose_battery_is_low_by_its_own_account(low: Json, warnings: set[DeviceWarning]) -> None:
    assert facts(pack(batteryLow=low)).device_warnings == warnings


def test_levels_are_no_facts() -> None:
    assert not [name for name, _ in facts(station(), 1).raw if name.endswith(("rssi", "micLqi"))]


def test_a_disconnected_pack_has_no_transmitter_and_no_battery() -> None:
    channel_facts = facts(station(3), 2)

    assert (channel_facts.name, channel_facts.transmitter_present, channel_facts.transmitter) == (
        "Lead",
        False,
        None,
    )
    assert SPECTERA.meters_of(station(3), 2) == Meters(carrier=False)


def test_packs_that_came_or_went_or_have_no_serial_yet_are_no_channels() -> None:
    assert list(SPECTERA.channel_numbers(station(3), [])) == [1, 2]
    assert list(SPECTERA.channel_numbers(station(), [])) == [1]
    assert SPECTERA.meters_of(station(), 2) is None


def test_a_pack_keeps_its_number_when_another_one_goes() -> None:
    tree = Tree(SPECTERA.collections)
    tree.take(
        PACKS,
        [{"mtUid": uid, "serial": str(uid), "name": str(uid), "state": "Sleeping"} for uid in (1, 2, 3)],
    )
    tree.take(f"{PACKS}/2", None)

    assert list(SPECTERA.channel_numbers(tree, [])) == [1, 2, 3]
    assert facts(tree, 3).name == "3"
    assert facts(tree, 2) == ChannelFacts(transmitter_present=False, meter_interval_s=2.0)


def test_packs_with_other_numbers_take_what_is_free() -> None:
    tree = Tree(SPECTERA.collections)
    tree.take(PACKS, [{"mtUid": uid, "serial": "7", "name": str(uid)} for uid in (70_000, 1, 0)])

    spectera = Spectera()
    names = [spectera.facts_of(tree, number, Presence.HERE, 2.0).name for number in (1, 2, 3)]
    assert names == ["1", "0", "70000"]
    assert spectera.channel_of(tree, f"{PACKS}/70000") == 3
    assert spectera.channel_of(tree, f"{PACKS}/9") is None
    assert spectera.channel_of(tree, f"{RF_CHANNELS}/0") is None


@pytest.mark.parametrize("serial", [None, "", "0000000000"])
def test_a_pack_without_a_serial_is_hidden(serial: Json) -> None:
    assert list(SPECTERA.channel_numbers(pack(serial=serial), [])) == []


@pytest.mark.parametrize(
    ("state", "presence", "carrier"),
    [
        ("Connected", Presence.HERE, True),
        ("Syncing", Presence.HERE, False),
        ("Updating", Presence.HERE, False),
        ("Sleeping", Presence.AWAY, False),
        ("Disconnected", Presence.LOST, False),
        ("a new state", Presence.LOST, False),
        (None, Presence.UNKNOWN, None),
    ],
)
def test_the_state_shows_whether_a_pack_is_there(
    state: Json, presence: Presence, carrier: bool | None
) -> None:
    tree = pack(state=state)
    levels = SPECTERA.meters_of(tree, 1)

    assert SPECTERA.presence_of(tree, 1) is presence
    assert levels is not None
    assert levels.carrier is carrier


@pytest.mark.parametrize(
    ("severity", "disturbed"),
    [
        ("None", False),
        ("Low", False),
        ("Mid", True),
        ("Medium", True),
        ("High", True),
        ("?", None),
        (5, None),
        ([], None),
    ],
)
def test_interference_counts_from_the_middle_on(severity: Json, disturbed: bool | None) -> None:
    assert facts(pack(interference={"severity": severity}), 1).interference is disturbed


def test_a_pack_keeps_its_number_when_another_goes_or_comes() -> None:
    spectera, tree = Spectera(), Tree(SPECTERA.collections)
    for uid in ("b-2", "c-3", "d-4"):
        tree.take(f"{PACKS}/{uid}", {"serial": uid, "name": uid, "state": "Connected"})
    names = {number: spectera.facts_of(tree, number, Presence.HERE, 2.0).name for number in (1, 2, 3)}
    assert names == {1: "b-2", 2: "c-3", 3: "d-4"}
    tree.take(f"{PACKS}/b-2", None)
    tree.take(f"{PACKS}/a-1", {"serial": "a-1", "name": "a-1", "state": "Connected"})
    assert spectera.channel_numbers(tree, ()) == range(1, 5)
    assert [spectera.facts_of(tree, number, Presence.HERE, 2.0).name for number in (1, 2, 3, 4)] == [
        None,
        "c-3",
        "d-4",
        "a-1",
    ]


def test_numbers_of_packs_that_have_gone_are_given_anew_when_there_are_no_others() -> None:
    spectera = Spectera()
    for number in range(200):
        tree = Tree(SPECTERA.collections)
        tree.take(f"{PACKS}/x{number}", {"serial": "1", "name": f"x{number}", "state": "Connected"})
        last = max(spectera.channel_numbers(tree, ()))
        assert last <= 64
        assert spectera.facts_of(tree, last, Presence.HERE, 2.0).name == f"x{number}"


def test_the_rf_channel_names_the_carrier_that_packs_share() -> None:
    assert facts(pack(), 1).shared_carrier == "0"
    assert facts(pack(rfChannelId=None), 1).shared_carrier is None


def test_a_muted_rf_channel_mutes_its_packs() -> None:
    tree = pack()
    tree.take(f"{RF_CHANNELS}/0", {"rfState": "RfMuted"})

    assert facts(tree, 1).receiver_muted is True
    assert facts(pack(rfChannelId=9), 1).receiver_muted is None
    tree.take(f"{RF_CHANNELS}/0", {"rfState": []})
    assert facts(tree, 1).receiver_muted is None


def test_every_channel_can_have_a_pack_and_no_pack_more() -> None:
    tree = Tree(SPECTERA.collections)
    tree.take(
        PACKS, [{"mtUid": uid, "serial": "7", "name": str(uid)} for uid in (1, 64, 65, *range(100, 190))]
    )
    spectera = Spectera()
    numbers = spectera.channel_numbers(tree, [])
    names = [spectera.facts_of(tree, number, Presence.HERE, 2.0).name for number in numbers]
    assert names == ["1", "65", *map(str, range(100, 161)), "64"]


def test_what_it_cannot_do_is_an_error() -> None:
    with pytest.raises(DeviceError) as raised:
        SPECTERA.prepare_command(SetMute(1, muted=True), [1])

    assert raised.value.code is ErrorCode.COMMAND_NOT_SUPPORTED
    assert "only watched" in str(raised.value)
    assert "LinkDesk" in (raised.value.info.hint or "")
    assert not SPECTERA.is_level(f"{PACKS}/1")
    assert SPECTERA.channel_path(0) is None
    assert (
        SPECTERA.stale_paths(station(), [1])
        == SPECTERA.transmitter_paths(station(), 1)
        == SPECTERA.fact_paths(1)
        == ()
    )


@given(st.dictionaries(st.sampled_from([PACKS, RF_CHANNELS, f"{PACKS}/1", f"{RF_CHANNELS}/0"]), anything))
def test_whatever_a_station_sends_is_read_without_a_crash(said: dict[str, Json]) -> None:
    tree = station()
    for path, value in said.items():
        tree.take(path, value)

    numbers = SPECTERA.channel_numbers(tree, [])
    SPECTERA.device_of(tree, numbers)
    for number in numbers:
        facts(tree, number)
        SPECTERA.meters_of(tree, number)


@pytest.mark.parametrize(
    ("identity", "version", "user", "family"),
    [
        ({"product": "EWDX4CHDS"}, {"schema": "1.7"}, None, Ewdx),
        ({"product": "ewdx9"}, None, "api", Ewdx),
        ({"product": "EW-DX EM 2"}, {"schema": "1.7"}, "api", Ewdx),
        ({"product": "Spectera Base Station"}, {"schema": "x"}, None, Spectera),
        ({"product": "SBS"}, {"schema": "18.1"}, None, Spectera),
        ({"product": "SBS"}, {"schema": "17.0"}, None, Spectera),
        ({"product": "SBS"}, {"schema": "16.9"}, None, None),
        ({"product": "SBS"}, {}, "controlSennheiser", Spectera),
        ({"product": "TCCM"}, {"schema": "1.9"}, None, None),
        ({}, {}, None, None),
        (None, None, None, None),
        ([1], "x", None, None),
    ],
)
def test_what_answers_is_identified_by_its_identity_and_schema(
    identity: Json, version: Json, user: str | None, family: type | None
) -> None:
    identified = family_of(identity, version, user)

    assert (identified and type(identified)) is family


def test_another_device_is_named_with_what_is_supported() -> None:
    error = unsupported_device_error({"product": "TCCM"}, "10.0.0.1:443")
    assert error.code is ErrorCode.API_ERROR
    assert str(error) == "10.0.0.1:443 is a TCCM, which this driver does not support"
    rack = unsupported_device_error({"product": "SLDW"}, "10.0.0.1:443")
    assert str(rack).startswith("10.0.0.1:443 is an SLDW, ")
    assert "without a name" in str(unsupported_device_error(None, "10.0.0.1:443"))
