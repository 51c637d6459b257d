import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.bus.wire.subjects import (
    LAYOUT_KEY,
    CallSubject,
    Subjects,
    decode_token,
    device_key,
    device_token,
    encode_token,
    finding_key,
    parse_device_key,
    parse_finding_key,
)
from micboard_tui.domain.identity import DeviceId

TOKEN_CHARACTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")


@given(st.text())
def test_any_text_is_one_token_and_is_read_again(text: str) -> None:
    token = encode_token(text)
    assert token
    assert set(token) <= TOKEN_CHARACTERS
    assert decode_token(token) == text


@given(st.text())
def test_what_is_no_token_is_read_all_the_same(token: str) -> None:
    assert isinstance(decode_token(token), str)


@given(st.text(min_size=1))
def test_a_call_tells_the_right_the_user_and_what_is_called(user: str) -> None:
    subjects = Subjects("stage-2")
    subject = subjects.call("write", user, "AssignmentContract", "assign")
    assert subjects.parse_call(subject) == CallSubject("write", user, "AssignmentContract", "assign")
    assert subject.startswith(subjects.calls_of("write", user).removesuffix(">"))


@given(st.text(min_size=1))
def test_what_is_sent_after_a_call_tells_the_user_and_needs_the_right_to_read(user: str) -> None:
    subjects = Subjects()
    subject = subjects.call_follow_up(user)
    assert subjects.parse_follow_up(subject) == user
    assert subject.startswith(subjects.calls_of("read", user).removesuffix(">"))
    assert subjects.parse_call(subject) is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_collector_is_called_by_subjects_of_its_own(collector: str, user: str) -> None:
    hub, at = Subjects("stage-2"), Subjects("stage-2").at(collector)
    subject = at.call("control", user, "DeviceContract", "execute")
    assert at.parse_call(subject) == CallSubject("control", user, "DeviceContract", "execute")
    assert hub.parse_call(subject) is None
    assert at.parse_call(hub.call("control", user, "DeviceContract", "execute")) is None
    assert at.parse_follow_up(at.call_follow_up(user)) == user
    assert at.calls.startswith(f"mb1.stage-2.at.{encode_token(collector)}.rpc.")
    assert (at.site, at.inbox(user), at.signs_of_life) == (hub.site, hub.inbox(user), hub.signs_of_life)


@pytest.mark.parametrize(
    "subject", ["", "mb1.rack.rpc.read.ada.X", "mb1.rack.rpc.read.ada.X.y.z", "mb1.hall.rpc.r.u.C.m"]
)
def test_what_calls_nothing_is_no_call(subject: str) -> None:
    assert Subjects("rack").parse_call(subject) is None


@given(st.text())
def test_keys_tell_what_they_are_about(text: str) -> None:
    device = DeviceId(text)
    assert parse_device_key(device_key(device)) == device
    assert parse_finding_key(finding_key("alarms")) == "alarms"
    assert parse_device_key(finding_key("alarms")) is None
    assert parse_finding_key(device_key(device)) is None
    assert parse_device_key(LAYOUT_KEY) is None


def test_devices_have_short_tokens_of_their_own() -> None:
    tokens = {device_token(DeviceId(f"device {number}")) for number in range(5000)}
    assert len(tokens) == 5000
    assert {len(token) for token in tokens} == {8}
    assert set("".join(tokens)) <= TOKEN_CHARACTERS


@pytest.mark.parametrize("site", ["", "two words", "a.b", "a*", "x" * 33])
def test_a_site_is_one_plain_token(site: str) -> None:
    with pytest.raises(ValueError, match="name of a site"):
        Subjects(site)
