"""Secrets in environment variables: ``MICBOARD_SECRETS__<id or driver>``, and ``…__USER`` beside it."""

from collections.abc import Iterable, Iterator, Mapping

from micboard_tui.domain.secret import KnownSecret, OwnerKind, Secret, SecretOwner, SecretPlace

PREFIX = "MICBOARD_SECRETS__"
USER = "__USER"


class EnvironmentSecrets:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def read(self, owner: SecretOwner) -> Secret | None:
        name = f"{PREFIX}{owner.variable}"
        value = self._environ.get(name)
        return Secret(value, self._environ.get(f"{name}{USER}") or None) if value else None

    def known(self, owners: Iterable[SecretOwner]) -> Iterator[KnownSecret]:
        by_variable = {f"{PREFIX}{owner.variable}": owner for owner in owners}
        for name in sorted(self._environ):
            if name.startswith(PREFIX) and not name.endswith(USER) and self._environ[name]:
                owner = by_variable.get(name) or SecretOwner(OwnerKind.UNKNOWN, name)
                user = self._environ.get(f"{name}{USER}") or None
                yield KnownSecret(owner, SecretPlace.ENVIRONMENT, user)
