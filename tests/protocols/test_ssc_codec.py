import json

import pytest

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.ssc.codec import (
    MAX_BRACKETS,
    MAX_DATAGRAM,
    MAX_DEPTH,
    MAX_LEAVES,
    addresses_of,
    decode,
    encode,
    is_sendable,
    tree_of,
)
from micboard_tui.protocols.ssc.messages import PING, Fault, Message, Subscription, Terms, Value
from micboard_tui.protocols.ssc.requests import MAX_REQUEST, encode_gets, encode_subscriptions


@pytest.mark.parametrize("end", [b"\r\n", b"\n\n", b"\0", b" \r", b""])
def test_what_stands_behind_the_object_does_not_matter(end: bytes) -> None:
    assert decode(b'{"rx1":{"gain":12}}' + end) == Message({"/rx1/gain": 12}, {})


def test_keys_written_twice_are_merged_at_every_depth() -> None:
    message = decode(
        b'{"rx1":{"name":"A"},"rx1":{"sync":{"a":1},"sync":{"b":2}},"rx1":{"name":"B"},"x":1,"x":{"y":2}}'
    )
    assert message.values == {"/rx1/name": "B", "/rx1/sync/a": 1, "/rx1/sync/b": 2, "/x/y": 2}


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"[1]",
        b"null",
        b"{",
        b'{"a":1}{"b":2}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"osc":1}',
        b'{"a":' + b"1" * 5000 + b"}",
        b"[" * 4000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b'{"a":' + b"[" * (MAX_BRACKETS + 1),
        b'{"a":"' + b"x" * MAX_DATAGRAM + b'"}',
        b"{" + b",".join(b'"%d":1' % n for n in range(MAX_LEAVES + 1)) + b"}",
    ],
)
def test_rubbish_and_too_much_are_refused(datagram: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(datagram)


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"[" * (MAX_BRACKETS + 1), f"a datagram of {MAX_BRACKETS + 1} bytes is too large"),
        (b"{", "a datagram is no JSON"),
        (b"[1]", "a datagram holds no object"),
        (b'{"osc":1}', "/osc is no branch"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "addresses are too deep"),
        (
            b"{" + b",".join(b'"%d":1' % n for n in range(MAX_LEAVES + 1)) + b"}",
            "there are too many addresses",
        ),
    ],
    ids=["large", "no JSON", "no object", "no branch", "deep", "many"],
)
def test_a_datagram_is_refused_with_its_reason(datagram: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        decode(datagram)
    assert str(refusal.value) == reason


def test_a_datagram_of_the_greatest_length_is_read_and_a_longer_one_is_not() -> None:
    longest = b'{"a":1}'.ljust(MAX_DATAGRAM)
    assert decode(longest).values == {"/a": 1}
    with pytest.raises(ProtocolError, match=r"^a datagram of 65537 bytes is too large$"):
        decode(longest + b" ")


@pytest.mark.parametrize("element", [b"[]", b"{}"])
def test_brackets_of_both_kinds_are_counted(element: bytes) -> None:
    def array(count: int) -> bytes:
        return b'{"a":[' + b",".join([element] * count) + b"]}"

    # Beside those of the object and of the array.
    most = MAX_BRACKETS - 2
    assert decode(array(most)).values == {"/a": [json.loads(element)] * most}
    with pytest.raises(ProtocolError, match="is too large"):
        decode(array(most + 1))


def test_addresses_of_every_branch_may_have_the_greatest_depth() -> None:
    def nested(depth: int, leaf: str) -> str:
        return '{"a":' * depth + leaf + "}" * depth

    deepest = "/a" * MAX_DEPTH
    below_osc = f'{{"osc":{nested(MAX_DEPTH - 1, "1")}}}'
    assert decode(below_osc.encode()).values == {"/osc" + "/a" * (MAX_DEPTH - 1): 1}
    error = f'{{"osc":{{"error":{nested(MAX_DEPTH, "[404]")}}}}}'
    assert decode(error.encode()).errors == {deepest: Fault(404)}
    subscribe = f'{{"osc":{{"state":{{"subscribe":[{nested(MAX_DEPTH, "null")}]}}}}}}'
    # Without a "#" the terms are the default.
    assert decode(subscribe.encode()).subscriptions == (Subscription((deepest,), Terms()),)


def test_bad_utf8_and_slashes_in_names_spoil_nothing_else() -> None:
    values = decode(b'{"rx1":{"name":"A\xff","a/b":1,"gain":3}}').values
    assert values == {"/rx1/name": "A\ufffd", "/rx1/gain": 3}


def test_branches_written_twice_are_merged_below_each_other() -> None:
    assert decode(b'{"rx1":{"sync":{"a":1}},"rx1":{"sync":{"b":2}}}').values == {
        "/rx1/sync/a": 1,
        "/rx1/sync/b": 2,
    }
    message = Message({"/osc/state/close": True}, {"/a": Fault(404)}, (Subscription(("/b",)),))
    assert decode(encode(message)) == message


def test_an_error_without_a_text_is_sent_without_one() -> None:
    assert encode(Message({}, {"/a": Fault(404)})) == b'{"osc":{"error":[{"a":[404]}]}}'
    assert encode(Message({}, {"/a": Fault(404, "no")})) == b'{"osc":{"error":[{"a":[404,{"desc":"no"}]}]}}'


@pytest.mark.parametrize(
    ("error", "faults"),
    [
        ('[{"rx3":{"name":[404,{"desc":"no"}]}}]', {"/rx3/name": Fault(404, "no")}),
        ('[{"rx3":{"name":[404],"gain":[406]}}]', {"/rx3/name": Fault(404), "/rx3/gain": Fault(406)}),
        ('[400,{"desc":"not understood"}]', {"": Fault(400, "not understood")}),
        ('[[450,{"desc":"too long"}]]', {"": Fault(450, "too long")}),
        ('[{"code":401,"desc":"no"}]', {"": Fault(401, "no")}),
        ('{"code":401}', {"": Fault(401)}),
        ('{"rx1":{"gain":[406,{"desc":7}]}}', {"/rx1/gain": Fault(406)}),
        ("503", {"": Fault(503)}),
        ('["what",true,{"rx1":{"gain":[]}},{"rx1":{"name":[false]}}]', {}),
        ("null", {}),
    ],
)  # fmt: skip
def test_errors_come_in_many_shapes(error: str, faults: dict[str, Fault]) -> None:
    assert decode(f'{{"osc":{{"error":{error}}}}}'.encode()).errors == faults


def test_terms_are_read_as_far_as_they_can_be() -> None:
    message = decode(
        b'{"osc":{"state":{"subscribe":[{"#":{"min":"480","max":1.5,"count":-3,"lifetime":"long"},"mm":null},'
        b'{"#":7,"a":null},{"#":{"count":1e999,"min":null},"b":null},"x"],"prettyprint":false},"xid":{"a":1}}}'
    )
    assert message.subscriptions == (
        Subscription(("/mm",), Terms(480, 1, 0, 10)),
        Subscription(("/a",)),
        Subscription(("/b",)),
    )
    assert addresses_of(message.subscriptions) == ("/mm", "/a", "/b")
    assert message.values == {"/osc/state/prettyprint": False}
    assert message.xid is None


def test_a_ping_is_one_with_any_value_or_none() -> None:
    assert decode(b'{"osc":{"ping":null}}').is_ping
    assert decode(b'{"osc":{"ping":"hello"}}').values == {PING: "hello"}
    assert not decode(b'{"osc":{"version":"1.0"}}').is_ping


@pytest.mark.parametrize("value", ["Löwe", "a\u0007", "\x7f", float("nan"), ["ü"], [{"a": "\x01"}]])
def test_what_devices_cannot_read_is_not_sent(value: Value) -> None:
    with pytest.raises(ProtocolError):
        encode(Message({"/rx1/name": value}, {}))


@pytest.mark.parametrize(
    "message",
    [Message({"/rx1/\x7f": 1}, {}), Message({"/rx1/name": ["a", "\x7f"]}, {})],
    ids=["name", "value"],
)
def test_a_text_that_devices_cannot_read_is_named(message: Message) -> None:
    with pytest.raises(ProtocolError) as refusal:
        encode(message)
    assert str(refusal.value) == r"'\x7f' holds characters that cannot be sent"


def test_the_five_escapes_and_backslashes_are_sent() -> None:
    assert encode(Message({"/a": '\b\f\n\r\t\\u0041"'}, {})) == b'{"a":"\\b\\f\\n\\r\\t\\\\u0041\\""}'
    assert is_sendable("a\tb")
    assert not is_sendable("ä")


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (["rx1"], "'rx1' is no address"),
        ([""], "'' is no address"),
        (["/a", "/a/b"], "'/a/b' is below a value"),
        (["/a/b", "/a"], "'/a' is there already"),
    ],
)
def test_addresses_that_cannot_stand_in_one_object(addresses: list[str], reason: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        tree_of(dict.fromkeys(addresses))
    assert str(refusal.value) == reason


def test_addresses_deeper_than_any_device_has_are_refused() -> None:
    decode(encode(Message({"/a" * MAX_DEPTH: 1}, {})))
    with pytest.raises(ProtocolError):
        decode(encode(Message({"/a" * (MAX_DEPTH + 1): 1}, {})))


def test_many_addresses_become_requests_that_fit() -> None:
    addresses = [f"/mates/tx{n}/battery/{leaf}" for n in range(1, 9) for leaf in range(100_000, 100_020)]
    for datagrams in (encode_gets(addresses), encode_subscriptions(addresses, Terms(lifetime_s=60))):
        assert len(datagrams) == 2
        assert all(len(each) <= MAX_REQUEST for each in datagrams)
    assert [address for each in encode_gets(addresses) for address in decode(each).values] == addresses
    assert [list(decode(each).values) for each in encode_gets(addresses[:5], 2)] == [
        addresses[:2],
        addresses[2:4],
        addresses[4:5],
    ]
    assert encode_gets(()) == []


def test_each_subscription_has_its_terms() -> None:
    terms = Terms(480, 960, 50, 60)
    (datagram,) = encode_subscriptions(["/rx1/name", "/rx1/gain"], terms)
    assert decode(datagram).subscriptions == (Subscription(("/rx1/name", "/rx1/gain"), terms),)


def test_an_address_that_fits_nowhere_is_refused() -> None:
    longest = "/" + "a" * (MAX_REQUEST - len('{"":null}'))
    (datagram,) = encode_gets([longest])
    assert len(datagram) == MAX_REQUEST
    with pytest.raises(ProtocolError) as refusal:
        encode_gets([f"{longest}a"])
    assert str(refusal.value) == f"'{longest}a' does not fit into a request"
