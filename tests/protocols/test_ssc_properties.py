"""What holds for every datagram."""

import json

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.ssc.codec import MAX_LEAVES, decode, encode
from micboard_tui.protocols.ssc.messages import Code, Fault, Message, Subscription, Terms
from micboard_tui.protocols.ssc.requests import MAX_REQUEST, encode_gets

NAMES = st.text(st.sampled_from("abcxyz019_-"), min_size=1, max_size=8).filter(lambda name: name != "osc")
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(-200, 200), TEXTS)
VALUES = st.one_of(SCALARS, st.lists(st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), max_size=5))
# All of one depth, so that no address is the branch of another.
ADDRESSES = st.lists(NAMES, min_size=3, max_size=3).map(lambda names: "/" + "/".join(names))
NUMBERS = st.integers(0, 9999)
TERMS = st.one_of(
    st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS).map(lambda four: Terms(*four)), st.just(Terms(cancel=True))
)
MESSAGES = st.builds(
    Message,
    st.dictionaries(ADDRESSES, VALUES, max_size=8),
    st.dictionaries(ADDRESSES, st.builds(Fault, st.integers(100, 599), TEXTS), max_size=4),
    st.lists(
        st.builds(Subscription, st.lists(ADDRESSES, max_size=4, unique=True).map(tuple), TERMS), max_size=3
    ).map(tuple),
    st.one_of(st.none(), st.integers(0, 10**9), TEXTS),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(NAMES | st.just("osc"), inner, max_size=3)
    ),
    max_leaves=12,
)


def by_branch(message: Message) -> tuple[dict[str, object], list[set[str]]]:
    return dict(message.values), [set(each.addresses) for each in message.subscriptions]


@given(MESSAGES)
def test_what_is_sent_is_what_arrives(message: Message) -> None:
    again = decode(encode(message))
    assert by_branch(again) == by_branch(message)
    assert again.errors == message.errors
    assert [each.terms for each in again.subscriptions] == [each.terms for each in message.subscriptions]
    assert again.xid == message.xid
    assert encode(message).isascii()


@given(st.binary(max_size=400))
def test_rubbish_is_a_message_or_a_protocol_error(datagram: bytes) -> None:
    try:
        message = decode(datagram)
    except ProtocolError:
        return
    assert len(message.values) <= MAX_LEAVES


@given(st.dictionaries(st.sampled_from(["osc", "rx1", "m", "#"]), JSON, max_size=4), st.binary(max_size=3))
def test_any_object_is_a_message_or_a_protocol_error(tree: dict[str, object], end: bytes) -> None:
    try:
        decode(json.dumps(tree).encode() + end)
    except ProtocolError:
        return


@given(
    st.dictionaries(
        st.sampled_from(["error", "state", "xid", "ping", "limits"]),
        st.one_of(
            JSON,
            st.fixed_dictionaries({"subscribe": JSON}),
            st.lists(st.fixed_dictionaries({"rx1": st.lists(JSON, max_size=3)}), max_size=3),
        ),
    )
)
def test_any_branch_of_the_protocol_itself_is_read_without_a_crash(osc: dict[str, object]) -> None:
    try:
        message = decode(json.dumps({"osc": osc}).encode())
    except ProtocolError:
        return
    assert all(isinstance(each.code, int) for each in message.errors.values())


@given(st.lists(ADDRESSES, max_size=60, unique=True), st.one_of(st.none(), st.integers(1, 9)))
def test_requests_ask_for_everything_once_and_stay_small(addresses: list[str], most: int | None) -> None:
    datagrams = encode_gets(addresses, most)
    asked = [address for each in datagrams for address in decode(each).values]
    assert sorted(asked) == sorted(addresses)
    assert all(len(each) <= MAX_REQUEST for each in datagrams)


def test_codes_have_their_numbers() -> None:
    assert (Code.SUBSCRIPTION_ENDS, Code.NOT_FOUND, Code.NOT_ACCEPTABLE, Code.FAILED_DEPENDENCY) == (
        310,
        404,
        406,
        424,
    )
