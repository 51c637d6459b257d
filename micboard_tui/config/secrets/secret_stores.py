"""All places for secrets as one: environment, keyring, file. Implements ``SecretStore``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import anyio
from anyio import to_thread

from micboard_tui.config.secret_mask import Mask
from micboard_tui.config.secrets.daemon_thread import run_in_daemon_thread
from micboard_tui.config.secrets.environment_secrets import EnvironmentSecrets
from micboard_tui.config.secrets.secret_file import Entry, SecretFile
from micboard_tui.config.secrets.system_keyring import SystemKeyring
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import ListedRecipient
from micboard_tui.domain.secret import (
    KnownSecret,
    Secret,
    SecretError,
    SecretOwner,
    SecretPlace,
    owner_device,
    owner_driver,
)

T = TypeVar("T")

KEYRING_TIMEOUT_S = 10.0
"""A locked keyring may ask on a screen that is out of sight."""


class SecretStores:
    def __init__(
        self, file: Path, environ: Mapping[str, str], mask: Mask, ring: SystemKeyring | None = None
    ) -> None:
        self._file, self._environment, self._mask = SecretFile(file), EnvironmentSecrets(environ), mask
        self._ring = ring or SystemKeyring()

    async def revision(self) -> str:
        return self._file.revision()

    async def read(self, device_id: DeviceId, driver: str) -> Secret | None:
        for owner in (owner_device(device_id), owner_driver(driver)):
            found = self._environment.read(owner) or await self._read_kept(owner)
            if found is not None:
                self._mask.learn(found.value)
                return found
        return None

    async def known(self, owners: Iterable[SecretOwner]) -> Sequence[KnownSecret]:
        entries = (await to_thread.run_sync(self._file.read)).items()
        kept = [KnownSecret(owner, _place(entry), entry.user, entry.set_at) for owner, entry in entries]
        return [*self._environment.known(owners), *kept]

    async def keep(
        self, owner: SecretOwner, value: str, user: str | None, place: SecretPlace | None = None
    ) -> SecretPlace:
        self._mask.learn(value)
        secret = Secret(value, user, datetime.now(UTC).isoformat())
        return await self._with_time_limit(lambda: self._keep(owner, secret, place))

    async def forget(self, owner: SecretOwner) -> Sequence[SecretPlace]:
        return await self._with_time_limit(lambda: self._forget(owner))

    async def recipients(self) -> Sequence[ListedRecipient]:
        """None: what is kept here is for this computer alone."""
        return ()

    async def _read_kept(self, owner: SecretOwner) -> Secret | None:
        entry = (await to_thread.run_sync(self._file.read)).get(owner)
        if entry is None:
            return None
        if entry.secret is not None:
            return Secret(entry.secret, entry.user, entry.set_at)
        account = entry.account or ""
        value = await self._with_time_limit(lambda: self._ring.get(account))
        if value is None:
            raise SecretError(
                f"The system's keyring has no secret for {owner.kind.value} {owner.name} any more",
                "Store it again with: micboard-tui secrets set DEVICE",
            )
        return Secret(value, entry.user, entry.set_at)

    def _keep(self, owner: SecretOwner, secret: Secret, place: SecretPlace | None) -> SecretPlace:
        chosen = place or (SecretPlace.KEYRING if self._ring.is_usable() else SecretPlace.FILE)
        if chosen is SecretPlace.RECORD:
            raise SecretError("Only a fleet keeps secrets in its record", "Leave out --in")
        if chosen is SecretPlace.KEYRING and not self._ring.is_usable():
            raise SecretError(
                "This system has no keyring that stores passwords safely", "Keep it in the file: --in file"
            )
        with self._file.changing() as entries:
            before = entries.get(owner)
            account = before.account if before else None
            if chosen is SecretPlace.KEYRING:
                account = account or self._ring.new_account(owner)
                self._ring.set(account, secret.value)
                entries[owner] = Entry(account=account, user=secret.user, set_at=secret.set_at)
            else:
                if account is not None:
                    # The file may be chosen just because the keyring does not open.
                    with suppress(SecretError):
                        self._ring.delete(account)
                entries[owner] = Entry(secret.value, user=secret.user, set_at=secret.set_at)
        return chosen

    def _forget(self, owner: SecretOwner) -> Sequence[SecretPlace]:
        if owner not in self._file.read():
            return ()
        with self._file.changing() as entries:
            entry = entries.pop(owner, None)
            if entry is None:
                return ()
            if entry.account is not None:
                self._ring.delete(entry.account)
        return (_place(entry),)

    async def _with_time_limit(self, work: Callable[[], T]) -> T:
        """Do what may wait for a keyring, and not for ever. Raises SecretError."""
        try:
            with anyio.fail_after(KEYRING_TIMEOUT_S):
                return await run_in_daemon_thread(work, "keyring")
        except TimeoutError as error:
            raise SecretError(
                "The system's keyring does not answer",
                "Unlock it and start this again, or keep the secret in the file: "
                "micboard-tui secrets set DEVICE --in file",
            ) from error


def _place(entry: Entry) -> SecretPlace:
    return SecretPlace.FILE if entry.account is None else SecretPlace.KEYRING
