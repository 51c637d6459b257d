"""A store of secrets in memory. Implements ``SecretStore``."""

from collections.abc import Iterable, Sequence

import anyio

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


class InMemorySecrets:
    def __init__(self, environment: dict[SecretOwner, Secret] | None = None) -> None:
        self.environment = dict(environment or {})
        self.kept: dict[SecretOwner, Secret] = {}
        self.changes = 0
        self.error: SecretError | None = None
        self.delay_s = 0.0
        """How long reading one takes."""
        self.sealed_for: tuple[ListedRecipient, ...] = ()

    async def revision(self) -> str:
        return str(self.changes)

    async def read(self, device_id: DeviceId, driver: str) -> Secret | None:
        self._check()
        if self.delay_s:
            await anyio.sleep(self.delay_s)
        for owner in (owner_device(device_id), owner_driver(driver)):
            if (found := self.environment.get(owner) or self.kept.get(owner)) is not None:
                return found
        return None

    async def known(self, owners: Iterable[SecretOwner]) -> Sequence[KnownSecret]:
        self._check()
        wanted = set(owners)
        given = [
            KnownSecret(owner, SecretPlace.ENVIRONMENT, secret.user)
            for owner, secret in self.environment.items()
            if owner in wanted
        ]
        kept = [
            KnownSecret(owner, SecretPlace.FILE, secret.user, secret.set_at)
            for owner, secret in self.kept.items()
        ]
        return [*given, *kept]

    async def keep(
        self, owner: SecretOwner, value: str, user: str | None, place: SecretPlace | None = None
    ) -> SecretPlace:
        self._check()
        self.changes += 1
        self.kept[owner] = Secret(value, user, f"change {self.changes}")
        return place or SecretPlace.FILE

    async def forget(self, owner: SecretOwner) -> Sequence[SecretPlace]:
        self._check()
        self.changes += 1
        return () if self.kept.pop(owner, None) is None else (SecretPlace.FILE,)

    async def recipients(self) -> Sequence[ListedRecipient]:
        self._check()
        return self.sealed_for

    def _check(self) -> None:
        if self.error is not None:
            raise self.error
