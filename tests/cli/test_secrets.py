"""Secrets and trust from the command line, and that no secret ever comes out anywhere."""

import io
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from micboard_tui.cli.secrets import print_recipients
from micboard_tui.contracts.secrets import SecretListing
from micboard_tui.domain.sealed_secret import ListedRecipient
from tests.cli.conftest import Answer, Command, Typed
from tests.cli.test_commands import said_no
from tests.cli.test_terminal import terminal
from tests.fakes import vault
from tests.fakes.forks import run_command, running_command
from tests.fakes.packages import install

ROOT = Path(__file__).parents[2]
SHOWN = ":".join(["AB"] * 32)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the maker of vaults is installed."""
    shelf = install(tmp_path / "shelf", "vault-micboard", vault="tests.fakes.vault:MANUFACTURER")
    monkeypatch.syspath_prepend(shelf)
    return shelf


@pytest.fixture
def environment(shelf: Path, home: Path) -> Mapping[str, str]:
    return {**os.environ, "MICBOARD_HOME": str(home), "PYTHONPATH": f"{shelf}{os.pathsep}{ROOT}"}


@pytest.fixture
def door(shelf: Path, micboard: Command) -> str:
    """A registered device that wants a password and shows a certificate; its id."""
    answer = micboard("devices", "add", "vault", "127.0.0.2", "--name", "Door", "--json")
    assert answer.code == 0, answer.err
    return str(json.loads(answer.out)["device"]["id"])


class Piped(io.StringIO):
    """What a pipe brings."""


def give(micboard: Command, monkeypatch: pytest.MonkeyPatch, secret: str, *words: str) -> Answer:
    monkeypatch.setattr(sys, "stdin", Piped(f"{secret}\nmore\n"))
    return micboard("secrets", "set", *words)


def test_adding_says_what_is_still_needed(shelf: Path, micboard: Command) -> None:
    answer = micboard("devices", "add", "vault", "127.0.0.2")
    assert answer.code == 0
    assert "It needs its password. Store it with:  micboard-tui secrets set " in answer.err
    assert "accept it:  micboard-tui devices trust " in answer.err
    answer = micboard("devices", "add", "vault", "127.0.0.3", "--fingerprint", SHOWN)
    assert "trust" not in answer.err
    said_no(
        micboard("devices", "add", "vault", "127.0.0.4", "--fingerprint", "abc"),
        "INVALID_VALUE",
    )


def test_the_whole_way_in(door: str, micboard: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def polled(code: str) -> None:
        for words in ((), ("--json",)):
            answer = micboard("poll", "--once", *words)
            assert answer.code == 1
            (line,) = answer.err.splitlines()
            assert line.startswith(f"Door: {code}: ")
            assert line.count(". ") >= 1

    polled("CERTIFICATE_UNKNOWN")
    asked = micboard("devices", "trust", "Door")
    assert asked.code == 1
    assert SHOWN in asked.err
    assert f"devices trust {door} --fingerprint {vault.CERTIFICATE}" in asked.err
    assert micboard("devices", "trust", "Door", "--fingerprint", "cd" * 32).code == 0
    polled("CERTIFICATE_CHANGED")
    assert "It differs from the accepted one" in micboard("devices", "trust", "Door").err
    trusted = micboard("devices", "trust", "Door", "--fingerprint", SHOWN)
    assert trusted.out == f"Trusted Door by {SHOWN}.\n"
    polled("CREDENTIALS_NEEDED")
    assert give(micboard, monkeypatch, "wrong", "Door").code == 0
    polled("CREDENTIALS_REFUSED")
    kept = give(micboard, monkeypatch, vault.PASSWORD, "Door", "--user", "me")
    assert kept.out == "Stored the password for Door in the file.\n"
    assert micboard("poll", "--once").code == 0
    assert "online" in micboard("devices", "show", "Door").out


def test_a_device_without_a_certificate_is_not_trusted(micboard: Command) -> None:
    assert micboard("devices", "add", "shure", "127.0.0.9", "--driver", "shure-strings").code == 0
    said_no(micboard("devices", "trust", "127.0.0.9"), "COMMAND_NOT_SUPPORTED")
    said_no(micboard("devices", "trust", "127.0.0.9", "--fingerprint", SHOWN), "COMMAND_NOT_SUPPORTED")
    added = micboard(
        "devices", "add", "shure", "127.0.0.8", "--driver", "shure-strings", "--fingerprint", SHOWN
    )
    said_no(added, "COMMAND_NOT_SUPPORTED")


def test_what_is_known_is_listed_and_forgotten(
    door: str, micboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = micboard("secrets", "list")
    assert "No secret is stored" in listed.err
    assert f"Door needs one and has none. Store it with:  micboard-tui secrets set {door}" in listed.err
    give(micboard, monkeypatch, vault.PASSWORD, "--driver", vault.DRIVER)
    give(micboard, monkeypatch, vault.PASSWORD, "Door", "--user", "me", "--in", "file")
    monkeypatch.setenv("MICBOARD_SECRETS__VAULT_TLS", "from outside")
    document = json.loads(micboard("secrets", "list", "--json").out)
    assert document["missing"] == []
    assert [(each["of"], each["owner"], each["place"], each["user"]) for each in document["secrets"]] == [
        ("driver", vault.DRIVER, "environment", None),
        ("device", door, "file", "me"),
        ("driver", vault.DRIVER, "file", None),
    ]
    assert "Door" in micboard("secrets", "list").out
    forgotten = micboard("secrets", "forget", "Door")
    assert forgotten.out == "Forgot the secret of Door in the file.\n"
    still = micboard("secrets", "forget", "--driver", vault.DRIVER)
    assert "MICBOARD_SECRETS__VAULT_TLS" in still.err
    said_no(micboard("secrets", "forget", "Door"), "INVALID_VALUE")
    missing = json.loads(micboard("secrets", "list", "--json").out)["missing"]
    assert missing == []


def test_of_a_fleet_it_is_listed_who_can_open_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    hub = ListedRecipient("hub", "hub", "", "AAAABBBBCCCCDDDD", 12)
    collector = ListedRecipient("collector-a", "collector", "stage", "EEEEFFFFGGGGHHHH", 3, 1_000.0)
    print_recipients(SecretListing((), (), (hub, collector)))
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[0] == ["sealed", "for", "name", "zone", "secrets", "seen", "(UTC)", "key"]
    assert lines[1] == ["hub", "hub", "–", "12", "–", "AAAABBBBCCCC"]
    assert lines[2] == ["collector", "collector-a", "stage", "3", "1970-01-01", "00:16", "EEEEFFFFGGGG"]
    print_recipients(SecretListing((), ()))
    assert capsys.readouterr().out == ""


def test_a_secret_is_refused_where_it_makes_no_sense(
    door: str, micboard: Command, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    said_no(give(micboard, monkeypatch, "", "Door"), "INVALID_VALUE")
    said_no(give(micboard, monkeypatch, "x"), "INVALID_VALUE")
    said_no(give(micboard, monkeypatch, "x", "--driver", "shure-strings"), "INVALID_VALUE")
    said_no(give(micboard, monkeypatch, "x", "--driver", "nobody"), "DRIVER_NOT_SUPPORTED")
    said_no(give(micboard, monkeypatch, "x", "nobody"), "DEVICE_NOT_FOUND")
    said_no(give(micboard, monkeypatch, "x", "Door", "--in", "keyring"), "SECRETS_UNREADABLE")
    assert give(micboard, monkeypatch, "x", "Door", "--in", "environment").code == 2
    assert micboard("secrets", "set", "Door", vault.PASSWORD).code == 2
    file = home / "config" / "secrets.toml"
    assert not file.exists()


@pytest.mark.integration
def test_a_file_that_others_may_read_is_refused(
    door: str, micboard: Command, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    give(micboard, monkeypatch, vault.PASSWORD, "Door")
    file = home / "config" / "secrets.toml"
    file.chmod(0o644)
    answer = micboard("secrets", "list")
    said_no(answer, "SECRETS_UNREADABLE")
    assert f"chmod 600 {file}" in answer.err
    micboard("devices", "trust", "Door", "--fingerprint", SHOWN)
    polled = micboard("poll", "--once")
    assert polled.err.startswith("Door: SECRETS_UNREADABLE: ")
    assert f"chmod 600 {file}" in polled.err


def test_whoever_sits_there_is_asked(
    shelf: Path, micboard: Command, types: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(vault.PASSWORD, "y")
    added = micboard("devices", "add", "vault", "127.0.0.2", "--name", "Door")
    assert "Stored in the file." in added.err
    assert micboard("poll", "--once").code == 0
    types("n")
    assert micboard("devices", "trust", "Door").code == 1
    types("y")
    assert micboard("devices", "trust", "Door").code == 0
    types(vault.PASSWORD, "n")
    added = micboard("devices", "add", "vault", "127.0.0.3")
    assert "not connected before its certificate is accepted" in added.err
    types("")
    added = micboard("devices", "add", "vault", "127.0.9.9")
    assert "Its certificate could not be read" in added.err
    monkeypatch.setenv("MICBOARD_SECRETS__VAULT_TLS", vault.PASSWORD)
    types()
    added = micboard("devices", "add", "vault", "127.0.0.5", "--fingerprint", SHOWN)
    assert (added.code, added.err) == (0, "")


@pytest.mark.integration
def test_in_a_terminal_adding_asks_for_all_that_is_needed(
    environment: Mapping[str, str], micboard: Command
) -> None:
    with terminal(environment, "devices", "add", "vault", "127.0.0.2", "--name", "Door") as adding:
        adding.answer("Password of admin for Door: ", vault.PASSWORD)
        adding.answer("trust it from now on? [y/N]: ", "y")
        assert adding.end() == 0
    assert SHOWN.encode() in adding.written
    assert vault.PASSWORD.encode() not in adding.written
    polled = micboard("poll", "--once", "--json")
    assert (polled.code, polled.err) == (0, "")
    with terminal(environment, "devices", "trust", "Door") as again:
        again.answer("trust it from now on? [y/N]: ", "n")
        assert again.end() == 1
    assert b"INVALID_VALUE: Nothing was changed." in again.written
    with terminal(environment, "devices", "add", "vault", "127.0.9.9", "--name", "Away") as later:
        later.answer("for Away: ", "")
        assert later.end() == 0
    assert b"secrets set" in later.written
    assert b"certificate could not be read" in later.written


@pytest.mark.integration
@pytest.mark.parametrize(
    ("words", "question"),
    [
        (("secrets", "set", "Door"), "for Door: "),
        (("devices", "remove", "Door"), "Remove Door and its last readings? [y/N]: "),
        (("lock",), "digits: "),
    ],
    ids=["secret", "consent", "pin"],
)
def test_ctrl_c_ends_a_question_at_once(
    door: str,
    environment: Mapping[str, str],
    micboard: Command,
    words: Sequence[str],
    question: str,
) -> None:
    with terminal(environment, *words) as given_up:
        given_up.until(question)
        given_up.press("\x03")
        assert given_up.end() == 130
    shown = given_up.written.decode()
    assert shown[shown.index(question) + len(question) :].replace("^C", "").strip() == ""
    assert "Door" in micboard("devices", "list").out


def test_no_secret_comes_out_anywhere(
    shelf: Path, micboard: Command, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """The driver crashes with the password in its error, in every way that there is to run it."""
    outside = "0utside & inside"
    monkeypatch.setenv("MICBOARD_LOG__LEVEL", "debug")
    added = micboard("devices", "add", "vault", "127.0.0.2", "--fingerprint", SHOWN, "--json")
    device = json.loads(added.out)["device"]["id"]
    document = [added, give(micboard, monkeypatch, vault.CLUMSY, device, "--user", "me")]
    monkeypatch.setenv("MICBOARD_SECRETS__VAULT_TLS", outside)
    document += [micboard("secrets", "list"), micboard("secrets", "list", "--json")]
    polled = micboard("poll", "--once")
    assert "API_ERROR" in polled.err
    assert "ValueError: cannot say *** as Access(user='me'" in polled.err
    identified = micboard("devices", "identify", device)
    assert "command_crashed" in identified.err
    assert identified.err.splitlines()[-1].startswith("API_ERROR: ")
    document += [polled, identified, micboard("poll", "--once", "--json")]
    document += [micboard("devices", "show", device), micboard("devices", "show", device, "--json")]
    document += [micboard("status", "--json"), micboard("health", "--json")]
    document += [micboard("config", "show", "--origin"), micboard("config", "show", "--json")]
    _nowhere(
        [vault.CLUMSY, outside], "".join(each.out + each.err for each in document), home, keeps=vault.CLUMSY
    )
    forgotten = micboard("secrets", "forget", device)
    _nowhere([vault.CLUMSY, outside], forgotten.out + forgotten.err, home)


def _nowhere(secrets: list[str], written: str, home: Path, keeps: str | None = None) -> None:
    """None of ``secrets`` is in what was written or in any file, but ``keeps`` where it is kept."""
    for secret in secrets:
        assert secret not in written
        for file in home.rglob("*"):
            if file.is_file() and not (secret == keeps and file.name == "secrets.toml"):
                assert secret.encode() not in file.read_bytes(), file


@pytest.fixture
def loud(environment: Mapping[str, str], micboard: Command) -> Mapping[str, str]:
    """For programs that log everything, with a device whose driver crashes with its password."""
    assert micboard("devices", "add", "vault", "127.0.0.2", "--fingerprint", SHOWN).code == 0
    return {
        **environment,
        "MICBOARD_LOG__LEVEL": "debug",
        "MICBOARD_SECRETS__VAULT_TLS": vault.CLUMSY,
    }


@pytest.mark.integration
def test_a_session_that_crashes_logs_no_secret(loud: Mapping[str, str], home: Path) -> None:
    with running_command(loud, "poll", "--interval", "1", "--json") as poll:
        err = ""
        while "cannot say ***" not in err:
            err += poll.stderr.readline()
        _, out, rest = poll.end()
    assert "session_crashed" in err
    _nowhere([vault.CLUMSY], out + err + rest, home)


@pytest.mark.integration
def test_the_boards_log_hides_them_too(loud: Mapping[str, str], home: Path) -> None:
    log = home / "state" / "micboard.log"
    with terminal({**loud, "TERM": "xterm-256color"}) as board:
        end = time.monotonic() + 60
        while "session_crashed" not in (log.read_text() if log.exists() else ""):
            assert time.monotonic() < end
            board.read(0.2)
        board.press("q")
        assert board.end() == 0
    assert vault.CLUMSY not in log.read_text() + board.written.decode(errors="replace")
    assert "cannot say ***" in log.read_text()


@pytest.mark.integration
def test_a_secret_that_another_process_gives_lets_a_running_one_in(
    environment: Mapping[str, str], micboard: Command
) -> None:
    added = micboard("devices", "add", "vault", "127.0.0.2", "--name", "Door", "--fingerprint", SHOWN)
    assert added.code == 0
    with running_command(environment, "watch", "--interval", "0.1") as watch:
        assert "CREDENTIALS_NEEDED" in watch.stderr.readline()
        kept = run_command(environment, "secrets", "set", "Door", given=vault.PASSWORD.encode())
        assert kept.returncode == 0
        given = time.monotonic()
        assert json.loads(watch.stdout.readline())["channel"]["name"] == "Lead"
        assert time.monotonic() - given < 20.0  # 2 s on a machine that has nothing else to do
        assert watch.end()[0] == 0
