"""Keeps and forgets the passwords and keys of devices; they are no steps. Implements ``SecretContract``."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from micboard_tui.contracts.device import ALL_DEVICES, DeviceRepository
from micboard_tui.contracts.errors import ErrorCode, MicboardError, invalid_value_error
from micboard_tui.contracts.ports import DriverSpec, ManufacturerRegistry
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.secrets import ListedSecret, SecretListing, SecretNeed, SecretStore
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.secret import (
    KnownSecret,
    SecretError,
    SecretOwner,
    SecretPlace,
    owner_device,
    owner_driver,
)
from micboard_tui.services.device.lookup import find_device
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.field_validation import clean_text
from micboard_tui.services.secret_events import SecretEvents
from micboard_tui.services.steps import Refresh
from micboard_tui.services.synchronization.driver_opener import secrets_error

MAX_CHARACTERS = 1024
"""Of one secret."""
_UNCLEAR_OWNER = "It is not clear whose secret is meant", "Name a device, or a driver with --driver"


class SecretService:
    def __init__(
        self,
        store: SecretStore,
        devices: DeviceRepository,
        manufacturers: ManufacturerRegistry,
        refresh: Refresh,
        events: SecretEvents,
    ) -> None:
        """``refresh`` is called whenever a session may have waited for a secret."""
        self._events = events
        self._store, self._devices, self._manufacturers = store, devices, manufacturers
        self._refresh = refresh

    @translate_errors
    async def find_need(self, device: str | None, driver: str | None) -> ServiceResult[SecretNeed]:
        if (device is None) is (driver is None):
            raise invalid_value_error(*_UNCLEAR_OWNER)
        if driver is not None:
            spec = self._spec(driver)
            return Success(_need(owner_driver(spec.name), f"all devices of {spec.name}", spec))
        known = await self._devices.query(ALL_DEVICES)
        chosen = find_device(known, (device or "").strip())
        title = next(snapshot.title for snapshot in known if snapshot.device.id == chosen.id)
        return Success(_need(owner_device(chosen.id), title, self._spec(chosen.driver)))

    @translate_errors
    async def keep(
        self,
        owner: SecretOwner,
        value: str,
        *,
        user: str | None = None,
        place: SecretPlace | None = None,
        actor: str,
    ) -> ServiceResult[SecretPlace]:
        _check(value)
        user_name = clean_text(user or "", "A user")
        try:
            kept = await self._store.keep(owner, value, user_name, place)
            stronger = await self._find_in_environment(owner)
        except SecretError as error:
            raise secrets_error(error) from None
        await self._events.store(owner, await self._find_device(owner), "stored", actor)
        await self._refresh()
        return Success(kept, warning=_environment_warning(stronger))

    @translate_errors
    async def list_secrets(self) -> ServiceResult[SecretListing]:
        devices = await self._devices.all()
        specs = {spec.name: spec for spec in self._specs()}
        try:
            known = await self._store.known([*_owners(devices), *map(owner_driver, specs)])
            recipients = await self._store.recipients()
        except SecretError as error:
            raise secrets_error(error) from error
        by_id = {owner_device(device.id): device for device in devices}
        owners = {secret.owner for secret in known}
        missing = [
            device
            for device in devices
            if (spec := specs.get(device.driver)) is not None
            and spec.secret is not None
            and owners.isdisjoint({owner_device(device.id), owner_driver(device.driver)})
        ]
        listed = tuple(ListedSecret(secret, by_id.get(secret.owner)) for secret in known)
        return Success(SecretListing(listed, tuple(missing), tuple(recipients)))

    @translate_errors
    async def forget(
        self, device: str | None, driver: str | None, *, actor: str
    ) -> ServiceResult[tuple[SecretOwner, Sequence[SecretPlace]]]:
        try:
            owner = await self._kept_owner(device, driver)
            places = await self._store.forget(owner)
            stronger = await self._find_in_environment(owner)
        except SecretError as error:
            raise secrets_error(error) from error
        if not places and stronger is None:
            raise invalid_value_error(
                f"No secret is stored for {owner.kind.value} {visible(owner.name)}",
                "See all with: micboard-tui secrets list",
            )
        if places:
            await self._events.store(owner, await self._find_device(owner), "removed", actor)
        await self._refresh()
        return Success((owner, places), warning=_environment_warning(stronger))

    async def _kept_owner(self, device: str | None, driver: str | None) -> SecretOwner:
        """Also of a device that was removed, or of a driver that is not installed any more."""
        if (device is None) is (driver is None):
            raise invalid_value_error(*_UNCLEAR_OWNER)
        owner = owner_driver(driver) if driver is not None else owner_device(DeviceId(device or ""))
        if any(secret.owner == owner for secret in await self._store.known([])):
            return owner
        if driver is not None:
            return owner_driver(self._spec(driver).name)
        known = await self._devices.query(ALL_DEVICES)
        return owner_device(find_device(known, (device or "").strip()).id)

    async def _find_device(self, owner: SecretOwner) -> Device | None:
        """The registered device that has the secret; None for a driver, or a device that was removed."""
        devices = await self._devices.all()
        return next((device for device in devices if owner_device(device.id) == owner), None)

    async def _find_in_environment(self, owner: SecretOwner) -> KnownSecret | None:
        for secret in await self._store.known([owner]):
            if secret.owner == owner and secret.place is SecretPlace.ENVIRONMENT:
                return secret
        return None

    def _spec(self, driver: str) -> DriverSpec:
        specs = {spec.name: spec for spec in self._specs()}
        if (spec := specs.get(driver)) is None:
            raise MicboardError(
                ErrorCode.DRIVER_NOT_SUPPORTED,
                f"No driver is called '{visible(driver)}'",
                hint=f"With a password or key are: {', '.join(_with_secret(specs.values())) or 'none'}",
            )
        return spec

    def _specs(self) -> Iterator[DriverSpec]:
        for code in self._manufacturers.codes():
            try:
                yield from self._manufacturers.get(code).drivers.values()
            except MicboardError:
                # The registry has logged it; the other manufacturers have drivers all the same.
                continue


def _need(owner: SecretOwner, title: str, spec: DriverSpec) -> SecretNeed:
    if spec.secret is None:
        raise invalid_value_error(
            f"{title[:1].upper()}{title[1:]} needs no password or key", "There is nothing to set"
        )
    return SecretNeed(owner, title, spec.secret, spec.user)


def _owners(devices: Sequence[Device]) -> list[SecretOwner]:
    return [owner_device(device.id) for device in devices]


def _with_secret(specs: Iterable[DriverSpec]) -> list[str]:
    return [spec.name for spec in specs if spec.secret is not None]


def _check(value: str) -> None:
    """Raises MicboardError INVALID_VALUE, without the value."""
    if not value:
        raise invalid_value_error("No secret was entered", "Type it, or pipe it in")
    if len(value) > MAX_CHARACTERS:
        raise invalid_value_error(
            f"A secret of {len(value)} characters is too long", f"Use {MAX_CHARACTERS} at most"
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise invalid_value_error("It holds characters that cannot be typed", "Give it on one line, as UTF-8")


def _environment_warning(stronger: KnownSecret | None) -> str | None:
    if stronger is None:
        return None
    return f"A variable of the environment (MICBOARD_SECRETS__{stronger.owner.variable}) still comes first"
