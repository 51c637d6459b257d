"""Users and tokens from the command line: what is shown once, and what is never shown."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from micboard_tui.bus.server.key_pairs import key_pair_of
from micboard_tui.config.attachment import read_user_key
from micboard_tui.storage.argon2_hasher import Argon2Hasher
from tests.cli.conftest import Command, Typed
from tests.cli.test_commands import said_no

PASSWORD = "correct horse battery"  # noqa: S105 - of a test


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is no matter of these tests."""
    monkeypatch.setattr(Argon2Hasher.__init__, "__defaults__", (1, 64))


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_user_is_added_at_a_terminal_changed_and_removed(
    micboard: Command, types: Typed, pipe: Callable[[str], None]
) -> None:
    types(PASSWORD, "another one")
    answer = micboard("users", "add", "Ada", "--role", "write")
    asked = "Password for Ada: \nThe same again: \n"
    assert answer.err == f"{asked}INVALID_VALUE: Nothing was changed: the two differ. Type it again.\n"
    assert (answer.code, answer.out) == (1, "")
    types(PASSWORD, PASSWORD)
    answer = micboard("users", "add", "Ada", "--role", "write")
    assert (answer.code, answer.out) == (0, "Added Ada, who may write.\n"), answer.err
    types(PASSWORD, PASSWORD)
    assert "\nUSER_EXISTS: " in micboard("users", "add", "ADA", "--role", "watch").err
    assert micboard("users", "change", "ada", "--role", "control").out == "Ada may control now.\n"
    pipe(f"{PASSWORD} 2\nmore\n")
    answer = micboard("users", "change", "Ada", "--password-stdin")
    assert answer.out == "Ada has another password; all logins have ended.\n"
    (user,) = json.loads(micboard("users", "list", "--json").out)["users"]
    assert {**user, "created_at": "then"} == {
        "name": "Ada",
        "role": "control",
        "has_password": True,
        "public_key": None,
        "created_at": "then",
    }
    assert micboard("users", "remove", "Ada", "--yes").out == "Removed Ada.\n"
    said_no(micboard("users", "remove", "Ada", "--yes"), "USER_NOT_FOUND")
    # Without a question.
    said_no(micboard("users", "remove", "Ada"), "USER_NOT_FOUND")
    said_no(micboard("users", "change", "Ada", "--password"), "USER_NOT_FOUND")
    answer = micboard("users", "list")
    assert (answer.out, answer.err) == (
        "",
        "There is no user yet. Add one:  micboard-tui users add NAME --role write\n",
    )
    texts = [event["text"] for event in json.loads(micboard("events", "--json").out)["events"]]
    assert texts == [
        "User Ada added, may write",
        "User Ada may control now",
        "User Ada has another password now",
        "User Ada removed",
    ]


def test_a_token_is_printed_once_alone_and_ends_when_it_is_revoked(micboard: Command) -> None:
    assert micboard("users", "add", "Companion", "--role", "control", "--no-password").code == 0
    answer = micboard("users", "token", "Companion", "--label", "FOH", "--expires", "90d")
    text, number = answer.out.strip(), answer.err.rsplit(maxsplit=1)[-1]
    assert text.startswith(f"mb_{number}_")
    assert text not in answer.err
    made = json.loads(micboard("users", "token", "Companion", "--json").out)["token"]
    assert made["text"].startswith(f"mb_{made['id']}_")
    listed = micboard("users", "tokens", "Companion", "--json")
    assert [token["label"] for token in json.loads(listed.out)["tokens"]] == ["", "FOH"]
    assert text not in listed.out
    table = micboard("users", "tokens", "Companion").out
    assert number in table
    assert text not in table
    assert micboard("users", "revoke", number).out == "Ended the token FOH.\n"
    said_no(micboard("users", "revoke", number), "TOKEN_NOT_FOUND")
    assert len(json.loads(micboard("users", "tokens", "Companion", "--json").out)["tokens"]) == 1


def test_a_key_is_written_once_for_this_user_only_and_ended(micboard: Command, tmp_path: Path) -> None:
    file = tmp_path / "ada.key"
    said_no(micboard("users", "key", "Ada", "--file", str(file)), "USER_NOT_FOUND")
    assert not file.exists()
    assert micboard("users", "add", "Ada", "--role", "write", "--no-password").code == 0
    answer = micboard("users", "key", "ada", "--file", str(file))
    assert "Wrote the key of Ada" in answer.out, answer.err
    assert file.stat().st_mode & 0o077 == 0
    key = read_user_key(file)
    assert key.user == "Ada"
    public_key = key_pair_of(key.seed).public_key
    listed = micboard("users", "list", "--json").out
    assert [user["public_key"] for user in json.loads(listed)["users"]] == [public_key]
    assert key.seed not in listed
    said_no(micboard("users", "key", "Ada", "--file", str(file)), "INVALID_VALUE")
    assert read_user_key(file) == key
    printed = tmp_path / "printed.key"
    printed.write_text(micboard("users", "key", "Ada").out)
    assert read_user_key(printed).user == "Ada"
    assert read_user_key(printed).seed != key.seed
    assert micboard("users", "end-key", "Ada").out == "Ada has no key any more.\n"
    texts = [event["text"] for event in json.loads(micboard("events", "--json").out)["events"]]
    assert texts[1:] == ["Key of Ada set", "Key of Ada set", "Key of Ada ended"]
    assert key.seed not in micboard("events", "--json").out


def test_without_the_extra_no_key_is_made_and_the_cure_is_named(
    micboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "micboard_tui.bus.server.key_pairs", raising=False)
    monkeypatch.setitem(sys.modules, "nkeys", None)
    answer = micboard("users", "key", "Ada")
    said_no(answer, "CONFIG_INVALID")
    assert "pip install 'micboard-tui[fleet]'" in answer.err


def test_without_a_terminal_a_password_has_to_be_piped_in(
    micboard: Command, pipe: Callable[[str], None]
) -> None:
    pipe(PASSWORD)
    answer = micboard("users", "add", "Ada", "--role", "watch")
    said_no(answer, "INVALID_VALUE")
    assert "--password-stdin" in answer.err
    pipe("short\n")
    said_no(micboard("users", "add", "Ada", "--role", "watch", "--password-stdin"), "INVALID_VALUE")
    pipe(f"{PASSWORD}\n")
    assert micboard("users", "add", "Ada", "--role", "watch", "--password-stdin", "--json").code == 0
    table = micboard("users", "list").out
    assert "Ada" in table
    assert "watch" in table


@pytest.mark.parametrize(
    "words",
    [
        ("add", "Ada"),
        ("add", "Ada", "--role", "admin"),
        ("add", "Ada", "--role", "watch", "--no-password", "--password-stdin"),
        ("change", "Ada"),
        ("change", "Ada", "--password", "--password-stdin"),
        ("token", "Ada", "--expires", "never"),
    ],
)
def test_wrong_usage_ends_with_2(micboard: Command, words: tuple[str, ...]) -> None:
    assert micboard("users", *words).code == 2
