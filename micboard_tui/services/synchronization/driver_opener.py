"""Opens drivers: finds the one that a device is registered with, and what lets us into the device."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from anyio import to_thread

from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import (
    NO_ACCESS,
    Access,
    Driver,
    DriverSpec,
    ManufacturerRegistry,
    SessionOptions,
)
from micboard_tui.contracts.secrets import RefusalMemory, SecretStore
from micboard_tui.domain.device import Device
from micboard_tui.domain.secret import SecretError


@dataclass(frozen=True, slots=True)
class Key:
    """What lets us into one device."""

    access: Access = NO_ACCESS
    set_at: str | None = None
    """When its secret was given: the same one given anew is another key, and worth a try."""


class Opener:
    def __init__(
        self,
        manufacturers: ManufacturerRegistry,
        options: SessionOptions,
        secrets: SecretStore | None = None,
        refusals: RefusalMemory | None = None,
    ) -> None:
        """``secrets``: None where there are none. ``refusals``: None where nobody remembers them."""
        self._manufacturers, self._options = manufacturers, options
        self._secrets, self._refusals = secrets, refusals

    def spec(self, device: Device) -> DriverSpec:
        """Raises MicboardError: MANUFACTURER_NOT_SUPPORTED, DRIVER_NOT_SUPPORTED."""
        spec = self._manufacturers.get(device.manufacturer).drivers.get(device.driver)
        if spec is None:
            raise MicboardError(
                ErrorCode.DRIVER_NOT_SUPPORTED,
                f"No driver '{device.driver}' of '{device.manufacturer}' is installed",
                hint="Install the plugin that brings it, or remove the device",
            )
        return spec

    def revision(self) -> str:
        """Changes whenever a key may have."""
        return self._secrets.revision() if self._secrets is not None else ""

    async def key(self, device: Device) -> Key:
        """Raises MicboardError as ``spec``, SECRETS_UNREADABLE, and CREDENTIALS_REFUSED.

        That is for a key that the device has refused already: each wrong try may lock its account.
        """
        spec = self.spec(device)
        access = Access(fingerprint=device.fingerprint)
        if spec.secret is None or self._secrets is None:
            return Key(access)
        try:
            secret = await self._secrets.read(device.id, device.driver)
        except SecretError as error:
            raise unreadable_secrets(error) from error
        if secret is None:
            return Key(access)
        key = Key(replace(access, user=secret.user, secret=secret.value), secret.set_at)
        await self._check_not_refused(device, key, spec.secret)
        return key

    async def refused(self, device: Device, key: Key) -> None:
        """Remember that the device refused ``key``."""
        if self._refusals is not None and key.access.secret is not None:
            await to_thread.run_sync(self._refusals.note, device.id, _words_of(device, key))

    async def _check_not_refused(self, device: Device, key: Key, kind: str) -> None:
        if self._refusals is None:
            return
        at = await to_thread.run_sync(self._refusals.since, device.id, _words_of(device, key))
        if at is not None:
            when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
            raise DeviceError(
                ErrorCode.CREDENTIALS_REFUSED,
                f"{device.host}:{device.port} refused this {kind} on {when}; it is not tried again by itself",
                hint="Give the right one, or the same one anew: micboard-tui secrets set. "
                "Wrong tries can lock the device's account",
            )

    def open(self, device: Device, key: Key) -> Driver:
        """Connects nothing. Raises MicboardError as ``spec``."""
        options = replace(self._options, access=key.access)
        return self.spec(device).open(device.host, device.port, options)


def _words_of(device: Device, key: Key) -> str:
    """Everything that makes a try another one, the moment in which the secret was given included."""
    access = key.access
    parts = (device.host, device.port, device.driver, access.user, access.fingerprint, key.set_at)
    return "\0".join(map(str, (*parts, access.secret)))


def unreadable_secrets(error: SecretError) -> MicboardError:
    """What front ends are told of a store that does not work."""
    return MicboardError(ErrorCode.SECRETS_UNREADABLE, str(error), hint=error.hint)
