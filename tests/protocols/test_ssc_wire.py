"""The transcripts of the reference, datagram by datagram."""

import json

import pytest

from micboard_tui.protocols.ssc.codec import decode, encode
from micboard_tui.protocols.ssc.messages import LIMITS, PING, SCHEMA, Fault, Message, Subscription, Terms
from tests.protocols.wire import WIRE, conversations

RX1 = ("/rx1/name", "/rx1/frequency", "/rx1/mute", "/rx1/gain", "/rx1/warnings")
TX1 = (
    "/mates/tx1/type",
    "/mates/tx1/battery/gauge",
    "/mates/tx1/battery/lifetime",
    "/mates/tx1/battery/type",
    "/mates/tx1/mute",
    "/mates/tx1/warnings",
)
METERS = ("/m/rx1/rssi", "/m/rx1/rsqi", "/m/rx1/divi", "/m/rx1/af")
GAUGE = "/mates/tx1/battery/gauge"
NO_PACK = Message({}, {GAUGE: Fault(424, "failed dependency")})


def lines(conversation: str) -> list[bytes]:
    text = (WIRE / conversation).read_text("ascii").splitlines()
    return [line[3:].encode() for line in text if line.startswith(("C: ", "D: "))]


def heard(name: str) -> list[Message]:
    return [decode(line) for line in lines(f"ssc/{name}.txt")]


def subscribed(*subscriptions: Subscription, xid: int | None = None) -> Message:
    return Message({}, {}, subscriptions, xid)


@pytest.mark.parametrize("conversation", conversations("ssc"))
def test_every_datagram_is_read_and_written_again(conversation: str) -> None:
    for line in lines(conversation):
        message = decode(line)
        again = decode(encode(message))
        assert again == message


@pytest.mark.parametrize("conversation", [each for each in conversations("ssc") if "dupl" not in each])
def test_what_a_plain_parser_finds_is_found(conversation: str) -> None:
    def leaves(tree: object, prefix: str = "") -> set[str]:
        if not isinstance(tree, dict):
            return {prefix}
        return {leaf for name, below in tree.items() for leaf in leaves(below, f"{prefix}/{name}")}

    for line in lines(conversation):
        plain = {leaf for leaf in leaves(json.loads(line)) if not leaf.startswith("/osc")}
        assert set(decode(line).values) - {PING, SCHEMA, LIMITS} == plain


def test_single_exchanges() -> None:
    assert heard("messages") == [
        Message({"/rx1/name": None}, {}),
        Message({"/rx1/name": "VOX 1"}, {}),
        Message({"/rx1/gain": 13}, {}),
        Message({"/rx1/gain": 12}, {}),
        Message({"/device/name": None, "/device/location": None}, {}),
        Message({"/device/name": "EWDX_A", "/device/location": "FOH"}, {}),
        Message({PING: None}, {}),
        Message({PING: None}, {}),
        Message({"/rx1/frequency": None}, {}, (), 1234567890),
        Message({"/rx1/frequency": 470200}, {}, (), 1234567890),
        Message({"/out1/gain": None}, {}),
        Message({}, {"/out1/gain": Fault(404, "address not found")}),
        Message({GAUGE: None}, {}),
        NO_PACK,
        Message({}, {"": Fault(400, "message not understood")}),
    ]


def test_schema_and_limits() -> None:
    root, of_root, rx1, of_rx1, limits, of_limits = heard("schema")
    assert root.values == {SCHEMA: None}
    assert rx1.values == {SCHEMA: [{"rx1": None}]}
    assert limits.values == {LIMITS: [{"bays": {"bat_bars": None}}]}
    branches = ("device", "interface", "osc", "audio1", "m", "mates", "rx1", "rx2", "rf_scan")
    assert of_root.values[SCHEMA] == [{name: {} for name in branches}]
    methods = ("warnings", "name", "mute", "mates", "gain", "frequency", "audio", "restore")
    containers = ("identification", "presets", "sync_settings")
    assert of_rx1.values[SCHEMA] == [{"rx1": {name: {} for name in containers} | dict.fromkeys(methods)}]
    assert of_limits.values[LIMITS] == [
        {"bays": {"bat_bars": [{"type": "Number", "min": 0, "max": 6, "inc": 1, "units": "bars"}]}}
    ]


def test_a_subscription_from_wish_to_end() -> None:
    battery = Subscription((GAUGE, "/mates/tx1/battery/lifetime"), Terms(0, 0, 1000, 60))
    cancelled = subscribed(Subscription(("/m/rx1/rssi",), Terms(cancel=True)))
    assert heard("subscription") == [
        subscribed(battery),
        subscribed(battery),
        Message({GAUGE: 78, "/mates/tx1/battery/lifetime": 412}, {}),
        Message({GAUGE: 77}, {}),
        Message({}, {GAUGE: Fault(310, "subscription terminates")}),
        cancelled,
        cancelled,
    ]


def test_an_evening_with_an_em_2() -> None:
    identity = {"/device/identity/product": "EWDX2CH", "/device/identity/version": "3.0.2"}
    identity |= {"/device/identity/serial": "1234567890", "/device/name": "EWDX_A"}
    receiver = subscribed(Subscription(RX1, Terms(lifetime_s=60)))
    transmitter = subscribed(Subscription(TX1, Terms(lifetime_s=60)))
    assert heard("ewdx") == [
        Message(dict.fromkeys(identity), {}, (), 1),
        Message({**identity}, {}, (), 1),
        receiver,
        receiver,
        Message(dict(zip(RX1, ("LEAD", 552300, False, 12, []), strict=True)), {}),
        transmitter,
        transmitter,
        Message(dict(zip(TX1, ("SKM", 84, 455, "Battery", False, []), strict=True)), {}),
        subscribed(Subscription(METERS, Terms(0, 0, 1000, 60))),
        Message({"/m/rx1/rssi": -62.5}, {}),
        Message({"/m/rx1/rsqi": 96, "/m/rx1/divi": 1}, {}),
        Message({"/m/rx1/af": -21.4}, {}),
        Message({"/rx1/warnings": ["NoLink"]}, {}),
        Message({"/m/rx1/rsqi": 0, "/m/rx1/divi": 0, "/m/rx1/rssi": -104.0}, {}),
        Message({GAUGE: None}, {}),
        NO_PACK,
    ]


def test_a_charger_with_an_empty_bay() -> None:
    wish, answer = heard("chg70n")
    assert wish.values == dict.fromkeys(answer.values)
    assert answer.values == {
        "/bays/device_type": ["EW-DX SKM", "NONE"],
        "/bays/bat_gauge": [63, None],
        "/bays/bat_timetofull": [74, None],
    }


def test_meters_of_an_em_6000() -> None:
    wish, answer = heard("em6000")
    assert wish == subscribed(Subscription(("/mm",), Terms(480, 480, 1000, 20)))
    assert answer.values == {"/mm": [[0] * 9, [83, 0, 53, 0, 1, 1, 128, 165, 0]]}


def test_keys_that_stand_twice_both_count() -> None:
    both = Subscription(("/mates/tx1/mute", "/mates/tx2/mute"), Terms(lifetime_s=60))
    assert heard("duplicates") == [subscribed(both, xid=5), subscribed(both, xid=5)]
