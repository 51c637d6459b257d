"""How a board finds the micboard-tui that it attaches to."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.config.attachment import (
    Attach,
    Attachment,
    UserKey,
    attachment_of,
    normal_url,
    read_user_key,
    write_user_key,
)
from micboard_tui.config.start_error import ConfigError
from micboard_tui.domain.user import MAX_USER_NAME

SEED = "SUAOQPVDAEVUDN7LBKA7FZCJCVLEQVSQBH7YJZLSDGT7BCOQVJEJUZP2TE"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("rack", "nats://rack:4222"),
        ("rack:4300", "nats://rack:4300"),
        ("nats://192.0.2.7", "nats://192.0.2.7:4222"),
        ("tls://rack.example.org:4443/", "tls://rack.example.org:4443"),
        ("nats://[2001:db8::1]:4222", "nats://[2001:db8::1]:4222"),
    ],
)
def test_an_address_may_be_short(text: str, url: str) -> None:
    assert normal_url(text) == url


@pytest.mark.parametrize(
    "text",
    ["", "http://rack", "nats://", "rack:70000", "rack:port", "nats://ada:secret@rack", "rack/path", "["],
)
def test_what_is_no_address_of_a_bus_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="should be nats://host"):
        normal_url(text)


@given(name=st.text(min_size=1, max_size=MAX_USER_NAME).filter(str.isprintable))
def test_a_key_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    file = tmp_path_factory.mktemp("key") / "ada.key"
    write_user_key(file, UserKey(name, SEED))
    assert read_user_key(file) == UserKey(name, SEED)


def test_a_key_is_for_its_owner_only_and_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "ada.key"
    write_user_key(file, UserKey("Ada", SEED))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(ConfigError, match="exists already"):
        write_user_key(file, UserKey("Bob", SEED))
    assert SEED not in repr(read_user_key(file))


@pytest.mark.parametrize(
    "content",
    ["", "seed", 'user = "Ada"', f'user = 3\nseed = "{SEED}"', 'user = "Ada"\nseed = "secret"', "\0"],
)
def test_what_is_no_key_is_refused_with_a_cure(tmp_path: Path, content: str) -> None:
    file = tmp_path / "ada.key"
    file.write_text(content)
    with pytest.raises(ConfigError, match="no key") as raised:
        read_user_key(file)
    assert "users key" in raised.value.hint


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_user_key(tmp_path / "missing.key")


def test_the_settings_say_where_and_as_whom(tmp_path: Path) -> None:
    assert attachment_of(Attach(), "pia") is None
    open_bus = attachment_of(Attach(url="rack"), "pia")
    assert open_bus == Attachment("nats://rack:4222", "pia")
    write_user_key(tmp_path / "key", UserKey("Ada", SEED))
    with_key = attachment_of(Attach(url="tls://rack", key=tmp_path / "key", ca=tmp_path / "ca.pem"), "pia")
    assert with_key == Attachment("tls://rack:4222", "Ada", SEED, tmp_path / "ca.pem")
    assert with_key.has_tls
    assert not open_bus.has_tls
