"""Where secrets are kept: environment, keyring, file."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as NullKeyring

from micboard_tui.config.secret_mask import Mask
from micboard_tui.config.secrets import secret_stores as store_module
from micboard_tui.config.secrets.secret_file import SecretFile
from micboard_tui.config.secrets.secret_stores import SecretStores
from micboard_tui.config.secrets.system_keyring import SERVICE, SystemKeyring
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.secret import (
    OwnerKind,
    Secret,
    SecretError,
    SecretOwner,
    SecretPlace,
    owner_device,
    owner_driver,
)

ID = DeviceId("ab12cd34")
RACK, ALL = owner_device(ID), owner_driver("sennheiser-sscv2")
PASSWORD = 'pass "word" \\ §'  # noqa: S105 - a planted one


class Ring(KeyringBackend):
    """A keyring in memory that can be locked."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.is_answered = threading.Event()
        self.is_answered.set()

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.kept[service, username]

    def _check(self) -> None:
        self.is_answered.wait(20)
        if self.locked:
            raise RuntimeError("dismissed")


def without_ring() -> SystemKeyring:
    return SystemKeyring(NullKeyring())  # type: ignore[no-untyped-call]


class Places:
    def __init__(self, directory: Path, ring: Ring | None = None, **environ: str) -> None:
        self.file = directory / "config" / "secrets.toml"
        self.environ = {
            name.replace("SECRETS_", "MICBOARD_SECRETS__", 1): each for name, each in environ.items()
        }
        self.mask = Mask()
        system = without_ring() if ring is None else SystemKeyring(ring)
        self.store = SecretStores(self.file, self.environ, self.mask, system)

    async def read(self) -> Secret | None:
        return await self.store.read(ID, ALL.name)

    async def value(self) -> str | None:
        found = await self.read()
        return found.value if found else None


async def test_a_secret_shows_itself_to_nobody() -> None:
    assert "hush" not in f"{Secret('hush', 'admin')!r} {Secret('hush')}"


