"""Boxes of secrets: only for one recipient, one owner, and telling nothing by their length."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from micboard_tui.config.secrets.sealed_boxes import (
    MAX_BOX,
    SealingKey,
    is_public_key,
    load_sealing_key,
    seal_secret,
)
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.secret import OwnerKind, Secret, SecretError, SecretOwner, owner_device, owner_driver
from micboard_tui.services.secret_service import MAX_CHARACTERS

KEY, OTHER_KEY = SealingKey(PrivateKey(b"1" * 32)), SealingKey(PrivateKey(b"2" * 32))
RACK = owner_device(DeviceId("rack"))
SECRET = Secret("S3cret!Pass", "audio", "2026-11-30T09:00:00+00:00")
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
OWNERS = st.builds(SecretOwner, st.sampled_from([OwnerKind.DEVICE, OwnerKind.DRIVER]), TEXTS)
SECRETS = st.builds(Secret, TEXTS, st.none() | TEXTS, st.none() | TEXTS)


@given(OWNERS, SECRETS)
def test_what_was_sealed_comes_out_for_its_recipient_and_its_owner_only(
    owner: SecretOwner, secret: Secret
) -> None:
    box = seal_secret(KEY.public_key, owner, secret)
    assert KEY.open_box(owner, box) == secret
    with pytest.raises(SecretError):
        OTHER_KEY.open_box(owner, box)
    with pytest.raises(SecretError):
        KEY.open_box(SecretOwner(owner.kind, f"{owner.name}2"), box)


@given(st.data())
def test_a_box_that_was_changed_anywhere_is_refused(data: st.DataObject) -> None:
    box = seal_secret(KEY.public_key, RACK, SECRET)
    place = data.draw(st.integers(0, len(box) - 1))
    changed = f"{box[:place]}{'B' if box[place] == 'A' else 'A'}{box[place + 1 :]}"
    try:
        opened = KEY.open_box(RACK, changed)
    except SecretError:
        return
    # The last character of base64 has bits that count for nothing.
    assert opened == SECRET
    assert place >= len(box.rstrip("=")) - 1


@given(st.text(max_size=200) | st.just("A" * (MAX_BOX + 1)))
def test_any_other_text_is_no_box(text: str) -> None:
    with pytest.raises(SecretError):
        KEY.open_box(RACK, text)


def test_a_device_is_not_the_driver_of_the_same_name() -> None:
    box = seal_secret(KEY.public_key, owner_driver("rack"), SECRET)
    with pytest.raises(SecretError, match="another device or driver"):
        KEY.open_box(RACK, box)


def test_the_length_of_a_box_does_not_tell_that_of_the_secret_and_the_longest_fits() -> None:
    lengths = {len(seal_secret(KEY.public_key, RACK, Secret("x" * count))) for count in (1, 40, 100)}
    assert len(lengths) == 1
    longest = Secret("\N{GRINNING FACE}" * MAX_CHARACTERS)
    assert KEY.open_box(RACK, seal_secret(KEY.public_key, RACK, longest)) == longest


@pytest.mark.parametrize("text", ["", "x", "AAAA", "ö" * 44, "A" * 200, KEY.public_key[:-4]])
def test_what_is_no_public_key_is_sealed_for_nobody(text: str) -> None:
    assert not is_public_key(text)
    with pytest.raises(ValueError, match="no public key"):
        seal_secret(text, RACK, SECRET)


def test_a_key_pair_is_made_once_and_for_this_user_only(tmp_path: Path) -> None:
    file = tmp_path / "data" / "collector.key"
    made = load_sealing_key(file)
    assert is_public_key(made.public_key)
    assert load_sealing_key(file).public_key == made.public_key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().strip() not in repr(made)


@pytest.mark.parametrize("content", ["", "no key", "AAAA", "\xff"])
def test_a_damaged_key_is_not_replaced_and_the_cure_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "hub.key"
    file.write_bytes(content.encode("latin-1"))
    file.chmod(0o600)
    with pytest.raises(SecretError) as damaged:
        load_sealing_key(file)
    assert "holds no key" in str(damaged.value)
    assert "a new one is made" in damaged.value.hint
    assert file.read_bytes() == content.encode("latin-1")


@pytest.mark.posix
def test_a_key_that_others_may_read_or_that_is_no_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hub.key"
    load_sealing_key(file)
    file.chmod(0o640)
    with pytest.raises(SecretError, match="mode 640"):
        load_sealing_key(file)
    (tmp_path / "directory.key").mkdir()
    with pytest.raises(SecretError, match="cannot be read"):
        load_sealing_key(tmp_path / "directory.key")
