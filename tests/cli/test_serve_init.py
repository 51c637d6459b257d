"""``serve init`` on a record with users, and what it refuses."""

from pathlib import Path

import pytest
import trustme

from micboard_tui.bus.server.key_pairs import key_pair_of
from tests.cli.conftest import Command
from tests.cli.test_commands import said_no

pytestmark = pytest.mark.integration


@pytest.fixture
def on_postgresql(micboard: Command, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("MICBOARD_DATABASE_URL", postgres_url)
    return micboard


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, ...]:
    """The options for a certificate of this machine, which an authority signed."""
    authority = trustme.CA()
    issued = authority.issue_cert("rack.local")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "rack.pem")
    issued.private_key_pem.write_to_path(tmp_path / "rack.key")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    return ("--certificate", str(tmp_path / "rack.pem"), "--key", str(tmp_path / "rack.key"))


def test_it_writes_the_users_with_their_keys_and_nothing_twice(
    on_postgresql: Command, postgres_url: str, tmp_path: Path, certificate: tuple[str, ...]
) -> None:
    micboard, directory = on_postgresql, tmp_path / "etc"
    assert micboard("users", "add", "Ada", "--role", "watch", "--no-password").code == 0
    assert micboard("users", "key", "Ada", "--file", str(tmp_path / "ada.key")).code == 0
    given = ("serve", "init", str(directory), "--host", "rack.local", "--zone", "Stage", *certificate)
    made = micboard(*given, "--ca", str(tmp_path / "authority.pem"))
    assert made.code == 0, made.err
    assert "systemctl enable --now micboard-nats.service" in made.out
    key = (directory / "program.key").read_text()
    users = (directory / "nats" / "users.conf").read_text()
    assert users.count('"nkey"') == 2
    assert key_pair_of(key).public_key in users
    collector = (directory / "collector.env").read_text()
    assert f'MICBOARD_DATABASE_URL="{postgres_url}"' in collector
    assert 'MICBOARD_FLEET__ZONE="stage"' in collector
    assert 'MICBOARD_FLEET__BUS="tls://rack.local:4222"' in collector
    assert (directory / "ca.pem").read_text() == (tmp_path / "authority.pem").read_text()
    for secret in ("program.key", "hub.env", "collector.env", "nats/users.conf"):
        assert (directory / secret).stat().st_mode & 0o077 == 0, secret
    said_no(micboard(*given), "INVALID_VALUE")
    # A signed certificate is no authority, so without --ca machines use those that they know.
    assert micboard(*given, "--force").code == 0
    assert "FLEET__CA" not in (directory / "collector.env").read_text()
    assert (directory / "program.key").read_text() == key


def test_a_database_in_a_file_is_refused_before_anything_is_written(
    micboard: Command, tmp_path: Path
) -> None:
    refused = micboard("serve", "init", str(tmp_path / "etc"))
    said_no(refused, "CONFIG_INVALID")
    assert "MICBOARD_DATABASE_URL" in refused.err
    assert not (tmp_path / "etc").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("--listen", "0.0.0.0:4222"), 1, "there is no certificate"),
        (("--certificate", "rack.pem"), 1, "only one is given"),
        (("--certificate", "rack.pem", "--key", "rack.key"), 1, "cannot be used"),
        (("--listen", "rack"), 2, "should be host:port"),
        (("--zone", "A B"), 2, "should be of small letters"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    on_postgresql: Command, tmp_path: Path, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    given = [str(tmp_path / each) if each.startswith("rack.") else each for each in arguments]
    refused = on_postgresql("serve", "init", str(tmp_path / "etc"), *given)
    assert (refused.code, reason in refused.err) == (code, True), refused.err
    assert not (tmp_path / "etc").exists()


def test_options_of_serve_do_not_stand_before_init(micboard: Command, tmp_path: Path) -> None:
    refused = micboard("serve", "--roles", "hub", "init", str(tmp_path / "etc"))
    assert refused.code == 2
    assert "not before 'init'" in refused.err


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("--roles", "hub"), 1, "SQLite"),
        (("--roles", "collector"), 1, "needs the bus of the hub"),
        (("--zone", "stage"), 1, "fleet.roles is not set"),
        (("--roles", "board"), 2, "should be some of hub,collector,api"),
        (("--bus", "http://rack"), 2, "should be nats://host"),
        (("--roles", "api", "--bus", "nats://rack", "--bus-key", "MISSING"), 1, "cannot be read"),
    ],
)
def test_a_part_of_a_fleet_that_cannot_begin_says_why(
    micboard: Command, tmp_path: Path, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    given = [str(tmp_path / each) if each.isupper() else each for each in arguments]
    refused = micboard("serve", *given)
    assert (refused.code, reason in refused.err) == (code, True), refused.err