async def test_the_file_keeps_what_was_given_for_this_user_only(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert (await places.read(), await places.store.revision()) == (None, "")
    assert await places.store.keep(RACK, PASSWORD, "admin") is SecretPlace.FILE
    assert stat.S_IMODE(places.file.stat().st_mode) == 0o600
    found = await Places(tmp_path).read()
    assert found is not None
    assert (found.value, found.user) == (PASSWORD, "admin")
    assert found.set_at
    assert [path.name for path in places.file.parent.iterdir() if path.suffix == ".toml"] == ["secrets.toml"]


async def test_a_devices_own_secret_comes_before_its_drivers(tmp_path: Path) -> None:
    places = Places(tmp_path)
    await places.store.keep(ALL, "for all", None)
    assert await places.value() == "for all"
    await places.store.keep(RACK, "its own", None)
    assert await places.value() == "its own"
    assert await places.store.forget(RACK) == (SecretPlace.FILE,)
    assert await places.value() == "for all"
    assert await places.store.forget(RACK) == ()


async def test_the_environment_comes_first(tmp_path: Path) -> None:
    places = Places(
        tmp_path,
        SECRETS_AB12CD34="from outside",
        SECRETS_AB12CD34__USER="root",
        SECRETS_SENNHEISER_SSCV2="for all",
        SECRETS_TYPO="x",
        SECRETS_EMPTY="",
    )
    await places.store.keep(RACK, "kept", None)
    assert await places.read() == Secret("from outside", "root")
    known = await places.store.known([RACK, ALL])
    assert [(each.owner, each.place, each.user) for each in known] == [
        (RACK, SecretPlace.ENVIRONMENT, "root"),
        (ALL, SecretPlace.ENVIRONMENT, None),
        (SecretOwner(OwnerKind.UNKNOWN, "MICBOARD_SECRETS__TYPO"), SecretPlace.ENVIRONMENT, None),
        (RACK, SecretPlace.FILE, None),
    ]
    del places.environ["MICBOARD_SECRETS__AB12CD34"]
    assert await places.value() == "kept"
    await places.store.forget(RACK)
    assert await places.value() == "for all"


async def test_a_keyring_that_is_there_is_used_and_the_file_tells_what_is_in_it(tmp_path: Path) -> None:
    ring = Ring()
    places = Places(tmp_path, ring)
    assert await places.store.keep(RACK, PASSWORD, "admin") is SecretPlace.KEYRING
    ((service, account),) = ring.kept
    assert (service, account.startswith("device ab12cd34 ")) == (SERVICE, True)
    assert PASSWORD not in places.file.read_text() + str(places.file.read_bytes())
    before = await places.store.revision()
    await places.store.keep(RACK, "another", "admin")
    assert await places.store.revision() != before
    assert list(ring.kept.values()) == ["another"]
    (known,) = await places.store.known([])
    assert (known.place, known.user) == (SecretPlace.KEYRING, "admin")
    assert await places.value() == "another"
    assert await places.store.forget(RACK) == (SecretPlace.KEYRING,)
    assert (ring.kept, await places.read()) == ({}, None)


async def test_what_moves_to_the_file_leaves_the_keyring(tmp_path: Path) -> None:
    ring = Ring()
    places = Places(tmp_path, ring)
    await places.store.keep(RACK, "one", None)
    assert await places.store.keep(RACK, "two", None, SecretPlace.FILE) is SecretPlace.FILE
    assert (ring.kept, await places.value()) == ({}, "two")
    await places.store.keep(RACK, "three", None, SecretPlace.KEYRING)
    assert "three" not in places.file.read_text()
    ring.locked = True
    await places.store.keep(RACK, "four", None, SecretPlace.FILE)
    assert await places.value() == "four"


async def test_a_keyring_that_does_not_open_says_so(tmp_path: Path) -> None:
    ring = Ring()
    places = Places(tmp_path, ring)
    await places.store.keep(RACK, "one", None)
    ring.locked = True
    with pytest.raises(SecretError, match=r"does not give a secret \(RuntimeError\)") as caught:
        await places.read()
    assert "Unlock it" in caught.value.hint
    with pytest.raises(SecretError, match="does not keep"):
        await places.store.keep(RACK, "two", None)
    with pytest.raises(SecretError, match="does not give"):
        await places.store.forget(RACK)
    ring.locked = False
    ring.kept.clear()
    with pytest.raises(SecretError, match="no secret for device ab12cd34 any more"):
        await places.read()
    assert await places.store.forget(RACK) == (SecretPlace.KEYRING,)


async def test_a_keyring_that_waits_for_a_question_nobody_sees_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    places = Places(tmp_path, ring)
    await places.store.keep(RACK, "one", None)
    monkeypatch.setattr(store_module, "KEYRING_TIMEOUT_S", 0.1)
    ring.is_answered.clear()
    try:
        with pytest.raises(SecretError, match="does not answer"):
            await places.read()
    finally:
        ring.is_answered.set()


LEAVING = """
import asyncio, pathlib, sys, time
from keyring.backend import KeyringBackend
from micboard_tui.config.secret_mask import Mask
from micboard_tui.config.secrets import secret_stores
from micboard_tui.config.secrets.system_keyring import SystemKeyring
from micboard_tui.domain.secret import SecretError, SecretOwner, OwnerKind

class Asking(KeyringBackend):
    priority = 5
    def get_password(self, service, username): return None
    def delete_password(self, service, username): pass
    def set_password(self, service, username, password): time.sleep(600)

async def keep():
    store = secret_stores.SecretStores(pathlib.Path(sys.argv[1]), {}, Mask(), SystemKeyring(Asking()))
    try:
        await store.keep(SecretOwner(OwnerKind.DEVICE, "ab12"), "one", None)
    except SecretError as error:
        print(error)

secret_stores.KEYRING_TIMEOUT_S = 0.1
asyncio.run(keep())
"""


@pytest.mark.integration
def test_leaving_the_program_does_not_wait_for_a_keyring_that_asks(tmp_path: Path) -> None:
    left = subprocess.run(
        [sys.executable, "-c", LEAVING, str(tmp_path / "secrets.toml")],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert left.stdout == "The system's keyring does not answer\n"


async def test_where_there_is_no_keyring_nothing_is_put_into_one(tmp_path: Path) -> None:
    places = Places(tmp_path)
    with pytest.raises(SecretError, match="no keyring") as caught:
        await places.store.keep(RACK, "one", None, SecretPlace.KEYRING)
    assert "--in file" in caught.value.hint


def test_the_systems_keyring_is_found_by_itself() -> None:
    assert SystemKeyring().is_usable() is False
    broken = Ring()
    broken.priority = None  # type: ignore[assignment]
    assert SystemKeyring(broken).is_usable() is False


@pytest.mark.skipif(os.name != "posix", reason="rights are another thing there")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
@pytest.mark.posix
async def test_a_file_that_others_may_read_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    places = Places(tmp_path)
    await places.store.keep(RACK, "one", None)
    before = await places.store.revision()
    places.file.chmod(mode)
    assert await places.store.revision() != before
    with pytest.raises(SecretError, match="may be read by others") as caught:
        await places.read()
    assert caught.value.hint.endswith(f"chmod 600 {places.file}")
    with pytest.raises(SecretError, match="may be read by others"):
        await places.store.keep(RACK, "two", None)
    places.file.chmod(0o600)
    assert await places.value() == "one"


@pytest.mark.parametrize(
    "content",
    [
        "[device.ab]\nsecret = hush",
        "[device.ab]\nsecret = 5",
        '[device]\nab = "hush"',
        '[neighbour.ab]\nsecret = "hush"',
        'device = "hush"',
        '[device.ab]\nuser = "hush"',
        '[device.ab]\nsecret = "hush"\nkeyring = "hush"',
        '[device.ab]\nsecret = "hush"\nhush = "hush"',
        '[device.ab]\nsecret = "hush\xff"',
        "hush = " + "[" * 5000,
    ],
)
def test_a_file_that_is_wrong_is_named_and_its_content_is_not(tmp_path: Path, content: str) -> None:
    file = tmp_path / "secrets.toml"
    file.write_bytes(content.encode("latin-1"))
    file.chmod(0o600)
    with pytest.raises(SecretError) as caught:
        SecretFile(file).read()
    text = f"{caught.value} {caught.value.hint} {caught.value.__cause__} {caught.value.__context__}"
    assert str(file) in text
    assert "hush" not in text


def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").mkdir()
    with pytest.raises(SecretError, match="cannot be read"):
        SecretFile(tmp_path / "secrets.toml").read()
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(SecretError, match="cannot be written"),
        SecretFile(tmp_path / "file" / "x.toml").changing(),
    ):
        pass
    assert SecretFile(tmp_path / "file" / "x.toml").read() == {}


def test_two_processes_do_not_change_it_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("micboard_tui.config.secrets.secret_file.LOCK_TIMEOUT_S", 0.05)
    file = tmp_path / "secrets.toml"
    with (
        SecretFile(file).changing(),
        pytest.raises(SecretError, match="another process"),
        SecretFile(file).changing(),
    ):
        pass


async def test_every_secret_that_was_read_or_given_is_masked(tmp_path: Path) -> None:
    places = Places(tmp_path)
    await places.store.keep(RACK, PASSWORD, None)
    assert places.mask(f"x {PASSWORD} y") == "x *** y"
    other = Places(tmp_path)
    assert other.mask(PASSWORD) == PASSWORD
    await other.read()
    assert other.mask(PASSWORD) == "***"


async def test_only_a_fleet_keeps_secrets_in_its_record(tmp_path: Path) -> None:
    places = Places(tmp_path)
    with pytest.raises(SecretError, match="Only a fleet"):
        await places.store.keep(RACK, PASSWORD, None, SecretPlace.RECORD)
    assert not places.file.exists()
    assert await places.store.recipients() == ()
